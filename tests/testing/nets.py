"""Small nets in other people's spellings, each with one sample of what may be wrong."""

from __future__ import annotations

import numpy as np

X = np.array([[0.6, -0.9], [0.1, 0.4], [-1.2, 0.3]])
T = np.array([[1.0], [0.0], [2.0]])


class Usual:
    """One linear layer and the mean of squares; its gradient is off by a factor for W."""

    def __init__(self, factor=1.0):
        rng = np.random.default_rng(0)
        self.params = {"W": rng.normal(size=(2, 1)), "b": rng.normal(size=1)}
        self.factor = factor

    def residual(self, x, t):
        return x @ self.params["W"] + self.params["b"] - t

    def loss(self, x, t):
        return float(np.mean(self.residual(x, t) ** 2))

    def gradient(self, x, t):
        d = 2 * self.residual(x, t) / len(x)
        return {"W": self.factor * x.T @ d, "b": d.sum(axis=0)}


class Stanford(Usual):
    """The loss gives the gradients too, as in cs231n."""

    gradient = None

    def loss(self, x, t):
        return Usual.loss(self, x, t), Usual.gradient(self, x, t)


class Prefixed(Usual):
    """The gradients are called dW and db."""

    gradient = None

    def compute_gradients(self, x, t):
        return {f"d{name}": grad for name, grad in Usual.gradient(self, x, t).items()}


class Kept(Usual):
    """backward returns nothing, and leaves the gradients in an attribute."""

    gradient = None

    def backward(self, x, t):
        self.grads = Usual.gradient(self, x, t)


class Attributes:
    """W and b are attributes."""

    def __init__(self):
        self.W, self.b = Usual().params.values()
        self.seen = np.zeros(3)

    def cost(self, x, t):
        return float(np.mean((x @ self.W + self.b - t) ** 2))

    def grad(self, x, t):
        d = 2 * (x @ self.W + self.b - t) / len(x)
        return {"W_grad": x.T @ d, "b_grad": d.sum(axis=0)}


class Positional(Usual):
    """The gradients come as a tuple, in an order that nothing tells."""

    def gradient(self, x, t):
        return tuple(Usual.gradient(self, x, t).values())


class Bare:
    """No part of a net."""
