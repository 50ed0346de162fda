"""Faults that learners make, in nets of any size: what a check has to notice and to place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.checks.nets import Arrays, Net, SoftmaxWithLoss, build
from tutor.nets import Relu

Index = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """A net with its gradients, the arrays in which they are wrong, and the entry if it is one."""

    name: str
    net: Net
    grads: Arrays
    wrong: tuple[str, ...]
    index: Index | None = None


def right(sizes: tuple[int, ...], batch: int, seed: int) -> Case:
    net = build(seed, sizes, batch)
    return Case("right", net, net.gradient(), ())


def missing_division(sizes: tuple[int, ...], batch: int, seed: int) -> Case:
    net = build(seed, sizes, batch)
    grads = {name: grad * batch for name, grad in net.gradient().items()}
    return Case("missing division", net, grads, tuple(grads))


class WholeBatchSoftmax(SoftmaxWithLoss):
    def forward(self, x):
        exp_x = np.exp(x - x.max())
        self.y = exp_x / exp_x.sum()
        return float(-np.sum(self.t * np.log(self.y + self.epsilon)) / len(x))


def whole_batch_softmax(sizes: tuple[int, ...], batch: int, seed: int) -> Case:
    net = build(seed, sizes, batch)
    net.last = WholeBatchSoftmax(net.last.t.argmax(axis=1), sizes[-1], 1e-7)
    grads = net.gradient()
    return Case("whole-batch softmax", net, grads, tuple(grads))


def one_wrong_entry(sizes: tuple[int, ...], batch: int, seed: int, factor: float = 1.1) -> Case:
    net = build(seed, sizes, batch)
    grads = net.gradient()
    rng = np.random.default_rng(seed)
    there = np.argwhere(np.abs(grads["W1"]) > np.abs(grads["W1"]).max() / 30)
    index = tuple(int(i) for i in rng.choice(there))
    grads["W1"][index] *= factor
    return Case("one wrong entry", net, grads, ("W1",), index)


class ReluWithoutMask(Relu):
    def backward(self, dout):
        return dout


def missing_mask(sizes: tuple[int, ...], batch: int, seed: int) -> Case:
    net = build(seed, sizes, batch, activation=ReluWithoutMask)
    return Case("missing mask", net, net.gradient(), ("W1", "b1"))


def transposed(sizes: tuple[int, ...], batch: int, seed: int) -> Case:
    D, H, K = sizes
    # Weights that keep the gradients of the layers below from vanishing.
    net = build(seed, (D, H, H, K), batch, std=0.1)
    grads = net.gradient()
    grads["W2"] = grads["W2"].T.copy()
    return Case("transposed square dW", net, grads, ("W2",))


def mean_for_db(sizes: tuple[int, ...], batch: int, seed: int) -> Case:
    net = build(seed, sizes, batch)
    grads = net.gradient()
    grads["b2"] = grads["b2"] / batch
    return Case("wrong db", net, grads, ("b2",))


Maker = Callable[[tuple[int, ...], int, int], Case]
FAULTS: tuple[Maker, ...] = (
    missing_division,
    whole_batch_softmax,
    one_wrong_entry,
    missing_mask,
    transposed,
    mean_for_db,
)
