"""A function whose slopes are known: what a differentiator is measured on."""

from __future__ import annotations

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls.setting import Setting


class Cubic:
    """f(x) = 1 + sum of x cubed, of any shape, which counts how often it is asked.

    Attributes
    ----------
    calls : int
    """

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x: FloatArray) -> float:
        """Return the value at x."""
        self.calls += 1
        return 1.0 + float(np.sum(x**3))


def slopes(x: FloatArray) -> FloatArray:
    """Return the true slopes of a `Cubic` at x: 3 x squared."""
    return 3 * x**2


def curvature(x: FloatArray) -> FloatArray:
    """Return its second derivatives at x: 6 x. The third is 6 everywhere."""
    return 6 * x


def value(setting: Setting) -> float:
    """Return the value at the point of a setting."""
    return Cubic()(setting.point)
