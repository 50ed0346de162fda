"""Two gradients held beside each other, entry by entry."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

SLOPE = 1e-8
"""From here on a number counts as a slope when a ratio is taken; below, it may be rounding."""


def relative_error(a: ArrayLike, b: ArrayLike) -> Floats:
    """Return abs(a - b) / max(abs(a), abs(b)), and 0 where both are 0.

    Parameters
    ----------
    a, b : arrays of one shape
        It makes no difference which is which.

    Returns
    -------
    array of float64, same shape
        From 0 to 2, which is the same number with the other sign; nan where either is nan.

    References
    ----------
    The gradient checks of Stanford's course cs231n.
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    largest = np.maximum(np.abs(a), np.abs(b))
    error: Floats = np.abs(a - b) / np.where(largest == 0, 1.0, largest)
    return error


def max_relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """Return the largest `relative_error` of all entries."""
    return float(np.max(relative_error(a, b)))


def ratio(bp: ArrayLike, num: ArrayLike, slope: float = SLOPE) -> NDArray[Any]:
    """Return bp / num for the entries where both are above `slope` in size.

    Returns
    -------
    array of float64, shape (M,)
        In the order of the entries; those without a slope are left out.
    """
    bp = np.ravel(np.asarray(bp, dtype=np.float64))
    num = np.ravel(np.asarray(num, dtype=np.float64))
    there = (np.abs(bp) > slope) & (np.abs(num) > slope)
    quotients: NDArray[Any] = bp[there] / num[there]
    return quotients
