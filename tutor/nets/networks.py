"""The nets of the book's chapters 4 and 5, small enough to be read in one go.

A net's parameters are updated in place, ``net.params["W1"] -= lr * grads["W1"]``. What reads
the same buffer, a layer or a learner's own name, then sees the new values.

Source: Saitoh, Deep Learning from Scratch (O'Reilly Japan, 2016), sections 4.4.2, 4.5, 5.7.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.nets.arrays import FloatArray, Seed
from tutor.nets.functions import cross_entropy_error, sigmoid, softmax, targets_of
from tutor.nets.gradient import numerical_gradient
from tutor.nets.layers import Affine, Relu, Sigmoid, SoftmaxWithLoss

Parameters = dict[str, FloatArray]


class LossLayer(Protocol):
    """What a net asks of its last layer; `SoftmaxWithLoss` and its variants have it."""

    def forward(self, x: FloatArray, t: ArrayLike) -> float:
        """Return the loss of logits x for targets t."""

    def backward(self, dout: float = 1.0) -> FloatArray:
        """Return dL/dx, of the shape of x."""


class SimpleNet:
    """One matrix and softmax, with no bias: y = softmax(x @ W).

    Parameters
    ----------
    W : array, shape (D, K), optional
        The weights, copied. Without them: 2x3, drawn at random.
    rng : numpy Generator, seed, or None
    std : float
        Standard deviation of the random weights.

    Attributes
    ----------
    W : array of float64, shape (D, K)

    References
    ----------
    Saitoh 2016, section 4.4.2.
    """

    def __init__(self, W: ArrayLike | None = None, rng: Seed = None, std: float = 1.0) -> None:
        if W is None:
            W = std * np.random.default_rng(rng).standard_normal((2, 3))
        self.W = np.array(W, dtype=np.float64)

    def predict(self, x: FloatArray) -> FloatArray:
        """Return the logits x @ W, shape (K,) or (N, K), for x of shape (D,) or (N, D)."""
        return x @ self.W

    def loss(self, x: FloatArray, t: ArrayLike) -> float:
        """Return the cross-entropy for one-hot t or labels; TypeError, ValueError if unfit."""
        z = self.predict(x)
        y = softmax(z)
        return cross_entropy_error(y, t)


class SigmoidTwoLayerNet:
    """The two-layer net of chapter 4: sigmoid inside, gradients by numerical differentiation.

    Parameters
    ----------
    input_size, hidden_size, output_size : int
        D, H and K.
    rng : numpy Generator, seed, or None
    std : float
        Standard deviation of the random weights; the biases start at 0.

    Attributes
    ----------
    params : dict of str to array of float64
        W1 (D, H), b1 (H,), W2 (H, K), b2 (K,), in that order.

    References
    ----------
    Saitoh 2016, section 4.5.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        rng: Seed = None,
        std: float = 0.01,
    ) -> None:
        self.params = _two_layers(input_size, hidden_size, output_size, rng, std)

    def predict(self, x: FloatArray) -> FloatArray:
        """Return the probabilities, shape (K,) or (N, K), for x of shape (D,) or (N, D)."""
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        z1 = sigmoid(x @ W1 + b1)
        return softmax(z1 @ W2 + b2)

    def loss(self, x: FloatArray, t: ArrayLike) -> float:
        """Return the cross-entropy for one-hot t or labels; TypeError, ValueError if unfit."""
        return cross_entropy_error(self.predict(x), t)

    def accuracy(self, x: FloatArray, t: ArrayLike) -> float:
        """Return the share of samples whose most probable class is the right one."""
        return _accuracy(self.predict(x), t)

    def numerical_gradient(self, x: FloatArray, t: ArrayLike) -> Parameters:
        """Return the gradient of the loss for every parameter, by central differences.

        It costs two forward passes a parameter: 159,020 for 784-100-10.
        """

        def f(_: FloatArray) -> float:
            return self.loss(x, t)

        return {key: numerical_gradient(f, value) for key, value in self.params.items()}


class TwoLayerNet:
    """The two-layer net of chapter 5: Affine, ReLU, Affine, softmax with loss.

    Parameters
    ----------
    input_size, hidden_size, output_size : int
        D, H and K.
    rng : numpy Generator, seed, or None
    std : float
        Standard deviation of the random weights; the biases start at 0.
    last_layer : LossLayer, optional
        `SoftmaxWithLoss()` unless another one is given.

    Attributes
    ----------
    params : dict of str to array of float64
        W1 (D, H), b1 (H,), W2 (H, K), b2 (K,): the very arrays that the layers hold.
    layers : dict of str to layer
        Affine1, Relu1, Affine2, in the order of the forward pass.
    last_layer : LossLayer

    References
    ----------
    Saitoh 2016, section 5.7.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        rng: Seed = None,
        std: float = 0.01,
        last_layer: LossLayer | None = None,
    ) -> None:
        self.params = _two_layers(input_size, hidden_size, output_size, rng, std)
        self.layers: dict[str, Affine | Relu | Sigmoid] = {
            "Affine1": Affine(self.params["W1"], self.params["b1"]),
            "Relu1": Relu(),
            "Affine2": Affine(self.params["W2"], self.params["b2"]),
        }
        self.last_layer = SoftmaxWithLoss() if last_layer is None else last_layer

    def predict(self, x: FloatArray) -> FloatArray:
        """Return the logits, shape (K,) or (N, K), for x of shape (D,) or (N, D)."""
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x: FloatArray, t: ArrayLike) -> float:
        """Return the last layer's loss for one-hot t or labels; TypeError, ValueError if unfit."""
        return self.last_layer.forward(self.predict(x), t)

    def accuracy(self, x: FloatArray, t: ArrayLike) -> float:
        """Return the share of samples whose largest logit is that of the right class."""
        return _accuracy(self.predict(x), t)

    def gradient(self, x: FloatArray, t: ArrayLike) -> Parameters:
        """Return the gradient of the loss for every parameter, by backpropagation."""
        self.loss(x, t)
        dout = self.last_layer.backward(1.0)
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        affine1 = cast(Affine, self.layers["Affine1"])
        affine2 = cast(Affine, self.layers["Affine2"])
        return {"W1": affine1.dW, "b1": affine1.db, "W2": affine2.dW, "b2": affine2.db}

    def numerical_gradient(self, x: FloatArray, t: ArrayLike) -> Parameters:
        """Return the gradient of the loss for every parameter, by central differences.

        It costs two forward passes a parameter: 79,520 for 784-50-10.
        """

        def f(_: FloatArray) -> float:
            return self.loss(x, t)

        return {key: numerical_gradient(f, value) for key, value in self.params.items()}


def _two_layers(D: int, H: int, K: int, seed: Seed, std: float) -> Parameters:
    rng = np.random.default_rng(seed)
    return {
        "W1": std * rng.standard_normal((D, H)),
        "b1": np.zeros(H),
        "W2": std * rng.standard_normal((H, K)),
        "b2": np.zeros(K),
    }


def _accuracy(y: NDArray[Any], t: ArrayLike) -> float:
    targets = targets_of(y, t)
    labels = targets if targets.ndim < y.ndim else np.argmax(targets, axis=-1)
    return float(np.mean(np.argmax(y, axis=-1) == labels))
