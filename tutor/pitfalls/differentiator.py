"""Wrong variants of the numerical gradient."""

from __future__ import annotations

import numpy as np

from tutor.nets.arrays import FloatArray, Function
from tutor.nets.points import moves_elements


@moves_elements
def perturbs_a_copy(
    f: Function,
    x: FloatArray,
    h: float = 1e-4,
) -> FloatArray:
    """Slope of f, by moving a copy of x.

    x: floats, any shape; never written to.
    f: called as f(copy), gives one number.
    All zeros if f reads another array.
    """
    x = x.copy()
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
        it.iternext()
    return grad


@moves_elements
def without_restoring(
    f: Function,
    x: FloatArray,
    h: float = 1e-4,
) -> FloatArray:
    """Slope of f, never putting x back.

    x: floats, any shape; h lower on return.
    f: called as f(x), gives one number.
    """
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        it.iternext()
    return grad


@moves_elements
def forward_gradient(
    f: Function,
    x: FloatArray,
    h: float = 1e-4,
) -> FloatArray:
    """Slope of f, by looking upwards only.

    x: floats, any shape; as before on return.
    f: called as f(x), gives one number.
    """
    grad = np.zeros_like(x)
    fx = f(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        grad[idx] = (fxh1 - fx) / h
        x[idx] = tmp_val
        it.iternext()
    return grad


def drift(h: float = 1e-4) -> float:
    """Predict how far every element of x has moved after one call that restores nothing.

    The last thing written to each is its value minus h.
    """
    return -h


def forward_error(second_derivative: float, h: float = 1e-4) -> float:
    """Predict by how much a forward difference is off: h / 2 times the second derivative.

    Measured as numerical minus true slope; halving h halves it.
    """
    return h / 2 * second_derivative


def slope_of_a_deaf_function(loss: float, h: float = 1e-4) -> float:
    """Predict every entry of the gradient of an f that ignores its argument and gives `loss`.

    Both values of f are that loss, bit for bit, so their difference is exactly 0, and so is
    the slope (nan where the loss is inf).
    """
    return (loss - loss) / (2 * h)
