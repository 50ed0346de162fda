"""Where a learner stands in a lesson: its step, the run's step, and what was answered.

It knows no screen. Everything that a key does to the lesson or the run is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson, Step
    from tutor.course.play import Play
    from tutor.course.question import Question
    from tutor.trace import Cursor
    from tutor.trace.recording import Recording
    from tutor.trace.state import Index

# A line that did not run within this many steps is not looked for further.
_FAR = 2000


class Moved(Enum):
    """What came of a move in the run."""

    YES = auto()
    AT_THE_EDGE = auto()
    ASKED_FIRST = auto()
    NO_RUN = auto()


class Onward(Enum):
    """What came of going on with the lesson."""

    NEXT = auto()
    ANSWER_FIRST = auto()
    FINISHED = auto()


MOVES: Mapping[str, Callable[[Cursor], bool]] = {
    "forward": lambda cursor: cursor.forward(),
    "back": lambda cursor: cursor.back(),
    "next_iteration": lambda cursor: cursor.next_iteration(),
    "previous_iteration": lambda cursor: cursor.previous_iteration(),
    "start": lambda cursor: cursor.start(),
    "end": lambda cursor: cursor.end(),
}


class Player:
    """A lesson being played. ``answers`` maps the ids of questions to those of answers."""

    def __init__(
        self, lesson: Lesson, play: Play, at: int = 0, answers: Mapping[str, str] | None = None
    ) -> None:
        self.lesson = lesson
        self.play = play
        self.index = min(max(at, 0), len(lesson.steps) - 1)
        self.answers: dict[str, str] = dict(answers or {})
        self.left: Cursor | None = None
        self.right: Cursor | None = None
        self.beside = ""
        self.beside_id = ""
        self.figures_ready = False
        self._recordings: dict[str, Recording] = {}
        self._limit: int | None = None

    @property
    def step(self) -> Step:
        """Return the lesson's step."""
        return self.lesson.steps[self.index]

    @property
    def following(self) -> Step | None:
        """Return the lesson's next step, or None at the last."""
        at = self.index + 1
        return self.lesson.steps[at] if at < len(self.lesson.steps) else None

    @property
    def question(self) -> Question | None:
        """Return the question that is asked here, answered or not."""
        following = self.following
        if following is None or not following.ask:
            return None
        return self.lesson.questions[following.ask]

    @property
    def given(self) -> str | None:
        """Return the id of the answer that was given to the question asked here."""
        question = self.question
        return self.answers.get(question.id) if question else None

    @property
    def waiting(self) -> bool:
        """Tell whether the question asked here has no answer yet."""
        return self.question is not None and self.given is None

    @property
    def comparing(self) -> bool:
        """Tell whether a second run is shown."""
        return self.right is not None

    def shown(self) -> list[tuple[str, Cursor]]:
        """Return the title and the cursor of each run that is on the screen, the first left."""
        pairs = ((self.step.run, self.left), (self.beside_id, self.right))
        return [(self.lesson.runs[run].title, cursor) for run, cursor in pairs if cursor]

    def runs_needed(self, index: int) -> tuple[str, ...]:
        """Return the ids of the runs that a step of the lesson shows."""
        step = self.lesson.steps[index]
        return tuple(run for run in (step.run, step.compare) if run)

    def prepare(self, index: int) -> None:
        """Record the runs that a step shows. This takes a while and is done off the screen."""
        for run in self.runs_needed(index):
            self._recordings[run] = self.play.recording(run)

    def prepare_figures(self) -> None:
        """Compute what texts and tables quote, and the other runs, off the screen too."""
        if not self.figures_ready:
            _ = (self.play.figures, self.play.tables)
            self.figures_ready = True
        for run in self.lesson.runs:
            self._recordings[run] = self.play.recording(run)

    def place(self) -> None:
        """Put the cursors where this step of the lesson wants them."""
        step = self.step
        self.left = self._cursor_at(step) if step.run else None
        self.beside = step.compare
        self._set_beside(self.beside)
        self._limit = self._find_limit()

    def answer(self, number: int) -> bool:
        """Give an answer, counted from 0; tell whether there is such an answer to give."""
        question = self.question
        if question is None or not 0 <= number < len(question.answers):
            return False
        self.answers[question.id] = question.answers[number].id
        return True

    def onward(self) -> Onward:
        """Go to the lesson's next step; its question must have been answered."""
        if self.following is None:
            return Onward.FINISHED
        if self.waiting:
            return Onward.ANSWER_FIRST
        self.index += 1
        return Onward.NEXT

    def backward(self) -> bool:
        """Go to the lesson's step before."""
        if self.index == 0:
            return False
        self.index -= 1
        return True

    def move(self, how: str, force: bool = False) -> Moved:
        """Move in the run. Past the place that answers an open question only with ``force``."""
        return self._moved(MOVES[how], force)

    def go_to(self, step: int, force: bool = False) -> Moved:
        """Go to a step of the run."""
        return self._moved(lambda cursor: cursor.go_to(step), force)

    def go_to_idx(self, idx: Index, force: bool = False) -> Moved:
        """Go to the iteration that perturbs this element."""
        return self._moved(lambda cursor: cursor.go_to_idx(idx), force)

    def into(self, force: bool = False) -> Moved:
        """Step into f, or out again if inside."""
        if self.left is None:
            return Moved.NO_RUN
        if not force and not self.left.depth and self._asks_about(into=True):
            return Moved.ASKED_FIRST
        moved = self.left.out() if self.left.depth else self.left.into()
        self._follow()
        return Moved.YES if moved else Moved.AT_THE_EDGE

    def go_to_line(self, line: int, force: bool = False) -> Moved:
        """Go to the next step at which a line of the source ran, from here on and around."""
        return self._moved(lambda cursor: _go_to_line(cursor, line), force)

    def compare(self, force: bool = False) -> Moved:
        """Show a second run or take it away."""
        if self.left is None:
            return Moved.NO_RUN
        if self.right is not None:
            self.right = None
            self.beside_id = ""
            return Moved.YES
        run = self.beside or self._other_run()
        if not force and self._asks_about(run=run):
            return Moved.ASKED_FIRST
        self._set_beside(run)
        return Moved.YES if self.right is not None else Moved.AT_THE_EDGE

    def _asks_about(self, run: str = "", into: bool = False) -> bool:
        """Tell whether the answer to an open question lies in another run, or inside f."""
        following = self.following
        if following is None or not self.waiting:
            return False
        return (into and following.into) or run in (following.run, following.compare or None)

    def _other_run(self) -> str:
        """Return a run of the lesson that is not the one on the screen."""
        return next((run for run in self.lesson.runs if run != self.step.run), "")

    def _moved(self, act: Callable[[Cursor], bool], force: bool) -> Moved:
        cursor = self.left
        if cursor is None:
            return Moved.NO_RUN
        before, depth = cursor.step, cursor.depth
        moved = act(cursor)
        if moved and not force and not depth and self._tells(before, cursor.step):
            cursor.go_to(before)
            return Moved.ASKED_FIRST
        if force and self._limit is not None and cursor.step >= self._limit:
            self._limit = None
        self._follow()
        return Moved.YES if moved else Moved.AT_THE_EDGE

    def _tells(self, before: int, after: int) -> bool:
        """Tell whether a move would show the answer to a question that is open."""
        return self.waiting and self._limit is not None and before < self._limit <= after

    def _find_limit(self) -> int | None:
        """Return the step of this run that shows the answer, if the next text stands in it."""
        following = self.following
        if following is None or not following.ask or self.left is None:
            return None
        if following.run != self.step.run:
            return None
        there = self._cursor_at(following)
        return there.outer_step if there.outer_step > self.left.outer_step else None

    def _cursor_at(self, step: Step) -> Cursor:
        """Return a new cursor at the place of a step; at the run's start if it never gets there."""
        cursor = self._cursor(step.run)
        if not step.stand(cursor):
            cursor.start()
        return cursor

    def _cursor(self, run: str) -> Cursor:
        from tutor.trace import Cursor

        # Never asked of the play here: it may be busy with another run in another thread.
        return Cursor(self._recordings[run])

    def _set_beside(self, run: str) -> None:
        known = run in self._recordings and self.left is not None
        self.right = self._cursor(run) if known else None
        self.beside_id = run if self.right is not None else ""
        self._follow()

    def _follow(self) -> None:
        """Put the second run where the first one is."""
        left, right = self.left, self.right
        if left is None or right is None:
            return
        if left.depth and left.depth == right.depth:
            # Stepping into f is a replay: while both are inside there is no need for another.
            right.go_to(min(left.step, len(right.recording) - 1))
            return
        from tutor.trace import Lockstep

        Lockstep(left, right).follow()


def _go_to_line(cursor: Cursor, line: int) -> bool:
    count = len(cursor.recording)
    for offset in range(1, min(count, _FAR)):
        step = (cursor.step + offset) % count
        if cursor.recording.state(step).line == line:
            return cursor.go_to(step)
    return False
