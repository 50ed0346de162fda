"""What is remembered of one lesson, and how two memories of it become one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class Status(StrEnum):
    """How far a lesson has come."""

    NEW = "new"
    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered to a question: the first answer, whether it was right, and the tries."""

    first: str
    right: bool
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of one lesson.

    Attributes
    ----------
    place, furthest : int
        The step where the learner stands, and the furthest one reached.
    answers : mapping
        By question.
    draft : str
        The exercise as the learner left it; empty if it was never touched.
    solved : bool
        Whether the exercise has passed its check.
    hints : int
        How many hints were seen.
    """

    status: Status = Status.NEW
    place: int = 0
    furthest: int = 0
    answers: Mapping[str, Given] = field(default_factory=lambda: MappingProxyType({}))
    draft: str = ""
    solved: bool = False
    hints: int = 0


_ORDER: Final = tuple(Status)


def merge(mine: Record, theirs: Record) -> Record:
    """Return my memory with all that the other one is further in; the place and draft are mine."""
    return replace(
        mine,
        status=max(mine.status, theirs.status, key=_ORDER.index),
        furthest=max(mine.furthest, theirs.furthest),
        answers={
            question: _merge_given(mine.answers.get(question), theirs.answers.get(question))
            for question in {**theirs.answers, **mine.answers}
        },
        draft=mine.draft or theirs.draft,
        solved=mine.solved or theirs.solved,
        hints=max(mine.hints, theirs.hints),
    )


def _merge_given(mine: Given | None, theirs: Given | None) -> Given:
    if mine is None or theirs is None:
        found = mine or theirs
        assert found is not None
        return found
    return mine if mine.tries > theirs.tries else theirs


def read_record(data: Mapping[str, Any], *, lenient: bool = False) -> Record:
    """Build a record from what a file holds.

    Parameters
    ----------
    lenient : bool
        Leave out what is not understood, as in a file of a newer version.

    Raises
    ------
    TypeError, ValueError, KeyError
        If a part of it is of another sort.
    """
    fields = {}
    for name, read in _READERS.items():
        try:
            if name in data:
                fields[name] = read(data[name])
        except (TypeError, ValueError, KeyError):
            if not lenient:
                raise
    return Record(**fields)


def write_record(record: Record, data: dict[str, Any]) -> None:
    """Put a record into what a file holds; what is not ours there stays as it is."""
    for name in ("status", "place", "furthest", "draft", "solved", "hints"):
        if _is_ours(name, data):
            value = getattr(record, name)
            data[name] = str(value) if name == "status" else value
    answers = data.setdefault("answers", {})
    if not isinstance(answers, dict):
        return
    for question, given in record.answers.items():
        kept = answers.setdefault(question, {})
        if isinstance(kept, dict):
            kept.update(first=given.first, right=given.right, tries=given.tries)


def _is_ours(name: str, data: Mapping[str, Any]) -> bool:
    """Tell whether a key is free or holds what this version can read."""
    try:
        _READERS[name](data[name])
    except KeyError:
        return True
    except (TypeError, ValueError):
        return False
    return True


def _read_answers(data: Any) -> dict[str, Given]:
    return {question: _read_given(given) for question, given in _typed(data, dict).items()}


def _read_given(data: Any) -> Given:
    data = _typed(data, dict)
    tries = _count(data.get("tries", 1))
    return Given(_typed(data["first"], str), _typed(data["right"], bool), tries)


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _typed(value: Any, sort: type) -> Any:
    if type(value) is not sort:
        raise TypeError(f"{value!r} where {sort.__name__} is expected")
    return value


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "status": lambda value: Status(_typed(value, str)),
    "place": _count,
    "furthest": _count,
    "answers": _read_answers,
    "draft": lambda value: _typed(value, str),
    "solved": lambda value: _typed(value, bool),
    "hints": _count,
}
