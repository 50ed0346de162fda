"""Where somebody stands in one run, or in two side by side, and every move from there.

It knows no screen and no lesson.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tutor.trace import Cursor
    from tutor.trace.state import Index
    from tutor.trace.steps import Steps

# Tells where a cursor of an old recording stands in a new one of the same function.
SamePlace = Callable[["Cursor", "Steps"], int]

# A line that did not run within this many steps is not looked for further.
_FAR = 2000


class Moved(Enum):
    """What came of a move in the run."""

    YES = auto()
    AT_THE_EDGE = auto()
    ASKED_FIRST = auto()
    NO_RUN = auto()


MOVES: Mapping[str, Callable[[Cursor], bool]] = {
    "forward": lambda cursor: cursor.forward(),
    "back": lambda cursor: cursor.back(),
    "next_iteration": lambda cursor: cursor.next_iteration(),
    "previous_iteration": lambda cursor: cursor.previous_iteration(),
    "start": lambda cursor: cursor.start(),
    "end": lambda cursor: cursor.end(),
}


class Titled(NamedTuple):
    """A run under its title."""

    title: str
    steps: Steps


class Reader:
    """Runs by name, the one that is looked at, and the one beside it.

    Parameters
    ----------
    runs : iterable of (str, Steps)
        Titles and what was recorded; their names are ``"1"``, ``"2"`` and so on.
    """

    def __init__(self, runs: Iterable[tuple[str, Steps]] = ()) -> None:
        self.runs: dict[str, Titled] = _named(runs)
        self.run = ""
        self.beside = ""
        self.left: Cursor | None = None
        self.right: Cursor | None = None
        self._left_at: dict[str, Cursor] = {}
        if self.runs:
            self.choose(next(iter(self.runs)))

    @property
    def comparing(self) -> bool:
        """Tell whether a second run is shown."""
        return self.right is not None

    @property
    def standing(self) -> Cursor | None:
        """Return the first cursor if there is a step that it stands at."""
        return self.left if _has_steps(self.left) else None

    def shown(self) -> list[tuple[str, Cursor]]:
        """Return the title and the cursor of each run that is on the screen, the first left.

        None where nothing was recorded in the run that is looked at.
        """
        pairs = ((self.run, self.left), (self.beside, self.right)) if self.standing else ()
        return [(self.runs[run].title, c) for run, c in pairs if c is not None and _has_steps(c)]

    # --- which runs -----------------------------------------------------------------------

    def choose(self, run: str) -> bool:
        """Look at another run, where it was left; tell whether it is another.

        If it is the one beside, the two change places.
        """
        if run not in self.runs or run == self.run:
            return False
        if self.left is not None:
            self._left_at[self.run] = self.left
        before, self.run = self.run, run
        self.left = self._left_at.pop(run, None) or self.cursor(run)
        if self.comparing:
            self.put_beside(before if run == self.beside else self.beside)
        return True

    def compare(self, force: bool = False) -> Moved:
        """Show a second run or take it away."""
        if self.left is None:
            return Moved.NO_RUN
        if self.right is not None:
            self.put_beside("")
            return Moved.YES
        run = self._other_run()
        if not force and self._asks_about(run=run):
            return Moved.ASKED_FIRST
        self.put_beside(run)
        return Moved.YES if self.comparing else Moved.AT_THE_EDGE

    def put_beside(self, run: str) -> None:
        """Show this run beside the first, at the same place; none if there is no such run."""
        known = run in self.runs and self.left is not None
        self.right = self.cursor(run) if known else None
        self.beside = run if known else ""
        self._follow()

    def replace(self, runs: Iterable[tuple[str, Steps]], same_place: SamePlace) -> None:
        """Put runs that were recorded anew in the place of the old ones, by their order.

        The reader stays at the same place of the run that is looked at; a run that is no longer
        there gives way to the first.
        """
        old, run, beside = self.left, self.run, self.beside
        self.runs = _named(runs)
        self._left_at.clear()
        self.left = self.right = None
        self.run = self.beside = ""
        self.choose(run if run in self.runs else next(iter(self.runs), ""))
        if self.left is not None and self.run == run and _has_steps(old) and self.standing:
            assert old is not None
            self.left.go_to(same_place(old, self.left.recording))
        if beside != self.run:
            self.put_beside(beside)

    def cursor(self, run: str) -> Cursor:
        """Return a new cursor at the start of a run."""
        from tutor.trace import Cursor

        return Cursor(self.runs[run].steps)

    def _other_run(self) -> str:
        """Return the run to compare with: the one after this."""
        names = list(self.runs)
        at = names.index(self.run) + 1
        return next((name for name in (*names[at:], *names) if name != self.run), "")

    # --- moves ----------------------------------------------------------------------------

    def move(self, how: str, force: bool = False) -> Moved:
        """Move in the run. ``force`` shows what would be asked for first."""
        return self._moved(MOVES[how], force)

    def go_to(self, step: int, force: bool = False) -> Moved:
        """Go to a step of the run."""
        return self._moved(lambda cursor: cursor.go_to(step), force)

    def go_to_idx(self, idx: Index, force: bool = False) -> Moved:
        """Go to the iteration that perturbs this element."""
        return self._moved(lambda cursor: cursor.go_to_idx(idx), force)

    def go_to_line(self, line: int, force: bool = False) -> Moved:
        """Go to the next step at which a line of the source ran, from here on and around."""
        return self._moved(lambda cursor: _go_to_line(cursor, line), force)

    def into(self, force: bool = False) -> Moved:
        """Step into f, or out again if inside."""
        if self.left is None:
            return Moved.NO_RUN
        if not force and not self.left.depth and self._asks_about(into=True):
            return Moved.ASKED_FIRST
        moved = self.left.out() if self.left.depth else self.left.into()
        self._follow()
        return Moved.YES if moved else Moved.AT_THE_EDGE

    def _moved(self, act: Callable[[Cursor], bool], force: bool) -> Moved:
        if self.left is None:
            return Moved.NO_RUN
        moved = act(self.left)
        self._follow()
        return Moved.YES if moved else Moved.AT_THE_EDGE

    def _asks_about(self, run: str = "", into: bool = False) -> bool:
        """Tell whether another run, or the inside of f, would show what is being asked."""
        return False

    def _follow(self) -> None:
        """Put the second run where the first one is."""
        left, right = self.left, self.right
        if left is None or right is None or not (_has_steps(left) and _has_steps(right)):
            return
        if left.depth and left.depth == right.depth:
            # Stepping into f is a replay: while both are inside there is no need for another.
            right.go_to(min(left.step, len(right.recording) - 1))
            return
        from tutor.trace import Lockstep

        Lockstep(left, right).follow()


def _named(runs: Iterable[tuple[str, Steps]]) -> dict[str, Titled]:
    return {str(number): Titled(*run) for number, run in enumerate(runs, 1)}


def _has_steps(cursor: Cursor | None) -> bool:
    return cursor is not None and len(cursor.recording) > 0


def _go_to_line(cursor: Cursor, line: int) -> bool:
    count = len(cursor.recording)
    for offset in range(1, min(count, _FAR)):
        step = (cursor.step + offset) % count
        if cursor.recording.line_of(step) == line:
            return cursor.go_to(step)
    return False
