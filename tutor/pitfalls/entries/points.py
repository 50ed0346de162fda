"""The numerical gradient, right in itself, used in a wrong way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.nets import FloatArray
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature


def bowl(x: FloatArray) -> float:
    """Return the sum of x squared."""
    return float(np.sum(x**2))


def uneven(x: FloatArray) -> float:
    """Return a bowl that knows one coordinate from the other: x0 squared + 3 x1 squared."""
    return float(x[0] ** 2 + 3 * x[1] ** 2)


def whole_point(setting: Setting) -> NDArray[np.intp]:
    """Return two whole numbers from 2 to 9, a point as a learner writes it."""
    return setting.rng(5).integers(2, 10, size=2)


def first_slope_at_integers(code: Any, setting: Setting) -> float:
    """Measure the first slope of a bowl at a point of whole numbers."""
    return float(np.ravel(code.gradient_at(bowl, whole_point(setting).tolist()))[0])


def truncated(setting: Setting) -> float:
    """Predict it for an array of integers: x + h is stored as x, x - h as x - 1."""
    x = whole_point(setting).astype(float)
    one_less = x - [1, 0]
    return float(math.trunc((bowl(x) - bowl(one_less)) / (2 * 1e-4)))


def single_number(code: Any, setting: Setting) -> float:
    """Measure the slope, where there is one number in place of an array."""
    slopes = np.asarray(code.gradient_at(bowl, whole_point(setting).tolist()))
    return float(slopes) if slopes.ndim == 0 else math.nan


def grid(setting: Setting) -> tuple[FloatArray, FloatArray]:
    """Return the coordinates of a grid with no 0 in it, two arrays of shape (D, H)."""
    return setting.point, setting.point[::-1] + 0.25


def slopes_in_field(code: Any, setting: Setting) -> float:
    """Measure how many slopes of an uneven bowl are not 0, over all points of a grid."""
    return float(np.count_nonzero(code.gradient_field(uneven, *grid(setting))))


USES = (
    Pitfall(
        "integer-array",
        Part.USE_OF_DIFFERENTIATOR,
        "An array of whole numbers cannot hold x + h: 3 + h is stored as 3 and 3 - h as 2, "
        "so a slope comes out as some ten thousands, or 0.",
        Severity.ADVICE,
        (
            Variant(
                "np.array(point)",
                (Edit("gradient_at", "x = np.array(point, dtype=float)", "x = np.array(point)"),),
            ),
            Variant(
                "float(tmp_val)",
                (
                    Edit("gradient_at", "x = np.array(point, dtype=float)", "x = np.array(point)"),
                    Edit("numerical_gradient", "tmp_val = x[idx]", "tmp_val = float(x[idx])"),
                ),
            ),
        ),
        Signature(
            "first slope of the bowl at a point of whole numbers",
            "(f(x) - f(x - 1)) / (2h), cut to a whole number",
            truncated,
            first_slope_at_integers,
            atol=1.0,
            why="the quotient may round to the other side of a whole number",
        ),
        lesson="integer-array",
    ),
    Pitfall(
        "steps-all-coordinates",
        Part.USE_OF_DIFFERENTIATOR,
        "f(x + h) moves all coordinates at once: one number comes out, the sum of all slopes.",
        Severity.ERROR,
        (
            Variant(
                "numerical_diff",
                (
                    Edit(
                        "gradient_at",
                        "return numerical_gradient(f, x)",
                        "return numerical_diff(f, x)",
                    ),
                ),
            ),
        ),
        Signature(
            "slope of the bowl, one number for the whole point",
            "the sum of all slopes, 2 (x0 + x1)",
            lambda s: 2.0 * float(whole_point(s).sum()),
            single_number,
            rtol=1e-6,
            why="rounding in the difference of two values",
        ),
    ),
    Pitfall(
        "points-transposed",
        Part.USE_OF_DIFFERENTIATOR,
        "A grid is handed over as 2 rows, and each row is taken for a point: "
        "right only if f is one and the same term summed over all entries.",
        Severity.ERROR,
        (
            Variant(
                "no .T",
                (
                    Edit(
                        "gradient_field",
                        "return gradients_at(f, points.T).T",
                        "return gradients_at(f, points)",
                    ),
                ),
            ),
        ),
        Signature(
            "number of slopes of x0^2 + 3 x1^2 that are not 0",
            "2 in each of the 2 rows",
            lambda _: 4.0,
            slopes_in_field,
            silent=lambda s: s.D * s.H == 2,
        ),
        lesson="points-transposed",
    ),
)
