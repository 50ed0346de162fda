"""A squared error, examined: two arrays of one shape in, one number out, however it is scaled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Question, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.proof import Proof, is_close, proof
from tutor.pitfalls import Severity

Floats = NDArray[np.float64]

_SHAPES: Final = ((3, 4), (7, 5), (6,), (11,))


@dataclass(frozen=True, slots=True)
class Squared:
    """What a loss gave for two batches (N, K) and for two vectors."""

    y: tuple[Floats, ...]
    t: tuple[Floats, ...]
    of: tuple[Observed, ...]

    def totals(self) -> Floats:
        """Return the sum of the squares of each pair."""
        return np.array([np.sum((y - t) ** 2) for y, t in zip(self.y, self.t, strict=True)])

    @property
    def is_right(self) -> bool:
        """Tell whether it is a squared error, a sum or a mean of any kind, of all it takes."""
        values = [of.number() for of in self.of]
        pairs = (values[:2], range(2)), (values[2:], range(2, 4))
        taken = [(v, at) for v, at in pairs if None not in v]
        return bool(taken) and all(self._is_scaled(v, list(at)) for v, at in taken)

    def _is_scaled(self, values: list[float | None], at: list[int]) -> bool:
        totals = self.totals()[at]
        return any(
            is_close(np.array(values, float), root(totals * scale), 1e-6)
            for scale in self._scales(at)
            for root in (np.asarray, np.sqrt)
        )

    def _scales(self, at: list[int]) -> Iterator[Floats]:
        sizes = np.array([self.y[i].size for i in at], float)
        rows = np.array([len(self.y[i]) for i in at], float)
        for half in (0.5, 1.0, 2.0):
            for lengths in (np.ones(len(at)), sizes, rows, sizes / rows):
                yield half / lengths


def ask_squared(student: Student, definition: Definition, rng: np.random.Generator) -> Squared:
    """Ask a squared error about random arrays, matrices and vectors."""
    y = tuple(rng.normal(size=shape) for shape in _SHAPES)
    t = tuple(rng.normal(size=shape) + 0.7 for shape in _SHAPES)
    asked = [Question(definition.expression, pair) for pair in zip(y, t, strict=True)]
    return Squared(y, t, tuple(student.several(asked)))


def faults(found: Squared) -> Iterator[Proof]:
    """Yield what the figures prove of a function that should be a squared error."""
    values = [of.number() for of in found.of]
    if found.is_right:
        return
    if all(of.raised for of in found.of):
        told = found.of[0]
        text = f"{told.raised}: {told.text}"
        evidence = proof("", "squared error of a (3, 4) batch", told.raised, text).evidence
        yield Proof("crash", evidence, Severity.ERROR, "", told.module, told.line)
    elif all(not of.raised and of.value is None for of in found.of):
        yield proof("returns-none", "what the loss returns", "None", "None")
    elif None not in values:
        yield from _formula(found, np.array(values, float))


def _formula(found: Squared, values: Floats) -> Iterator[Proof]:
    """Yield which other formula fits: a number added, no squares, squares of the sum."""
    totals = found.totals()
    plain = np.array([np.sum(y - t) for y, t in zip(found.y, found.t, strict=True)])
    (slope, added), *_ = np.linalg.lstsq(np.stack([totals, np.ones(4)], 1), values, rcond=None)
    told = proof("", "loss of a (3, 4) batch", float(totals[0] / 2), float(values[0]))
    if is_close(values, slope * totals + added, 1e-6) and abs(added) > 1e-6 and abs(slope) > 1e-6:
        words = f"The loss is {added:.4g} plus {slope:.4g} times the sum of the squares."
    elif (k := _constant(values, plain)) is not None:
        words = f"The loss is {k:.4g} times the sum of the differences: nothing is squared."
    elif (k := _constant(values, plain**2)) is not None:
        words = f"The loss is {k:.4g} times the square of the sum of the differences."
    else:
        return
    yield replace(told, sentence=words)


def _constant(values: Floats, formula: Floats) -> float | None:
    ratios = values / formula
    return float(ratios[0]) if is_close(ratios, np.full(4, ratios[0]), 1e-6) else None
