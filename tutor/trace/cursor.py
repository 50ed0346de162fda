"""Where a reader stands in a recording, and the moves that can be made from there."""

from __future__ import annotations

import math
from collections.abc import Callable

from tutor.trace.state import Index, State
from tutor.trace.steps import Steps

_MOST_SEARCHED = 500


class Cursor:
    """A position in a recording, and in the calls that were stepped into from there.

    Every move returns whether it led anywhere; one that cannot be made changes nothing.
    """

    def __init__(self, recording: Steps) -> None:
        self._levels: list[tuple[Steps, int]] = [(recording, 0)]
        self._read: tuple[Steps, int, State] | None = None

    @property
    def recording(self) -> Steps:
        """Return the recording stood in: the innermost that was stepped into."""
        return self._levels[-1][0]

    @property
    def outermost(self) -> Steps:
        """Return the recording that everything began with."""
        return self._levels[0][0]

    @property
    def step(self) -> int:
        """Return the step stood at."""
        return self._levels[-1][1]

    @property
    def outer_step(self) -> int:
        """Return the step of the outermost recording."""
        return self._levels[0][1]

    @property
    def depth(self) -> int:
        """Return how many calls have been stepped into."""
        return len(self._levels) - 1

    @property
    def state(self) -> State:
        """Return the state at the step stood at; it is read once, however often it is asked for."""
        recording, step = self._levels[-1]
        if self._read is None or self._read[0] is not recording or self._read[1] != step:
            self._read = recording, step, recording.state(step)
        return self._read[2]

    @property
    def at_start(self) -> bool:
        """Tell whether this is the first step."""
        return self.step == 0

    @property
    def at_end(self) -> bool:
        """Tell whether this is the last step."""
        return self.step >= len(self.recording) - 1

    # -- moves --------------------------------------------------------------------------------

    def go_to(self, step: int) -> bool:
        """Go to a step of the recording stood in."""
        if not 0 <= step < len(self.recording) or step == self.step:
            return False
        self._levels[-1] = (self.recording, step)
        return True

    def forward(self) -> bool:
        """Go one step on."""
        return self.go_to(self.step + 1)

    def back(self) -> bool:
        """Go one step back."""
        return self.go_to(self.step - 1)

    def start(self) -> bool:
        """Go to the first step."""
        return self.go_to(0)

    def end(self) -> bool:
        """Go to the last step."""
        return self.go_to(len(self.recording) - 1)

    def next_iteration(self) -> bool:
        """Go to the same line of the next iteration, or to its start from outside the loop."""
        return self._to_iteration(1)

    def previous_iteration(self) -> bool:
        """Go to the same line of the iteration before."""
        return self._to_iteration(-1)

    def go_to_iteration(self, iteration: int) -> bool:
        """Go to the start of an iteration."""
        if not 0 <= iteration < self.recording.passes:
            return False
        return self.go_to(self.recording.iteration_start(iteration))

    def go_to_idx(self, idx: Index) -> bool:
        """Go to the iteration that perturbs an element: the next one, from here and around."""
        found = self.find_idx(idx)
        return found is not None and (self.go_to_iteration(found) or True)

    def find_idx(self, idx: Index) -> int | None:
        """Return the iteration that perturbs an element, looking from here on and around."""
        here = self._iteration_before()
        found = [int(number) for number in self.recording.iterations_at(idx)]
        later = [number for number in found if number > here] or found
        return later[0] if later else None

    def seek(self, iteration: int = 0, after: str = "start") -> bool:
        """Go to a place named by what has just happened there.

        Parameters
        ----------
        iteration : int
            Which iteration, from 0; negative ones count from the end.
        after : str
            ``"start"`` or ``"end"`` of the iteration; a name, for the step that gives it its
            value; ``"x[idx]"`` for the step that writes so, with ``#2`` for the second.

        Returns
        -------
        bool
            Whether the run has such a place. Unlike the other moves, True as well where the
            cursor stood there already.
        """
        found = find_place(self.recording, iteration, after)
        if found is None:
            return False
        self.go_to(found)
        return True

    def seek_line(self, text: str) -> bool:
        """Go to the first step whose line of source holds a text; True as well if it is here."""
        recording = self.recording
        for step in range(len(recording)):
            state = recording.state(step)
            if text in state.source.line(state.line):
                self.go_to(step)
                return True
        return False

    def into(self) -> bool:
        """Step into the function that this step's line called."""
        if not len(self.recording) or not self.recording.can_step_into(self.step):
            return False
        self._levels.append((self.recording.step_into(self.step), 0))
        return True

    def out(self) -> bool:
        """Step out of the function stepped into last."""
        if not self.depth:
            return False
        self._levels.pop()
        return True

    def out_of_all(self) -> bool:
        """Step out of every function."""
        moved = self.depth > 0
        del self._levels[1:]
        return moved

    # -- inside -------------------------------------------------------------------------------

    def _iteration_before(self) -> int:
        """Return the current iteration, or the last one that began before, or -1."""
        if not self.recording.passes:
            return -1
        here = self.recording.iteration_of(self.step)
        if here is not None:
            return here
        low, high = 0, self.recording.passes
        while low < high:
            middle = (low + high) // 2
            if self.recording.iteration_start(middle) <= self.step:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def _to_iteration(self, by: int) -> bool:
        recording = self.recording
        here = recording.iteration_of(self.step) if recording.passes else None
        before = self._iteration_before()
        target = before + by if here is not None or by > 0 else before
        if not 0 <= target < recording.passes:
            return False
        start = recording.iteration_start(target)
        if here is None:
            return self.go_to(start)
        return self.go_to(_same_place(recording, here, self.step, recording, target))


class Lockstep:
    """Two cursors of which the right one follows the left, iteration by iteration."""

    def __init__(self, left: Cursor, right: Cursor) -> None:
        self.left = left
        self.right = right

    def follow(self) -> bool:
        """Put the right cursor at the step that corresponds to the left one's."""
        self.right.out_of_all()
        moved = self.right.go_to(self.corresponding(self.left.outer_step))
        for level in range(self.left.depth):
            self._follow_into(level)
        return moved

    def corresponding(self, step: int) -> int:
        """Return the right recording's step for one of the left's: same iteration, same place."""
        left, right = self.left.outermost, self.right.outermost
        iteration = left.iteration_of(step)
        if iteration is None:
            return self._outside(step)
        if iteration >= right.passes:
            return len(right) - 1
        return _same_place(left, iteration, step, right, iteration)

    def _outside(self, step: int) -> int:
        """Return the corresponding step before the loop, or counted from the end after it."""
        left, right = self.left.outermost, self.right.outermost
        if not left.passes or step < left.iteration_start(0):
            return min(step, len(right) - 1)
        return max(len(right) - (len(left) - step), 0)

    def _follow_into(self, level: int) -> None:
        step = self.left._levels[level + 1][1]
        if self.right.into():
            self.right.go_to(min(step, len(self.right.recording) - 1))

    def first_difference(self) -> int | None:
        """Return the left's first step at which a number has another value in the right run."""
        left, right = self.left.outermost, self.right.outermost
        for step in range(len(left)):
            ours, theirs = left.state(step), right.state(self.corresponding(step))
            for name in ours.assigned:
                if _differ(ours.names.get(name), theirs.names.get(name)):
                    return step
        return None


def _same_place(ours: Steps, iteration: int, step: int, theirs: Steps, target: int) -> int:
    """Return the step of another iteration that corresponds to a step of this one.

    That is the same line, run as often; where the other iteration never comes to that line,
    or where the source is another one, as many steps in.
    """
    first, start = ours.iteration_start(iteration), theirs.iteration_start(target)
    end = theirs.iteration_end(target)
    offset = step - first
    if ours.source == theirs.source and offset <= _MOST_SEARCHED:
        line = ours.line_of(step)
        before = sum(ours.line_of(s) == line for s in range(first, step))
        for found in range(start, min(end, start + _MOST_SEARCHED) + 1):
            if theirs.line_of(found) == line:
                if not before:
                    return found
                before -= 1
    return min(start + offset, end)


def find_place(recording: Steps, iteration: int, after: str) -> int | None:
    """Return the step of a place in an iteration, or None; see `Cursor.seek`."""
    if not recording.passes:
        return _search(recording, 0, len(recording), after)
    if not -recording.passes <= iteration < recording.passes:
        return None
    iteration %= recording.passes
    start, end = recording.iteration_start(iteration), recording.iteration_end(iteration)
    return _search(recording, start, end + 1, after)


def _search(recording: Steps, start: int, stop: int, after: str) -> int | None:
    if after == "start":
        return start
    if after == "end":
        return stop - 1
    wanted, _, number = after.partition("#")
    left = int(number) if number.isdigit() else 1
    matches = _writes_so(wanted) if "[" in wanted else _gives_value_to(wanted)
    for step in range(start, stop):
        if matches(recording.state(step)):
            left -= 1
            if not left:
                return step
    return None


def _gives_value_to(name: str) -> Callable[[State], bool]:
    return lambda state: name in state.assigned


def _writes_so(target: str) -> Callable[[State], bool]:
    squeezed = target.replace(" ", "")
    return lambda state: state.source.line(state.line).replace(" ", "").startswith(squeezed)


def _differ(first: object, second: object) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return not (first == second or (math.isnan(first) and math.isnan(second)))
    return isinstance(first, int | float) and isinstance(second, int | float) and first != second
