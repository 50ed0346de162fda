"""Traps that do harm in the file's own run: what a part was given there, asked again.

A trap is advice by default. Where the file itself gave a part what the trap is set for, it is an
error, and the proof is what came of it: the part is asked once more with the file's own arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from tutor.diagnosis.asked import Student
from tutor.diagnosis.examine import Examined
from tutor.diagnosis.harm.of_layer import single_sample
from tutor.diagnosis.harm.of_loss import broadcast, flattened, one_class, zero
from tutor.diagnosis.harm.of_softmax import fixed_rows, mutated
from tutor.diagnosis.harm.seen import Events, Seen
from tutor.diagnosis.names import Role
from tutor.diagnosis.proof import Proof

__all__ = ["Events", "Seen", "with_harm"]

_Rule = Callable[[Student, Examined, Seen], Proof | None]
_RULES: Final[Mapping[Role, tuple[_Rule, ...]]] = {
    Role.SOFTMAX: (mutated, fixed_rows),
    Role.LOSS: (zero, flattened, broadcast, one_class),
}


def with_harm(student: Student, one: Examined, events: Events) -> Examined:
    """Return a part with what the file's own run shows of it, in place of mere advice."""
    found = list(_harm(student, one, events))
    slugs = {proof.pitfall for proof in found}
    kept = [proof for proof in one.proofs if proof.pitfall not in slugs]
    return replace(one, proofs=(*found, *kept)) if found else one


def _harm(student: Student, one: Examined, events: Events) -> Iterator[Proof]:
    definition = one.taken.definition
    if one.taken.role is Role.LOSS_LAYER:
        yield from single_sample(student, one, events)
        return
    rules = _RULES.get(one.taken.role, ())
    calls = [Seen.of(e) for e in events if e.get("name") == definition.name and "moved" in e]
    for rule in rules:
        for seen in calls:
            proof = rule(student, one, seen)
            if proof is not None:
                yield proof
                break
