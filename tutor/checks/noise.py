"""How rough a loss is: what is left of it when all that is smooth is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt

import numpy as np

POINTS = 8
"""How many equally spaced points `roughness` is made for."""

_ORDERS = (4, 5, 6)


def roughness(values: Sequence[float]) -> float:
    """Return the standard deviation of the rounding errors in values of a smooth function.

    Differences of order k make a smooth function vanish and multiply independent errors by
    sqrt(comb(2k, k)). The median over the places and orders keeps a kink from counting much.

    Parameters
    ----------
    values : floats
        The function at seven or more equally spaced points close together.

    References
    ----------
    J. J. More, S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011).
    """
    found = [
        np.abs(np.diff(np.asarray(values), k)) / sqrt(comb(2 * k, k)) / _MEDIAN_OF_NORMAL
        for k in _ORDERS
    ]
    return float(np.median(np.concatenate(found)))


def quantum(values: Sequence[float]) -> float:
    """Return the smallest step of values that move in steps, 0 of values that move freely.

    A loss that was rounded, to float32 or to some decimals, stays exactly the same for a while
    and then jumps.
    """
    steps = np.abs(np.diff(np.asarray(values)))
    jumps = steps[steps > 0]
    return float(jumps.min()) if 0 < jumps.size < steps.size else 0.0


_MEDIAN_OF_NORMAL = 0.6745  # of the size of a normal variable, in standard deviations
