"""What widgets and workers tell the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tutor.course.exercise import Verdict
    from tutor.trace.saved import Saved
    from tutor.ui.seeking import Seek, Sought


class Clicked(Message):
    """Something that a line offers was clicked: ``click`` is what it does, such as ``line:11``."""

    def __init__(self, click: str) -> None:
        super().__init__()
        self.click = click


class RunReady(Message):
    """The runs of a step of the lesson are there."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


class FiguresReady(Message):
    """The lesson's figures are there, or the problem says why they could not be had."""

    def __init__(self, problem: str = "") -> None:
        super().__init__()
        self.problem = problem


class Judged(Message):
    """An exercise was checked."""

    def __init__(self, number: int, verdict: Verdict | None, text: str) -> None:
        super().__init__()
        self.number = number
        self.verdict = verdict
        self.text = text


class Found(Message):
    """A search has come to its end."""

    def __init__(self, seek: Seek, sought: Sought) -> None:
        super().__init__()
        self.seek = seek
        self.sought = sought


class RecordedAnew(Message):
    """The file has changed: here are its runs, or the sentence that says why there are none."""

    def __init__(self, outcome: Saved | str) -> None:
        super().__init__()
        self.outcome = outcome
