"""Wrong variants of softmax."""

from __future__ import annotations

import numpy as np

from tutor.nets.arrays import FloatArray


def softmax_whole_batch(a: FloatArray) -> FloatArray:
    """Divide by the sum over the whole batch, not over each row.

    Parameters
    ----------
    a : array of floats, shape (K,) or (N, K)
        For one sample it is right; for a batch the rows sum to about 1 / N.

    Returns
    -------
    array of floats, same shape
    """
    c = np.max(a)
    exp_a = np.exp(a - c)
    y: FloatArray = exp_a / np.sum(exp_a)
    return y


def whole_batch_bias_difference(batch_size: int, classes: int) -> float:
    """Predict mean |backprop - numerical| of the last bias, b2.

    With this softmax the slope of the mean loss is y - t / N, and backward says (y - t) / N.
    The difference, summed over the batch, is (1 - 1/N) times the sum of all rows of y; as all
    of y sums to 1, its mean over the K classes is (N - 1) / N / K. It holds for any weights:
    0.0667 for 3 samples of 10 classes, as a student's gradient check reported it.
    """
    return (batch_size - 1) / batch_size / classes
