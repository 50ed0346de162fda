"""Optimisers, judged by where the weights are after an update."""

from __future__ import annotations

import pytest

from tests.diagnosis.programs import judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict
from tutor.pitfalls import Severity

MOMENTUM = """\
import numpy as np


class Momentum:
    def __init__(self, lr=0.05, friction=0.9):
        self.lr, self.friction, self.speed = lr, friction, None

    def update(self, params, grads):
        if self.speed is None:
            self.speed = {name: np.zeros_like(value) for name, value in params.items()}
        for name in params:
            self.speed[name] = self.friction * self.speed[name] - self.lr * grads[name]
            params[name] += self.speed[name]
"""

LISTS = """\
class Plain:
    def __init__(self, rate):
        self.rate = rate

    def step(self, params, grads):
        for i in range(len(params)):
            params[i] -= self.rate * grads[i]
"""


@pytest.mark.parametrize("source", [MOMENTUM, LISTS])
def test_a_right_one_is_clean(source: str) -> None:
    found = judged(source)
    assert found.verdict is Verdict.CLEAN
    assert [part.part for part in found.parts] == ["optimiser"]


def test_a_step_uphill() -> None:
    found = judged(MOMENTUM.replace("- self.lr * grads", "+ self.lr * grads"))
    assert [(f.pitfall, f.line) for f in found.errors] == [("gradient-ascent", 13)]


def test_what_never_moves() -> None:
    found = judged(MOMENTUM.replace("params[name] += ", "params[name] + "))
    assert found.verdict is Verdict.UNKNOWN_BUG
    (error,) = found.errors
    assert error.sentence == "After 3 updates W1, b1, W2, b2 are where they began."
    assert error.line == 13


def test_a_step_taken_off_the_gradients() -> None:
    found = judged(LISTS.replace("params[i] -=", "grads[i] -="))
    (error,) = found.errors
    assert error.sentence.endswith("it is the gradients that are changed.")
    assert error.line == 7


def test_pairs_taken_for_keys() -> None:
    found = judged(MOMENTUM.replace("for name in params:", "for name in params.items():"))
    assert [(f.pitfall, f.line) for f in found.errors] == [("crash", 12)]


def test_another_array_in_the_place_of_the_weight_is_a_trap_and_no_error() -> None:
    found = judged(MOMENTUM.replace("params[name] += self", "params[name] = params[name] + self"))
    assert found.verdict is Verdict.CLEAN
    traps = [(f.pitfall, f.severity) for f in found.findings]
    assert traps == [("rebinds-parameters", Severity.ADVICE)]


def test_new_weights_given_back_are_a_way_of_their_own() -> None:
    source = """\
class Functional:
    def update(self, params, grads):
        return {name: params[name] - 0.1 * grads[name] for name in params}
"""
    assert not judged(source).errors
