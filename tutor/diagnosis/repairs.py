"""The accused part alone put right: the proof that it, and nothing else, was wrong."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tutor.diagnosis.accuse import Accused
from tutor.diagnosis.asked import Student
from tutor.diagnosis.changes import apply, is_backward, is_within
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.edits import edits, named
from tutor.diagnosis.examine import Examined, examine
from tutor.diagnosis.findings import Repair
from tutor.diagnosis.parts.loss_layer import LossLayer
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.parts.replacement import replacement
from tutor.pitfalls import Severity

_SECONDS = 1.5  # for one accusation


@dataclass(frozen=True, slots=True)
class Repaired:
    """The line that is accused and what came of changing it."""

    line: int
    repair: Repair
    pitfall: str = ""


def repair(
    student: Student,
    accused: Accused,
    definitions: Mapping[str, Definition],
    sources: Mapping[str, str],
    seed: int,
) -> Repaired | None:
    """Look for the one change of a line that puts an accused definition right.

    Parameters
    ----------
    definitions : mapping
        Everything that the file defines at its top level, by name.
    sources : mapping of str to str
        The modules' sources, by their name inside the jail.

    Returns
    -------
    Repaired or None
        None if neither a change of one line nor the right part in its place confirms it.
    """
    one = accused.examined
    if one is None or accused.proof.severity is Severity.ADVICE:
        return None
    definition = definitions[accused.name.partition(".")[0]]
    end = time.monotonic() + _SECONDS
    for part in _parts(definition, accused):
        for edit in edits(part, sources[definition.module], accused.proof.pitfall):
            if time.monotonic() > end:
                break
            if not apply(student, definition, part, edit, sources[definition.module]):
                continue
            after = examine(student, one.taken, seed)
            student.restore()
            if after is not None and _is_right(after, accused):
                slug = accused.proof.pitfall or named(edit)
                return Repaired(edit.line, Repair(True, _error(after), edit.text.strip()), slug)
    return _swapped(student, accused, definition, one, seed)


def _parts(definition: Definition, accused: Accused) -> list[Definition]:
    """Return the definition, or those of its methods that may be to blame, likeliest first."""
    if not definition.methods:
        return [definition]
    own = accused.name.partition(".")[2]
    if own in definition.methods:
        return [definition.methods[own]]
    parts = [p for p in definition.methods.values() if is_within(p, definition)]
    parts = [p for p in parts if not p.name.endswith("__init__")]
    backward = [p for p in parts if is_backward(p)]
    forward = [p for p in parts if not is_backward(p)]
    return [*forward, *backward] if _is_of_forward(accused) else [*backward, *forward]


def _is_of_forward(accused: Accused) -> bool:
    told = accused.proof.evidence[0].what if accused.proof.evidence else ""
    return told.startswith("forward") or accused.proof.pitfall in ("sigmoid-sign", "squashed-twice")


def _is_right(after: Examined, accused: Accused) -> bool:
    """Tell whether the fault is gone and no new one has come."""
    before = accused.examined
    assert before is not None
    mine = {p.pitfall for p in before.errors}
    now = {p.pitfall for p in after.errors}
    if accused.proof.pitfall in now or now - mine - {"softmax-global-max"}:
        return False
    found = after.measured
    if isinstance(found, Network):
        return found.agrees or (bool(now) and len(now) < len(mine))
    if isinstance(found, LossLayer):
        return found.is_right
    return after.is_part


def _error(after: Examined) -> float | None:
    """Return how far the repaired part's gradients are from the slopes, relative to the largest."""
    found = after.measured
    if not isinstance(found, Network):
        return None
    worst = 0.0
    for _, _, gradient, slopes in found.pairs():
        scale = float(np.max(np.abs(slopes), initial=0.0))
        if gradient.shape == slopes.shape and scale:
            worst = max(worst, float(np.max(np.abs(gradient - slopes))) / scale)
    return worst


def _swapped(
    student: Student, accused: Accused, definition: Definition, one: Examined, seed: int
) -> Repaired | None:
    """Put the right part in the place of the accused one."""
    source = replacement(one.taken.role, definition)
    if not source:
        return None
    if not student.redefine(definition.name, source, 1, definition.module):
        return None
    after = examine(student, one.taken, seed)
    student.restore()
    if after is None or not _is_right(after, accused):
        return None
    return Repaired(0, Repair(True, _error(after)), accused.proof.pitfall)
