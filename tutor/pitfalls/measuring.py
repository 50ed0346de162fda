"""What the signatures measure with: a trusted numerical gradient, ratios, and what was raised."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from tutor.nets import FloatArray, numerical_gradient
from tutor.pitfalls.setting import Setting

Gradients = dict[str, FloatArray]

_NO_SLOPE = 1e-5  # below it, rounding in the difference of two losses shows in a ratio
_STEEP = 1e-3  # below it, the epsilon in the loss shows in a ratio
_CONSTANT = 2e-3


def true_slopes(net: Any, x: FloatArray, t: Any) -> Gradients:
    """Return the gradient of net.loss for each parameter, by a differentiator that is right."""

    def f(_: FloatArray) -> float:
        return float(net.loss(x, t))

    return {key: numerical_gradient(f, value) for key, value in net.params.items()}


def gradients(code: Any, setting: Setting) -> tuple[Gradients, Gradients]:
    """Return backprop and the trusted numerical gradient of the code's two-layer net."""
    net = setting.net(code)
    return net.gradient(setting.x, setting.t), true_slopes(net, setting.x, setting.t)


def flat(arrays: Gradients) -> FloatArray:
    """Return all entries of all arrays in one row."""
    return np.concatenate([np.ravel(array) for array in arrays.values()])


def common_ratio(
    a: FloatArray, b: FloatArray, constant: float = _CONSTANT, least: float = _NO_SLOPE
) -> float:
    """Return the factor r of a = r b, over the entries where |b| is above `least`.

    nan if the shapes differ, or it is not one and the same factor everywhere.
    """
    if np.shape(a) != np.shape(b):
        return math.nan
    sloping = np.abs(b) > least
    ratios = a[sloping] / b[sloping]
    if not ratios.size:
        return math.nan
    middle = float(np.median(ratios))
    spread = np.max(np.abs(ratios - middle))
    return middle if spread <= constant * abs(middle) else math.nan


def overall_ratio(a: FloatArray, b: FloatArray) -> float:
    """Return the factor r for which r b comes nearest to a; nan if b is 0 throughout."""
    size = float(np.sum(b * b))
    return float(np.sum(a * b)) / size if size else math.nan


def relative_error(a: FloatArray, b: FloatArray) -> float:
    """Return |a - b| over |a| + |b|, lengths of whole arrays; 0 for two of zeros."""
    size = float(np.linalg.norm(a) + np.linalg.norm(b))
    return float(np.linalg.norm(a - b)) / size if size else 0.0


def network_ratio(code: Any, setting: Setting) -> float:
    """Measure backprop / numerical over all parameters; nan if it is not one factor."""
    backprop, numerical = gradients(code, setting)
    return common_ratio(flat(backprop), flat(numerical), least=_STEEP)


def raised(function: Callable[..., Any], *args: Any) -> Exception | None:
    """Return what a call raises, None if it raises nothing."""
    try:
        function(*args)
    except Exception as error:  # a student's code may raise anything, and that is the figure
        return error
    return None


def raises(kind: type[Exception], function: Callable[..., Any], *args: Any) -> float:
    """Tell by a 1 or a 0 whether a call raises this kind of exception."""
    return float(isinstance(raised(function, *args), kind))


def last_number(error: Exception | None) -> float:
    """Return the last whole number in what an exception says; nan if there is none."""
    numbers = re.findall(r"\d+", str(error)) if error else []
    return float(numbers[-1]) if numbers else math.nan


def entries_that_differ(a: FloatArray, b: FloatArray) -> float:
    """Count them; bits, not closeness."""
    return float(np.count_nonzero(np.asarray(a) != np.asarray(b)))
