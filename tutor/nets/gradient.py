"""The gradient by central differences, and the descent along it.

`numerical_gradient` is the function that a learner steps through, so its lines are short and
what there is to say stands here. It moves one element of x by h, up and down, and asks f each
time; the slope is the difference of the two answers over 2h, with an error that shrinks as
h squared. It writes into x itself: an f that reads the same buffer in another way, such as
``net.loss`` reading ``net.W``, sees the change. Every element is put back before the next one
is touched. If f raises, the element it was asked about is still moved.

An element is visited in the order in which x lies in memory: row by row, but column by column
for a transposed array. A call costs ``2 * x.size`` calls of f.

Source: Saitoh, Deep Learning from Scratch (O'Reilly Japan, 2016), sections 4.3 and 4.4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tutor.nets.arrays import FloatArray, Function
from tutor.nets.points import moves_elements, require_floats


@moves_elements
def numerical_gradient(
    f: Function,
    x: FloatArray,
    h: float = 1e-4,
) -> FloatArray:
    """Slope of f along every element of x.

    x: floats, any shape; as before on return.
    f: called as f(x), gives one number.
    Returns an array of the shape of x.
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
        x[idx] = tmp_val
        it.iternext()
    return grad


def gradient_descent(
    f: Function, init_x: ArrayLike, lr: float = 0.01, step_num: int = 100
) -> tuple[FloatArray, FloatArray]:
    """Walk downhill on f from init_x, in steps of ``lr`` times the numerical gradient.

    Parameters
    ----------
    f : function of an array, gives one number
    init_x : array of floats, any shape
        Where to start. It is left as it was.
    lr : float
        The learning rate.
    step_num : int
        How many steps to take, 0 or more.

    Returns
    -------
    x : array of floats, the shape of init_x
        Where the walk ended.
    history : array of floats, shape (step_num + 1, *init_x.shape)
        Every point on the way: the first is init_x, the last is x.

    Raises
    ------
    TypeError
        If init_x holds anything but floats.
    ValueError
        If init_x is empty or step_num is negative.

    References
    ----------
    Saitoh 2016, section 4.4.1.
    """
    x = np.array(init_x)
    require_floats(x)
    if step_num < 0:
        raise ValueError(f"step_num is {step_num}; a descent takes 0 steps or more.")
    history = [x.copy()]
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
        history.append(x.copy())
    return x, np.array(history)
