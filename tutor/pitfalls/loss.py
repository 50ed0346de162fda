"""Variants of the cross-entropy that run into log(0), or into the epsilon that avoids it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from tutor.nets.arrays import FloatArray
from tutor.nets.functions import (
    batch_size_of,
    cross_entropy_error,
    one_hot,
    softmax,
    targets_of,
)


def log_of_zero(y: FloatArray, t: ArrayLike) -> float:
    """Take log(y) as it is: inf for a label whose y is 0, nan in a one-hot row with such a y.

    NumPy warns of it (RuntimeWarning) where warnings are on.

    Parameters
    ----------
    y : array of floats, shape (K,) or (N, K)
    t : array, the shape of y, or labels: an int for (K,), N ints for (N, K)

    Raises
    ------
    TypeError, ValueError
        If t does not fit y, as `tutor.nets.cross_entropy_error` has it.
    """
    t = targets_of(y, t)
    if t.ndim == y.ndim:
        return float(-np.sum(t * np.log(y)) / batch_size_of(y))
    picked = y[t] if y.ndim == 1 else y[np.arange(len(t)), t]
    return float(-np.sum(np.log(picked)) / batch_size_of(y))


def loss_without_epsilon(p: float) -> float:
    """Predict the loss of one sample whose right class has the probability p: inf for 0."""
    return -math.log(p) if p > 0 else math.inf


def epsilon_plateau(x: FloatArray, t: ArrayLike) -> float:
    """Return the loss of logits x by way of log(softmax(x) + 1e-7).

    Where softmax is saturated the wrong way, the 1e-7 is all that is left in the logarithm:
    the loss stands still at 16.118, and so does its numerical gradient.

    Parameters
    ----------
    x : array of floats, shape (K,) or (N, K)
        Logits.
    t : array, the shape of x, or labels: an int for (K,), N ints for (N, K)

    Raises
    ------
    TypeError, ValueError
        If t does not fit x, as `tutor.nets.cross_entropy_error` has it.
    """
    return cross_entropy_error(softmax(x), t, epsilon=1e-7)


def loss_of_logits(x: FloatArray, t: ArrayLike) -> float:
    """Return the cross-entropy of logits x with no epsilon and no plateau.

    log(softmax(x)) is x minus the logarithm of the sum of exp(x), in which nothing can vanish.
    What is called like `epsilon_plateau` and right.

    Parameters
    ----------
    x : array of floats, shape (K,) or (N, K)
        Logits.
    t : array, the shape of x, or labels: an int for (K,), N ints for (N, K)

    Raises
    ------
    TypeError, ValueError
        If t does not fit x, as `tutor.nets.cross_entropy_error` has it.
    """
    t = targets_of(x, t)
    rows = t if t.ndim == x.ndim else one_hot(t, x.shape[-1])
    shifted = x - np.max(x, axis=-1, keepdims=True)
    log_y = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return float(-np.sum(rows * log_y) / batch_size_of(x))


def plateau_loss(epsilon: float = 1e-7) -> float:
    """Predict the loss that cannot be passed, -log(epsilon): 16.11809565 for 1e-7."""
    return -math.log(epsilon)


def plateau_ratio(p: float, epsilon: float = 1e-7) -> float:
    """Predict numerical / backprop of one sample whose right class has the probability p.

    Backward leaves the epsilon out, the loss has it: p / (p + epsilon). That is .998 where the
    right logit lies 10 below another, .53 at 16, .020 at 20, 1.4e-4 at 25.
    """
    return p / (p + epsilon)
