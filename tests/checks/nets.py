"""Right nets of all kinds, with their gradients by backprop, and faults to put into those."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from tutor.nets import Affine, Relu, Sigmoid, cross_entropy_error, softmax

Arrays = dict[str, np.ndarray]


class SoftmaxWithLoss:
    """Cross-entropy with the epsilon that the book has, or with none."""

    def __init__(self, t, classes, epsilon):
        self.t, self.epsilon = np.eye(classes)[t], epsilon

    def forward(self, x):
        self.y = softmax(x)
        if self.epsilon:
            return cross_entropy_error(self.y, self.t, self.epsilon)
        shifted = x - x.max(axis=1, keepdims=True)
        log_y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self.t * log_y).sum() / len(x))

    def backward(self):
        return (self.y - self.t) / len(self.y)


class MeanSquaredError:
    def __init__(self, t):
        self.t = t

    def forward(self, x):
        self.x = x
        return float(0.5 * np.sum((x - self.t) ** 2) / len(x))

    def backward(self):
        return (self.x - self.t) / len(self.x)


@dataclass
class Net:
    params: Arrays
    layers: list
    last: object
    x: np.ndarray
    kind: str

    def loss(self) -> float:
        out = self.x
        for layer in self.layers:
            out = layer.forward(out)
        return self.last.forward(out)

    def gradient(self) -> Arrays:
        self.loss()
        dout = self.last.backward()
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        found = {}
        for number, affine in enumerate([one for one in self.layers if hasattr(one, "W")], 1):
            found |= {f"W{number}": affine.dW, f"b{number}": affine.db}
        return found


def build(
    seed: int,
    widths: tuple[int, ...],
    batch: int,
    *,
    std: float = 0.01,
    activation: Callable[[], object] = Relu,
    loss: str = "epsilon",
    bias: float = 0.0,
) -> Net:
    """Make a net; ``loss`` is "epsilon", "exact" or "squared"."""
    rng = np.random.default_rng(seed)
    params: Arrays = {}
    layers: list = []
    for number, (rows, columns) in enumerate(pairwise(widths), 1):
        W, b = std * rng.standard_normal((rows, columns)), bias * rng.standard_normal(columns)
        params |= {f"W{number}": W, f"b{number}": b}
        layers += [Affine(W, b), activation()]
    x = rng.random((batch, widths[0]))
    classes = widths[-1]
    if loss == "squared":
        last: object = MeanSquaredError(rng.standard_normal((batch, classes)))
    else:
        t = rng.integers(0, classes, batch)
        last = SoftmaxWithLoss(t, classes, 1e-7 if loss == "epsilon" else 0.0)
    kind = f"{widths} batch {batch} std {std:.3g} {activation.__name__} {loss} bias {bias:.2g}"
    return Net(params, layers[:-1], last, x, kind)


def any_net(seed: int, losses: tuple[str, ...] = ("epsilon", "exact", "squared")) -> Net:
    """Make a net of 1 to 3 layers, a batch of 1 to 100, weights of 0.01 to 1, all at random."""
    rng = np.random.default_rng((seed, 77))
    depth = int(rng.integers(1, 4))
    widths = tuple(int(rng.integers(2, 41)) for _ in range(depth + 1))
    return build(
        seed,
        widths,
        int(10 ** rng.uniform(0, 2)),
        std=float(10 ** rng.uniform(-2, 0)),
        activation=(Relu, Sigmoid)[int(rng.integers(2))],
        loss=losses[int(rng.integers(len(losses)))],
        bias=float(rng.choice([0.0, 0.1])),
    )


# -- faults ---------------------------------------------------------------------------------------


def _one_entry(factor: float, grads: Arrays, rng: np.random.Generator) -> tuple[str, tuple]:
    name = str(rng.choice([key for key, grad in grads.items() if np.abs(grad).max() > 1e-6]))
    large = np.argwhere(np.abs(grads[name]) >= np.abs(grads[name]).max() / 10)
    index = tuple(int(i) for i in large[rng.integers(len(large))])
    grads[name][index] *= factor
    return name, index


ONE_ENTRY = {
    "10% off": partial(_one_entry, 1.1),
    "other sign": partial(_one_entry, -1.0),
    "zero": partial(_one_entry, 0.0),
}
