"""How a wrong gradient differs from the slopes: said by its shape, with no name made up for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.checks.compare import SLOPE, Floats, ratio
from tutor.checks.figures import short

_CLOSE = 1e-3  # of the norm: far above the epsilon and rounding, far below any fault
_NOTHING = 1e-12  # of the largest: 0 but for rounding
_FEW = 0.1
_SMALL = 0.03  # of the largest


class Kind(Enum):
    """The ways of differing that can be told from the numbers alone."""

    AGREES = "agrees"
    SIGN = "sign"
    CONSTANT_RATIO = "constant ratio"
    ZERO_IN_BP = "zero in bp"
    ZERO_IN_NUM = "zero in num"
    TRANSPOSED = "transposed"
    SWAPPED = "swapped"
    PERMUTED = "permuted"
    PROPORTIONAL = "proportional to the parameter"
    UNIFORM = "uniform"
    SPARSE = "sparse"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which bp and num differ, and the figures that belong to it.

    Attributes
    ----------
    kind : Kind
    value : float
        CONSTANT_RATIO: bp / num. PROPORTIONAL: the number lambda in bp - num = lambda * W.
        UNIFORM: what bp is everywhere.
    spread : float
        CONSTANT_RATIO: the standard deviation of bp / num, over entries with a sizeable slope.
    share : float
        The share of entries that differ.
    r2 : float
        PROPORTIONAL: how much of the difference the parameter explains, 1 for all of it.
    other : str
        SWAPPED: the name of the array that num agrees with.
    """

    kind: Kind
    value: float = float("nan")
    spread: float = float("nan")
    share: float = float("nan")
    r2: float = float("nan")
    other: str = ""

    def __str__(self) -> str:
        """Return a sentence about the entries that were compared."""
        return _SENTENCES[self.kind].format(
            value=f"{self.value:.6g}",
            spread=short(self.spread),
            share=f"{self.share:.0%}",
            r2=f"{self.r2:.6g}",
            other=self.other,
        )


_SENTENCES = {
    Kind.AGREES: "Backprop and slope agree.",
    Kind.SIGN: "Backprop is the slope with the other sign.",
    Kind.CONSTANT_RATIO: "Backprop is {value} times the slope everywhere, to within {spread}.",
    Kind.ZERO_IN_BP: "Backprop is 0 in {share} of the entries where the loss has a slope.",
    Kind.ZERO_IN_NUM: "The loss has no slope in {share} of the entries, where backprop is not 0.",
    Kind.TRANSPOSED: "The slope agrees with backprop transposed.",
    Kind.SWAPPED: "The slope agrees with the gradient given for {other}.",
    Kind.PERMUTED: "Backprop has the right numbers, in other places.",
    Kind.PROPORTIONAL: "The difference is {value} times the parameter itself, R2 {r2}.",
    Kind.UNIFORM: "Backprop is {value} in every entry, the slope is not.",
    Kind.SPARSE: "{share} of the entries differ, the others agree.",
    Kind.NONE: "The difference follows no simple pattern.",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """bp and num as given, the mask of entries that differ, and what they may be held beside."""

    bp: Floats
    num: Floats
    wrong: NDArray[np.bool_]
    param: Floats | None
    others: Mapping[str, Floats]


def pattern(
    bp: ArrayLike,
    num: ArrayLike,
    param: ArrayLike | None = None,
    others: Mapping[str, ArrayLike] | None = None,
    tolerance: float = 1e-4,
) -> Pattern:
    """Return the simplest way in which bp and num differ.

    Parameters
    ----------
    bp, num : arrays of one shape
        What backprop says and what the slopes are: all entries, or the same sample of both.
    param : array of that shape, optional
        The parameter at those entries. Without it, regularisation cannot be recognised.
    others : mapping of str to array of that shape, optional
        Other gradients at those entries, which num may turn out to be. The name "transposed"
        stands for bp transposed; for whole square arrays it is there by itself.
    tolerance : float
        Entries differ when they are this far apart, relative to the larger one (or to a tenth
        of the root mean square of num, if that is more).

    Raises
    ------
    ValueError
        If the shapes are not the same.
    """
    both = _paired(bp, num, param, others or {}, tolerance)
    if not both.wrong.any():
        return Pattern(Kind.AGREES, share=0.0)
    for recognise in _IN_ORDER:
        found = recognise(both)
        if found is not None:
            return found
    return Pattern(Kind.NONE, share=_share(both))


def _paired(
    bp: ArrayLike,
    num: ArrayLike,
    param: ArrayLike | None,
    others: Mapping[str, ArrayLike],
    tolerance: float,
) -> _Pair:
    bp, num = np.asarray(bp, dtype=np.float64), np.asarray(num, dtype=np.float64)
    held = {name: np.asarray(other, dtype=np.float64) for name, other in others.items()}
    beside = None if param is None else np.asarray(param, dtype=np.float64)
    for name, array in (("num", num), ("param", beside), *held.items()):
        if array is not None and array.shape != bp.shape:
            raise ValueError(f"bp has shape {bp.shape}, but {name} has shape {array.shape}.")
    if bp.ndim == 2 and bp.shape[0] == bp.shape[1] > 1:
        held.setdefault("transposed", bp.T)
    size = np.sqrt(np.mean(num**2)) / 10 if num.size else 0.0
    scale = np.maximum(np.maximum(np.abs(bp), np.abs(num)), size)
    return _Pair(bp, num, np.abs(bp - num) > tolerance * scale, beside, held)


def _share(both: _Pair) -> float:
    return float(np.mean(both.wrong))


def _close(a: Floats, b: Floats) -> bool:
    size = float(np.linalg.norm(b))
    return size > 0 and float(np.linalg.norm(a - b)) <= _CLOSE * size


def _none(a: Floats) -> NDArray[np.bool_]:
    """Return where an array is 0, but for rounding."""
    nothing: NDArray[np.bool_] = np.abs(a) <= _NOTHING * np.max(np.abs(a), initial=0.0)
    return nothing


def _sign(both: _Pair) -> Pattern | None:
    return Pattern(Kind.SIGN, -1.0, share=_share(both)) if _close(both.bp, -both.num) else None


def _constant_ratio(both: _Pair) -> Pattern | None:
    square = float(np.sum(both.num**2))
    if both.num.size < 2 or square == 0 or not both.bp.any():
        return None
    value = float(np.sum(both.bp * both.num)) / square
    if not _close(both.bp, value * both.num):
        return None
    # Of a small slope, rounding is a large part: its ratio would only blur the others'.
    ratios = ratio(both.bp, both.num, max(SLOPE, _SMALL * float(np.max(np.abs(both.num)))))
    spread = float(np.std(ratios)) if ratios.size else 0.0
    return Pattern(Kind.CONSTANT_RATIO, value, spread, _share(both))


def _zero_in_bp(both: _Pair) -> Pattern | None:
    return _zero(both, Kind.ZERO_IN_BP, both.bp)


def _zero_in_num(both: _Pair) -> Pattern | None:
    return _zero(both, Kind.ZERO_IN_NUM, both.num)


def _zero(both: _Pair, kind: Kind, where: Floats) -> Pattern | None:
    if np.any(both.wrong & ~_none(where)):
        return None
    return Pattern(kind, share=_share(both))


def _swapped(both: _Pair) -> Pattern | None:
    for name, other in both.others.items():
        if _close(other, both.num):
            kind = Kind.TRANSPOSED if name == "transposed" else Kind.SWAPPED
            return Pattern(kind, share=_share(both), other=name)
    return None


def _permuted(both: _Pair) -> Pattern | None:
    same = both.bp.size > 2 and _close(np.sort(both.bp, axis=None), np.sort(both.num, axis=None))
    return Pattern(Kind.PERMUTED, share=_share(both)) if same else None


def _proportional(both: _Pair) -> Pattern | None:
    if both.param is None or both.bp.size < 3 or not both.param.any():
        return None
    difference = both.bp - both.num
    value = float(np.sum(difference * both.param) / np.sum(both.param**2))
    left = difference - value * both.param
    r2 = 1 - float(np.sum(left**2) / np.sum(difference**2))
    if r2 < 1 - _CLOSE:
        return None
    return Pattern(Kind.PROPORTIONAL, value, share=_share(both), r2=r2)


def _uniform(both: _Pair) -> Pattern | None:
    bp = both.bp
    if bp.size < 3 or np.ptp(bp) > _NOTHING * np.max(np.abs(bp)):
        return None
    return Pattern(Kind.UNIFORM, float(bp.flat[0]), share=_share(both))


def _sparse(both: _Pair) -> Pattern | None:
    share = _share(both)
    return Pattern(Kind.SPARSE, share=share) if share <= _FEW else None


# A fault in few entries hardly moves a norm: what goes by entries is asked first, what goes by
# norms then needs more than a few to differ.
_IN_ORDER: tuple[Callable[[_Pair], Pattern | None], ...] = (
    _sign,
    _zero_in_bp,
    _zero_in_num,
    _sparse,
    _swapped,
    _constant_ratio,
    _proportional,
    _uniform,
    _permuted,
)
