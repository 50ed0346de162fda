from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Grads:
    W1: Array
    b1: Array
    W2: Array
    b2: Array


@dataclass
class Network:
    W1: Array
    b1: Array
    W2: Array
    b2: Array

    @classmethod
    def create(cls, inputs: int, hidden: int, classes: int, seed: int = 0) -> Network:
        rng = np.random.default_rng(seed)
        return cls(rng.normal(0, 0.1, (inputs, hidden)), np.zeros(hidden),
                   rng.normal(0, 0.1, (hidden, classes)), np.zeros(classes))

    def probabilities(self, x: Array) -> Array:
        self._x = x
        self._a = x @ self.W1 + self.b1
        self._z = np.where(self._a > 0, self._a, 0.0)
        s = self._z @ self.W2 + self.b2
        e = np.exp(s - s.max(axis=1)[:, None])
        return e / e.sum(axis=1)[:, None]

    def loss(self, x: Array, labels: NDArray[np.int64]) -> float:
        """Mean cross entropy; `labels` are class numbers, never one-hot."""
        p = self.probabilities(x)
        chosen = np.take_along_axis(p, labels[:, None], axis=1)
        return float(-np.log(np.maximum(chosen, 1e-300)).mean())

    def grads(self, x: Array, labels: NDArray[np.int64]) -> Grads:
        delta = self.probabilities(x)
        delta[np.arange(labels.size), labels] -= 1.0
        delta /= labels.size
        back = (delta @ self.W2.T) * (self._a > 0)
        return Grads(self._x.T @ back, back.sum(0), self._z.T @ delta, delta.sum(0))

    def step(self, g: Grads, lr: float) -> None:
        self.W1 -= lr * g.W1
        self.b1 -= lr * g.b1
        self.W2 -= lr * g.W2
        self.b2 -= lr * g.b2


def main() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(80, 6))
    labels = np.argmax(x[:, :4], axis=1)
    net = Network.create(6, 9, 4)
    for i in range(300):
        net.step(net.grads(x, labels), 0.5)
    print(net.loss(x, labels))


if __name__ == "__main__":
    main()
