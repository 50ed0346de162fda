"""The runs that are measured. Each can be made as often as one likes and is the same each time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.nets import SimpleNet, TwoLayerNet, numerical_gradient

Gradient = Callable[..., Any]
LEARNING_RATE = 0.1
SIZES = (784, 50, 10)
BATCH = 3


@dataclass(frozen=True, slots=True)
class Run:
    """``call(gradient)`` takes slopes with the numerical gradient that it is given.

    ``iterations`` counts the elements that are perturbed, ``writes`` the writes into x.
    """

    name: str
    call: Callable[[Gradient], object]
    iterations: int
    writes: int


class Enough(Exception):
    """f was asked as often as was wanted."""


def descent(calls: int) -> Run:
    """Many short calls: one gradient of SimpleNet 2x3 for each step of a descent."""
    f, W = _simple_net()

    def call(gradient: Gradient) -> None:
        W_now = W
        for _ in range(calls):
            W_now -= LEARNING_RATE * gradient(f, W_now)

    count = calls * W.size
    return Run(f"SimpleNet 2x3, {calls:,} calls", call, count, 3 * count)


def long_call(side: int) -> Run:
    """One call that perturbs many elements of an x that the same f ignores."""
    f, _ = _simple_net()
    x = np.zeros((side, side))
    name = f"SimpleNet 2x3, one call, x {side}x{side}"
    return Run(name, lambda gradient: gradient(f, x), x.size, 3 * x.size)


def every_parameter(sizes: tuple[int, int, int] = SIZES) -> Run:
    """All parameters of a two-layer net, one call for each of its four arrays."""
    net, x, t = two_layer_net(sizes)

    def f(_: object) -> float:
        return net.loss(x, t)

    def call(gradient: Gradient) -> object:
        return {key: gradient(f, value) for key, value in net.params.items()}

    count = sum(value.size for value in net.params.values())
    return Run(f"{_named(sizes)}, batch {BATCH}, four calls", call, count, 3 * count)


def cut(run: Run, iterations: int) -> Run:
    """Return a run that f ends when so many elements were perturbed and one more was begun."""
    left = 0

    def call(gradient: Gradient) -> None:
        nonlocal left
        left = 2 * iterations
        with suppress(Enough):
            run.call(lambda f, x: gradient(lambda W: counted(f, W), x))

    def counted(f: Callable[[Any], float], W: object) -> float:
        nonlocal left
        if left == 0:
            raise Enough
        left -= 1
        return f(W)

    name = f"{run.name}, its first {iterations:,} iterations"
    return Run(name, call, iterations, 3 * iterations + 1)


def two_layer_net(sizes: tuple[int, int, int] = SIZES) -> tuple[TwoLayerNet, Any, Any]:
    """Return a net, a batch of inputs (3, D) and their labels (3,), from fixed seeds."""
    rng = np.random.default_rng(1)
    x = rng.random((BATCH, sizes[0]))
    return TwoLayerNet(*sizes, rng=0), x, rng.integers(sizes[2], size=BATCH)


def bare(run: Run) -> Callable[[], object]:
    """Return the run as it is when nobody watches."""
    return lambda: run.call(numerical_gradient)


def _simple_net() -> tuple[Callable[[Any], float], Any]:
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    return (lambda W: net.loss(x, t)), net.W


def _named(sizes: tuple[int, int, int]) -> str:
    return "-".join(map(str, sizes))
