"""A small tanh network built from dataclasses.

>>> net = Network.build([3, 5, 2], rng=np.random.default_rng(0))
>>> net(np.zeros((4, 3))).shape
(4, 2)
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Param:
    value: Array
    grad: Array = field(init=False)

    def __post_init__(self) -> None:
        self.grad = np.zeros_like(self.value)


@dataclass
class Dense:
    weight: Param
    bias: Param
    _seen: Array | None = None

    def forward(self, x: Array) -> Array:
        self._seen = x
        return x @ self.weight.value + self.bias.value

    def backward(self, upstream: Array) -> Array:
        assert self._seen is not None, "call forward first"
        self.weight.grad[...] = self._seen.T @ upstream
        self.bias.grad[...] = upstream.sum(axis=0)
        return upstream @ self.weight.value.T

    def parameters(self) -> Iterator[Param]:
        yield self.weight
        yield self.bias


@dataclass
class Tanh:
    _out: Array | None = None

    def forward(self, x: Array) -> Array:
        self._out = np.tanh(x)
        return self._out

    def backward(self, upstream: Array) -> Array:
        assert self._out is not None
        return upstream * (1.0 - np.square(self._out))

    def parameters(self) -> Iterator[Param]:
        return iter(())


@dataclass
class CrossEntropy:
    """Softmax and mean negative log likelihood, integer labels."""

    _probabilities: Array | None = None
    _labels: NDArray[np.int_] | None = None

    def forward(self, logits: Array, labels: NDArray[np.int_]) -> float:
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_z = np.log(np.exp(shifted).sum(axis=1))
        self._probabilities = np.exp(shifted - log_z[:, None])
        self._labels = labels
        return float(np.mean(log_z - shifted[np.arange(len(labels)), labels]))

    def backward(self) -> Array:
        grad = self._probabilities.copy()
        grad[np.arange(len(self._labels)), self._labels] -= 1.0
        grad *= 1.0 / len(self._labels)
        return grad


@dataclass
class Network:
    layers: list
    criterion: CrossEntropy = field(default_factory=CrossEntropy)

    @classmethod
    def build(cls, widths: list[int], rng: np.random.Generator) -> Network:
        layers: list = []
        for fan_in, fan_out in zip(widths, widths[1:]):
            w = rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)
            layers += [Dense(Param(w), Param(np.zeros(fan_out))), Tanh()]
        return cls(layers[:-1])

    def __call__(self, x: Array) -> Array:
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x: Array, labels: NDArray[np.int_]) -> float:
        return self.criterion.forward(self(x), labels)

    def backward(self) -> None:
        upstream = self.criterion.backward()
        for layer in reversed(self.layers):
            upstream = layer.backward(upstream)

    def parameters(self) -> list[Param]:
        return [p for layer in self.layers for p in layer.parameters()]


def sgd(parameters: list[Param], lr: float) -> None:
    for p in parameters:
        p.value -= lr * p.grad


if __name__ == "__main__":
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 100)
    x = rng.standard_normal((100, 3)) + labels[:, None]
    net = Network.build([3, 8, 8, 2], rng)
    for epoch in range(100):
        value = net.loss(x, labels)
        net.backward()
        sgd(net.parameters(), lr=0.3)
    print(f"final loss {value:.4f}")
