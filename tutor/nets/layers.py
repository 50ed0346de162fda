"""The layers: forward remembers what backward needs, backward turns dL/d(out) into dL/d(in).

A layer writes into no array that it was given. Before forward (or backward) has run, what it
would have left behind is not there, and asking for it says so.

Source: Saitoh, Deep Learning from Scratch (O'Reilly Japan, 2016), sections 5.5 and 5.6.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.nets.arrays import FloatArray
from tutor.nets.functions import (
    batch_size_of,
    cross_entropy_error,
    one_hot,
    relu,
    sigmoid,
    softmax,
    targets_of,
)


class Layer:
    """What all layers have in common: a sentence for whoever asks too early."""

    def __getattr__(self, name: str) -> NoReturn:
        # Only called when the attribute is not there.
        raise AttributeError(
            f"{type(self).__name__} has no attribute '{name}'. What a layer remembers is there "
            "after forward, its gradients are there after backward."
        )


class Affine(Layer):
    """out = x @ W + b.

    Parameters
    ----------
    W : array of floats, shape (D, M)
    b : array of floats, shape (M,)
        Both are kept, not copied: whoever changes them in place changes the layer.

    Attributes
    ----------
    x : array, shape (D,) or (N, D)
        What forward was given.
    dW, db : array, shapes of W and b
        The gradients, after backward. A batch is summed over: the loss has divided by N.
    """

    x: FloatArray
    dW: FloatArray
    db: FloatArray

    def __init__(self, W: FloatArray, b: FloatArray) -> None:
        self.W = W
        self.b = b

    def forward(self, x: FloatArray) -> FloatArray:
        """Return x @ W + b, of shape (M,) or (N, M), for x of shape (D,) or (N, D)."""
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: FloatArray) -> FloatArray:
        """Keep dW and db; return dx, of the shape of x, for dout of the shape of out."""
        rows_of_x, rows_of_dout = np.atleast_2d(self.x, dout)
        self.dW = rows_of_x.T @ rows_of_dout
        self.db = np.sum(rows_of_dout, axis=0)
        return dout @ self.W.T


class Relu(Layer):
    """out = x where x > 0, else 0; at exactly 0 its slope is taken to be 0.

    Attributes
    ----------
    mask : array of bool, the shape of x
        True where nothing passes, forward or backward.
    """

    mask: NDArray[np.bool_]

    def forward(self, x: FloatArray) -> FloatArray:
        """Return max(x, 0), a new array of any shape."""
        self.mask = np.asarray(x) <= 0
        return relu(x)

    def backward(self, dout: FloatArray) -> FloatArray:
        """Return dout with zeros where x was not above 0; dout stays as it was."""
        dx = np.array(dout)
        dx[self.mask] = 0
        return dx


class Sigmoid(Layer):
    """out = 1 / (1 + exp(-x)).

    Attributes
    ----------
    out : array of floats, the shape of x
        What forward returned; the slope is out * (1 - out).
    """

    out: FloatArray

    def forward(self, x: FloatArray) -> FloatArray:
        """Return sigmoid(x), a new array of any shape."""
        self.out = sigmoid(x)
        return self.out

    def backward(self, dout: FloatArray) -> FloatArray:
        """Return dout * out * (1 - out)."""
        return dout * self.out * (1.0 - self.out)


class SoftmaxWithLoss(Layer):
    """The last layer: loss = cross_entropy_error(softmax(x), t), a mean over the batch.

    Parameters
    ----------
    softmax : function of logits
    error : function of (y, t), gives one number
        The two parts, to be swapped for a variant of them.

    Attributes
    ----------
    loss : float
    y : array of floats, the shape of x
        The probabilities.
    t : array, the shape of x
        The targets, one-hot even where forward was given labels.
    """

    loss: float
    y: FloatArray
    t: NDArray[Any]

    def __init__(
        self,
        softmax: Callable[[FloatArray], FloatArray] = softmax,
        error: Callable[[FloatArray, ArrayLike], float] = cross_entropy_error,
    ) -> None:
        self.softmax = softmax
        self.error = error

    def forward(self, x: FloatArray, t: ArrayLike) -> float:
        """Return the loss of logits x, shape (K,) or (N, K), for one-hot t or labels.

        Raises
        ------
        TypeError, ValueError
            If t does not fit x, as `cross_entropy_error` has it.
        """
        self.y = self.softmax(x)
        targets = targets_of(self.y, t)
        one_a_class = targets.ndim == self.y.ndim
        self.t = targets if one_a_class else one_hot(targets, self.y.shape[-1])
        self.loss = self.error(self.y, targets)
        return self.loss

    def backward(self, dout: float = 1.0) -> FloatArray:
        """Return dx, of the shape of x, for dout = dL/d(loss), a number.

        As in the book, the epsilon in the logarithm of the loss plays no part here.
        """
        batch_size = batch_size_of(self.y)
        dx: FloatArray = (self.y - self.t) / batch_size
        return dx * dout
