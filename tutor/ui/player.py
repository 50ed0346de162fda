"""Where a learner stands in a lesson: its step, the run's step, and what was answered.

It knows no screen. Everything that a key does to the lesson or the run is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING

from tutor.ui.reader import MOVES, Moved, Reader, Titled

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson, Step
    from tutor.course.play import Play
    from tutor.course.question import Question
    from tutor.trace import Cursor

__all__ = ["MOVES", "Moved", "Onward", "Player"]


class Onward(Enum):
    """What came of going on with the lesson."""

    NEXT = auto()
    ANSWER_FIRST = auto()
    FINISHED = auto()


class Player(Reader):
    """A lesson being played: a reader who is asked before it is told.

    ``answers`` maps the ids of questions to those of answers.
    """

    def __init__(
        self, lesson: Lesson, play: Play, at: int = 0, answers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.lesson = lesson
        self.play = play
        self.index = min(max(at, 0), len(lesson.steps) - 1)
        self.answers: dict[str, str] = dict(answers or {})
        self.figures_ready = False
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

    def runs_needed(self, index: int) -> tuple[str, ...]:
        """Return the ids of the runs that a step of the lesson shows."""
        step = self.lesson.steps[index]
        return tuple(run for run in (step.run, step.compare) if run)

    def prepare(self, index: int) -> None:
        """Record the runs that a step shows. This takes a while and is done off the screen."""
        self._record(self.runs_needed(index))

    def prepare_figures(self) -> None:
        """Compute what texts and tables quote, and the other runs, off the screen too."""
        if not self.figures_ready:
            _ = (self.play.figures, self.play.tables)
            self.figures_ready = True
        self._record(self.lesson.runs)

    def _record(self, runs: tuple[str, ...] | Mapping[str, object]) -> None:
        # Kept here: the play may be busy with another run in another thread when one is shown.
        for run in runs:
            self.runs[run] = Titled(self.lesson.runs[run].title, self.play.recording(run))

    def place(self) -> None:
        """Put the cursors where this step of the lesson wants them."""
        step = self.step
        self.run = step.run
        self.left = self._cursor_at(step) if step.run else None
        self.put_beside(step.compare)
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

    # --- what would show an answer --------------------------------------------------------

    def _moved(self, act: Callable[[Cursor], bool], force: bool) -> Moved:
        """Move; past the place that answers an open question only with ``force``."""
        cursor = self.left
        if cursor is None or cursor.depth:
            return super()._moved(act, force)
        before = cursor.step
        moved = super()._moved(act, force)
        if moved is Moved.YES and not force and self._tells(before, cursor.step):
            super()._moved(lambda cursor: cursor.go_to(before), force)
            return Moved.ASKED_FIRST
        if force and self._limit is not None and cursor.step >= self._limit:
            self._limit = None
        return moved

    def _tells(self, before: int, after: int) -> bool:
        """Tell whether a move would show the answer to a question that is open."""
        return self.waiting and self._limit is not None and before < self._limit <= after

    def _asks_about(self, run: str = "", into: bool = False) -> bool:
        """Tell whether the answer to an open question lies in another run, or inside f."""
        following = self.following
        if following is None or not self.waiting:
            return False
        return (into and following.into) or run in (following.run, following.compare or None)

    def _other_run(self) -> str:
        """Return the run that this step compares with, else another run of the lesson."""
        other = (run for run in self.lesson.runs if run != self.step.run)
        return self.step.compare or next(other, "")

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
        cursor = self.cursor(step.run)
        if not step.stand(cursor):
            cursor.start()
        return cursor
