"""Nets made small: lengths that were equal stay equal, and arrays that were shared stay shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tutor.diagnosis.inside import shrink, space


class Layer:
    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b


class Net:
    def __init__(self, inputs: int, hidden: int, classes: int) -> None:
        self.inputs, self.steps = inputs, 3
        self.params = {"W1": np.ones((inputs, hidden)), "b1": np.ones(hidden)}
        self.params |= {"W2": np.ones((hidden, classes)), "b2": np.ones(classes)}
        self.first = Layer(self.params["W1"], self.params["b1"])


@pytest.fixture
def kept() -> Iterator[dict[str, Any]]:
    before = dict(space.kept)
    yield space.kept
    space.kept.clear()
    space.kept.update(before)


def test_a_large_net(kept: dict[str, Any]) -> None:
    net = kept["net"] = Net(784, 50, 10)
    assert shrink("net", (5, 4, 3)) == 5 * 4 + 4 + 4 * 3 + 3
    assert {name: v.shape for name, v in net.params.items()} == {
        "W1": (5, 4), "b1": (4,), "W2": (4, 3), "b2": (3,),
    }  # fmt: skip
    assert net.first.W is net.params["W1"]
    assert (net.inputs, net.steps) == (5, 3)


def test_a_small_net_is_left_alone(kept: dict[str, Any]) -> None:
    net = kept["net"] = Net(7, 6, 3)
    before = net.params["W1"]
    shrink("net", (5, 4, 3))
    assert net.params["W1"] is before
