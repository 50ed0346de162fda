"""Pitfalls in the way a file uses its parts: its calls, its checks, its updates, its training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import Definition, definitions
from tutor.diagnosis.roles import Taken
from tutor.diagnosis.uses.checks import find_checks
from tutor.diagnosis.uses.copies import find_copies
from tutor.diagnosis.uses.differentiators import unnamed
from tutor.diagnosis.uses.driver import driven, driven_steps
from tutor.diagnosis.uses.failures import find_crashes, find_failures
from tutor.diagnosis.uses.integers import find_integers
from tutor.diagnosis.uses.kinks import find_kinks
from tutor.diagnosis.uses.matrices import find_matrices, find_numbers
from tutor.diagnosis.uses.narrow import find_narrow
from tutor.diagnosis.uses.nets import find_nets
from tutor.diagnosis.uses.numerical import find_numerical
from tutor.diagnosis.uses.objectives import find_objectives
from tutor.diagnosis.uses.pairing import find_pairings
from tutor.diagnosis.uses.points import find_points
from tutor.diagnosis.uses.precision import find_precision
from tutor.diagnosis.uses.text import Text
from tutor.diagnosis.uses.training import find_training
from tutor.diagnosis.uses.updates import find_updates
from tutor.diagnosis.uses.use import Case, Use
from tutor.diagnosis.uses.vacuous import find_vacuous

__all__ = ["Use", "driven_steps", "find_uses", "unnamed"]

_UNFIT = ("Cut", "Enough")  # how a call may end that is not to be made again
_SEARCHES: tuple[Callable[[Case], Iterator[Use]], ...] = (
    find_copies,
    find_integers,
    find_points,
    find_matrices,
    find_numbers,
    find_objectives,
    find_precision,
    find_narrow,
    find_kinks,
    find_numerical,
    find_nets,
    find_checks,
    find_vacuous,
    find_updates,
    find_training,
    find_pairings,
    find_failures,
)


def find_uses(
    student: Student,
    texts: Mapping[str, Text],
    parts: Sequence[Taken],
    loaded: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    seed: int = 0,
) -> Iterator[Use]:
    """Yield the pitfalls in the use of a file's parts, each once for each function.

    Parameters
    ----------
    student : Student
        The program, loaded.
    texts : mapping of str to Text
        The modules by the name that each has inside the jail, the file itself (``__main__``) first.
    parts : sequence of Taken
    loaded : mapping
        What `Student.load` gave.
    events : sequence of mapping
        What `Student.events` gave.
    seed : int
        Of the data with which the file's functions are called that it never calls itself.
    """
    own = len(events)
    calls = driven(student, texts, parts, seed)
    drove: dict[str, Any] = {}
    if calls:
        drove = student.oracle.ask("drive", list(calls))
        calls = tuple(c for c, r in zip(calls, drove["raised"], strict=True) if r not in _UNFIT)
        drove["raised"] = [raised for raised in drove["raised"] if raised not in _UNFIT]
        events = student.events()
    definitions = _definitions(texts)
    case = Case(student, texts, definitions, parts, loaded, tuple(events), calls, drove, own)
    seen: set[tuple[str, str, str]] = set()
    found: list[Use] = []
    for search in _SEARCHES:
        for use in search(case):
            key = (use.proof.pitfall, use.module, use.definition)
            if key not in seen:
                seen.add(key)
                found.append(use)
                yield use
    if not any(use.is_error for use in found):
        yield from find_crashes(case)


def _definitions(texts: Mapping[str, Text]) -> dict[str, Definition]:
    found: dict[str, Definition] = {}
    for name, text in reversed(list(texts.items())):
        found.update(definitions(name, text.tree))
    return found
