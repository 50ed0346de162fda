"""Nets that never say what their loss is: told by how they move their weights."""

from __future__ import annotations

import pytest

from tests.diagnosis.programs import judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict

MOVES = """\
import numpy as np


class Brain:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_out)
        self.b2 = np.zeros((1, n_out))

    def squash(self, z):
        return 1 / (1 + np.exp(-z))

    def forward(self, x):
        self.h = self.squash(x @ self.W1 + self.b1)
        self.o = self.squash(self.h @ self.W2 + self.b2)
        return self.o

    def backward(self, x, y, learning_rate):
        d2 = (y - self.o) * self.o * (1 - self.o)
        d1 = (d2 @ self.W2.T) * self.h * (1 - self.h)
        self.W2 += learning_rate * self.h.T @ d2
        self.b2 += learning_rate * d2.sum(axis=0, keepdims=True)
        self.W1 += learning_rate * x.T @ d1
        self.b1 += learning_rate * d1.sum(axis=0, keepdims=True)
"""

ONE_BY_ONE = """\
import numpy as np


def s(z):
    return 1 / (1 + np.exp(-z))


class Chain:
    def __init__(self, sizes):
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, m) for m, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = s(w @ a + b)
        return a

    def backprop(self, x, y):
        seen = [x]
        for b, w in zip(self.biases, self.weights):
            seen.append(s(w @ seen[-1] + b))
        delta = seen[-1] - y
        of_b, of_w = [], []
        for i in range(1, len(self.weights) + 1):
            of_b.insert(0, delta)
            of_w.insert(0, delta @ seen[-i - 1].T)
            delta = (self.weights[-i].T @ delta) * seen[-i - 1] * (1 - seen[-i - 1])
        return of_b, of_w
"""

WITH_DATA = """\
import numpy as np


class Tiny:
    def __init__(self, x, y):
        self.input, self.y = x, y
        self.w1 = np.random.rand(x.shape[1], 4)
        self.w2 = np.random.rand(4, y.shape[1])
        self.output = np.zeros(y.shape)

    def feedforward(self):
        self.h = np.tanh(self.input @ self.w1)
        self.output = self.h @ self.w2

    def backprop(self):
        error = self.y - self.output
        step2 = self.h.T @ error
        step1 = self.input.T @ ((error @ self.w2.T) * (1 - self.h ** 2))
        self.w1 += step1
        self.w2 += step2
"""


@pytest.mark.parametrize("source", [MOVES, ONE_BY_ONE, WITH_DATA])
def test_right_ones_are_clean_and_their_gradients_shown(source: str) -> None:
    found = judged(source)
    assert found.verdict is Verdict.CLEAN
    assert max(check.max_relative_error for check in found.gradient_check) < 1e-4


def test_the_first_layer_s_weights_moved_after_the_last_ones_are_no_fault() -> None:
    slope = "        d1 = (d2 @ self.W2.T) * self.h * (1 - self.h)\n"
    late = MOVES.replace(slope, "").replace("        self.W1 += ", f"{slope}        self.W1 += ")
    assert judged(late).verdict is Verdict.CLEAN


def test_a_decay_of_the_weights_is_no_fault() -> None:
    found = judged(MOVES.replace("x.T @ d1", "(x.T @ d1 - 0.01 * self.W1)"))
    assert found.verdict is Verdict.CLEAN


def test_a_net_that_walks_uphill() -> None:
    found = judged(MOVES.replace("d2 = (y - self.o)", "d2 = (self.o - y)"))
    assert [f.pitfall for f in found.errors] == ["gradient-ascent"]


def test_a_bias_of_one_number() -> None:
    found = judged(MOVES.replace("d1.sum(axis=0, keepdims=True)", "d1.sum()"))
    assert [(f.pitfall, f.line) for f in found.errors] == [("bias-gradient", 25)]


@pytest.mark.parametrize(
    "source",
    [
        MOVES.replace(" * self.h * (1 - self.h)", " * self.h"),
        ONE_BY_ONE.replace(" * (1 - seen[-i - 1])", ""),
        WITH_DATA.replace("(1 - self.h ** 2)", "(1 - self.h)"),
    ],
)
def test_a_wrong_slope_below_is_a_fault_without_a_name(source: str) -> None:
    assert judged(source).verdict is Verdict.UNKNOWN_BUG
