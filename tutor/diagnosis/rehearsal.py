"""One measurement made again and again, of a program that is changed in between.

Each time the jail is sent the change alone, and answers the questions that were asked the time
before. The judge asks them as ever: what has been answered already is not sent once more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from tutor.diagnosis.asked import Oracle, Student
from tutor.jail import BadReturn

Change = tuple[str, tuple[Any, ...]]
Asked = tuple[str, tuple[Any, ...], bool]
T = TypeVar("T")

_BACK: Change = ("restore", ())


@dataclass(slots=True)
class Rehearsal:
    """A student's program and the questions that were asked of it under each name.

    Attributes
    ----------
    asked : int
        How many questions the measurements asked, and one more for each: what trials cost is
        counted so, not timed, and comes out alike on every machine.
    """

    student: Student
    asked: int = 0
    _scripts: dict[str, list[Asked]] = field(default_factory=dict)
    _sent: dict[str, int] = field(default_factory=dict)

    def run(
        self, changes: Sequence[Change], name: str, measure: Callable[[Student], T]
    ) -> T | None:
        """Return what a measurement gives once the program is changed; None if that fails.

        Parameters
        ----------
        changes : sequence of (question, values)
            They are made after all earlier ones were taken back, and stay.
        name : str
            Of the measurement: under the same one much the same questions are asked.
        measure : callable
            Asks its questions of the student that it is given.
        """
        script = self._scripts.get(name, [])
        self.asked += 1
        try:
            answers = self._ahead(changes, name, script)
        except BadReturn:  # together they are too large to be sent
            answers, script = self._ahead(changes, "", ()), []
        if answers is None:
            return None
        lines = _Lines(self.student.oracle, script, answers)
        try:
            found = measure(replace(self.student, oracle=lines))
        except _Strayed:
            self._ahead(changes, "", ())
            lines = _Lines(self.student.oracle, (), ())
            found = measure(replace(self.student, oracle=lines))
        self.asked += len(lines.asked)
        if len(lines.asked) > len(script):
            self._scripts[name] = lines.asked
        return found

    def close(self) -> None:
        """Take the changes back."""
        self.student.restore()

    def _ahead(
        self, changes: Sequence[Change], name: str, script: Sequence[Asked]
    ) -> Sequence[Any] | None:
        """Change the program and have the script answered; None if the change does not run."""
        new = list(script) if len(script) != self._sent.get(name) else None
        found = self.student.oracle.ask("rehearse", [_BACK, *changes], name, new)
        self._sent[name] = len(script)
        if any(_has_raised(answer) for answer in found["changes"]):
            return None
        answers: Sequence[Any] = found["answers"]
        return answers


class _Strayed(Exception):
    """Something else was asked than what has been answered already."""


class _Lines:
    """An oracle with answers that came ahead of the questions."""

    def __init__(self, oracle: Oracle, script: Sequence[Asked], answers: Sequence[Any]) -> None:
        self._oracle = oracle
        self._script = script
        self._answers = answers
        self.asked: list[Asked] = []

    def ask(self, name: str, *values: object) -> Any:
        """Return an answer, known or not."""
        at = len(self.asked)
        if at < len(self._answers):
            wanted, given, _ = self._script[at]
            if name != wanted or not _is_same(values, given):
                raise _Strayed
            answer = self._answers[at]
        else:
            answer = self._oracle.ask(name, *values)
        self.asked.append((name, values, _has_raised(answer)))
        return answer


def _has_raised(answer: Any) -> bool:
    if isinstance(answer, list):
        return any(map(_has_raised, answer))
    return isinstance(answer, dict) and "raised" in answer


def _is_same(one: Any, other: Any) -> bool:
    """Tell whether two questions are alike to the last bit."""
    if isinstance(one, np.ndarray):
        if not isinstance(other, np.ndarray) or one.dtype != other.dtype:
            return False
        return one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        if type(one) is not type(other) or len(one) != len(other):
            return False
        return all(map(_is_same, one, other))
    if isinstance(one, dict):
        return isinstance(other, dict) and list(one) == list(other) and all(
            _is_same(one[key], other[key]) for key in one
        )  # fmt: skip
    return type(one) is type(other) and bool(one == other)
