"""A fault that the figures of one part prove."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.diagnosis.findings import Evidence
from tutor.pitfalls import Severity

TOLERANCE = 1e-6  # relative: what rounding and another order of summing leave is far below


@dataclass(frozen=True, slots=True)
class Proof:
    """A pitfall, and the figures that give it away.

    ``pitfall`` is empty for a fault without a name, which ``sentence`` then describes.
    ``severity`` is None where the catalogue's own holds. ``line`` is that of the accused code in
    ``module`` where it is known, else 0. ``seen`` says that the file's own run shows the harm: then
    it is an error, whatever the part is by itself.
    """

    pitfall: str
    evidence: tuple[Evidence, ...]
    severity: Severity | None = None
    sentence: str = ""
    module: str = ""
    line: int = 0
    seen: bool = False


def proof(pitfall: str, what: str, predicted: float | str, measured: float | str) -> Proof:
    """Return a proof that rests on one figure."""
    return Proof(pitfall, (Evidence(what, predicted, measured),))


def advice(pitfall: str, what: str, predicted: float | str, measured: float | str) -> Proof:
    """Return a proof of a trap that does no harm where it stands."""
    return Proof(pitfall, (Evidence(what, predicted, measured),), Severity.ADVICE)


def is_close(one: ArrayLike | None, other: ArrayLike, tolerance: float = TOLERANCE) -> bool:
    """Tell whether two arrays have one shape and the same values, NaN where NaN is."""
    if one is None:
        return False
    a, b = np.asarray(one, float), np.asarray(other, float)
    if a.shape != b.shape:
        return False
    scale = float(np.max(np.abs(b[np.isfinite(b)]), initial=0.0))
    return bool(
        np.allclose(a, b, rtol=tolerance, atol=tolerance * 1e-3 * (scale or 1), equal_nan=True)
    )


def gap(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the largest relative error between two arrays, each error over the larger of both."""
    if one.shape != other.shape or not one.size:
        return float("inf")
    size = np.maximum(np.abs(one), np.abs(other))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(one == other, 0.0, np.abs(one - other) / size)
    return float(np.max(np.where(np.isnan(found), np.inf, found)))
