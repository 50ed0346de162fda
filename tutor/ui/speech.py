"""What the lesson says at the place where the player stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tutor.ui.drawing.talk import Asked, Card, Choice, Talk

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson
    from tutor.course.question import Question
    from tutor.course.table import Table
    from tutor.ui.player import Player

_FIGURE = re.compile(r"\{[^{}]*\}")
_ON = "enter: go on"


class Speech:
    """The words of a lesson as it is played: the text, then the question, then the reply."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.picked: int | None = None
        self.closing = False

    def reset(self) -> None:
        """Start a new text: nothing is chosen."""
        self.picked = None
        self.closing = False

    def close(self) -> None:
        """Say the lesson's last words."""
        self.closing = True

    def pick(self, by: int) -> None:
        """Put the cursor on the answer above or below."""
        question = self.player.question
        if question is None:
            return
        count = len(question.answers)
        start = -1 if by > 0 else 0
        self.picked = ((start if self.picked is None else self.picked) + by) % count

    def talk(self) -> Talk:
        """Return what the why pane shows now."""
        if self.closing:
            return Talk(self._closing_text(), hint=self._closing_hint())
        step = self.player.step
        return Talk(
            text=self.fill(self.player.lesson.words.texts[step.text]),
            cards=tuple(card(self.player.lesson, name) for name in step.evidence),
            tables=self._tables(step.tables),
            asked=self._asked(),
            hint=self._hint(),
        )

    def fill(self, text: str) -> str:
        """Return a text with its figures; before they are computed they are left open."""
        if not self.player.figures_ready:
            return _FIGURE.sub("...", text)
        from tutor.course.problem import LessonError

        try:
            return self.player.play.fill(text)
        except LessonError as error:
            return f"{_FIGURE.sub('...', text)}\n\n**{error}**"

    def _tables(self, names: tuple[str, ...]) -> tuple[Table, ...]:
        if not names or not self.player.figures_ready:
            return ()
        tables = self.player.play.tables
        return tuple(tables[name] for name in names if name in tables)

    def _asked(self) -> Asked | None:
        question, given = self.player.question, self.player.given
        if question is None:
            return None
        reply = next((a.reply for a in question.answers if a.id == given), "")
        return Asked(
            prompt=self.fill(question.prompt),
            choices=tuple(
                Choice(self.fill(answer.label), _mark(question, answer.id, given))
                for answer in question.answers
            ),
            picked=-1 if self.picked is None else self.picked,
            reply=self.fill(reply),
            open=given is None,
        )

    def _hint(self) -> str:
        question = self.player.question
        if question is not None and self.player.given is None:
            return f"1 to {len(question.answers)}: your prediction"
        return _ON

    def _closing_text(self) -> str:
        """Return the sentence to keep and how to try it on a file of one's own."""
        words = self.player.lesson.words
        parts = [f"**To keep.** {words.keep}" if words.keep else "", words.try_it]
        return self.fill("\n\n".join(part for part in parts if part))

    def _closing_hint(self) -> str:
        exercise = "e: the exercise   " if self.player.lesson.exercise else ""
        return f"{exercise}m: the course   enter: the course"


def card(lesson: Lesson, name: str) -> Card:
    """Return one piece of evidence as it is drawn."""
    evidence = lesson.evidence[name]
    return Card(evidence.who, evidence.source, tuple(evidence.figures.items()))


def _mark(question: Question, answer: str, given: str | None) -> str:
    if given != answer:
        return ""
    return "right" if answer == question.right else "wrong"
