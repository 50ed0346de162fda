"""The functions that the nets are made of, each as close to its formula as NumPy allows.

They give a new array and leave their arguments as they were. An array of integers is taken
for the floats it stands for; float32 stays float32.

Source of the set: Saitoh, Deep Learning from Scratch (O'Reilly Japan, 2016), chapters 3 and 4.
The two that can overflow, softmax and sigmoid, are written so that they do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.nets.arrays import FloatArray


def softmax(x: ArrayLike) -> FloatArray:
    """Turn logits into probabilities, each row for itself.

    The largest logit of a row is subtracted first: the result is the same, and ``exp`` never
    sees a number above 0.

    Parameters
    ----------
    x : array, shape (K,) or (N, K)
        The logits of one sample, or of a batch with a sample a row.

    Returns
    -------
    array of floats, same shape
        Every row is positive or zero and sums to 1.

    References
    ----------
    Saitoh 2016, section 3.5.
    """
    x = _floats(x)
    exp_x = np.exp(x - np.max(x, axis=-1, keepdims=True))
    y: FloatArray = exp_x / np.sum(exp_x, axis=-1, keepdims=True)
    return y


def sigmoid(x: ArrayLike) -> FloatArray:
    """Return 1 / (1 + exp(-x)), without overflow at either end.

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    array of floats, same shape
        Between 0 and 1.

    References
    ----------
    Saitoh 2016, section 3.2.
    """
    x = _floats(x)
    # For x < 0 the fraction is widened by exp(x), so that exp never sees a positive number.
    z = np.exp(-np.abs(x))
    y: FloatArray = np.where(x >= 0, np.ones_like(z), z) / (1 + z)
    return y


def relu(x: ArrayLike) -> FloatArray:
    """Return x where it is above 0, and 0 elsewhere.

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    array of floats, same shape

    References
    ----------
    Saitoh 2016, section 3.2.
    """
    return np.maximum(_floats(x), 0)


def cross_entropy_error(y: ArrayLike, t: ArrayLike, epsilon: float = 1e-7) -> float:
    """Return the cross-entropy of predictions y and targets t, as a mean over the batch.

    Parameters
    ----------
    y : array of floats, shape (K,) or (N, K)
        Probabilities, such as `softmax` gives.
    t : array, the shape of y, or labels: an int for (K,), N ints for (N, K)
        What was right: one-hot rows, or the number of the class.
    epsilon : float
        Added to y inside the logarithm, so that log(0) is never asked for. It also keeps the
        loss from ever passing ``-log(epsilon)``, 16.118 for 1e-7. With 0, a y of exactly 0
        gives inf for labels and nan for one-hot rows.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If labels are no integers.
    ValueError
        If the shapes do not fit, the batch is empty, or a label is no class of y.

    References
    ----------
    Saitoh 2016, section 4.2.
    """
    y = _floats(y)
    t = targets_of(y, t)
    if t.ndim == y.ndim:
        total = np.sum(t * np.log(y + epsilon))
    elif y.ndim == 1:
        total = np.log(y[t] + epsilon)
    else:
        total = np.sum(np.log(y[np.arange(len(t)), t] + epsilon))
    return float(-total / batch_size_of(y))


def one_hot(t: ArrayLike, classes: int) -> NDArray[np.float64]:
    """Turn labels into rows of zeros with a single one.

    Parameters
    ----------
    t : int, or array of ints of any shape
        The labels, each from 0 up to ``classes - 1``.
    classes : int
        How many classes there are, K.

    Returns
    -------
    array of float64, shape (..., K)

    Raises
    ------
    TypeError
        If the labels are no integers.
    ValueError
        If a label is below 0 or not below `classes`.
    """
    t = np.asarray(t)
    _check_labels(t, classes)
    rows: NDArray[np.float64] = (t[..., np.newaxis] == np.arange(classes)).astype(np.float64)
    return rows


def batch_size_of(y: NDArray[Any]) -> int:
    """Return how many samples y holds: 1 for shape (K,), N for shape (N, K)."""
    return 1 if y.ndim == 1 else len(y)


def targets_of(y: NDArray[Any], t: ArrayLike) -> NDArray[Any]:
    """Return the targets as an array, once they are known to fit the predictions.

    Which kind they are is told by their shape alone, never by their size or their values:
    the shape of y is one-hot, the shape without the last axis is labels.

    Raises
    ------
    TypeError
        If labels are no integers.
    ValueError
        If the shapes do not fit, the batch is empty, or a label is no class of y.
    """
    t = np.asarray(t)
    if y.ndim not in (1, 2) or y.size == 0:
        raise ValueError(
            f"y has shape {y.shape}. It needs (K,) for one sample or (N, K) for a batch, "
            "with at least one sample and one class."
        )
    if t.shape == y.shape:
        return t
    if t.shape != y.shape[:-1]:
        raise ValueError(
            f"t has shape {t.shape} and does not fit y of shape {y.shape}. "
            f"Give one-hot targets of shape {y.shape}, or labels of shape {y.shape[:-1]}."
        )
    _check_labels(t, y.shape[-1])
    return t


def _check_labels(t: NDArray[Any], classes: int) -> None:
    # A negative label would count from the end, as indices do, and hide the mistake.
    if t.dtype.kind not in "iu":
        raise TypeError(
            f"Labels are whole numbers, but t holds {t.dtype}. Convert them with t.astype(int)."
        )
    if t.size and not 0 <= t.min() <= t.max() < classes:
        raise ValueError(
            f"The labels in t run from {t.min()} to {t.max()}, but there are {classes} classes, "
            f"0 to {classes - 1}. Check how t was read, or the width of the last layer."
        )


def _floats(x: ArrayLike) -> FloatArray:
    # Integers first become floats: the difference of two unsigned ones would wrap around.
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)
