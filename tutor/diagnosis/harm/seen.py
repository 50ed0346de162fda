"""A call of a part that was seen while the file ran, and what it proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.diagnosis.examine import Examined
from tutor.diagnosis.findings import Evidence
from tutor.diagnosis.proof import Proof
from tutor.pitfalls import Severity

Events = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A call of a part that was seen while the file ran.

    Attributes
    ----------
    args : tuple
        Copies of what it was given, None for what was too large or no array.
    moved : tuple of float
        How far it moved each array it was given.
    raised, text : str
        The exception that it ended with, if any.
    within : bool
        It was made for a numerical gradient; ``shared``: and given the very array that is moved.
    """

    args: tuple[Any, ...]
    moved: tuple[float, ...]
    raised: str
    text: str
    within: bool
    shared: bool

    @staticmethod
    def of(event: Mapping[str, Any]) -> Seen:
        """Read one that was noted."""
        told = bool(event["within"]), bool(event["shared"])
        moved = tuple(float(m) for m in event["moved"])
        return Seen(tuple(event["args"]), moved, str(event["raised"]), str(event["text"]), *told)


def shown(pitfall: str, what: str, predicted: float | str, measured: float | str) -> Proof:
    """Return a proof of what the file's own run shows."""
    evidence = (Evidence(what, predicted, measured),)
    return Proof(pitfall, evidence, Severity.ERROR, seen=True)


def has(one: Examined, pitfall: str) -> bool:
    """Tell whether a part is known for a pitfall, be it as advice."""
    return any(proof.pitfall == pitfall for proof in one.proofs)
