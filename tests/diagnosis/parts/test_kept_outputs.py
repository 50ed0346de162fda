"""Layers that keep what they compute, and hand nothing back."""

from __future__ import annotations

import pytest

from tests.diagnosis.programs import judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict

LAYERS = """\
import numpy as np


class Dense:
    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.1 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dweights = self.inputs.T @ dvalues
        self.dbiases = dvalues.sum(axis=0, keepdims=True)
        self.dinputs = dvalues @ self.weights.T


class ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues * (self.inputs > 0)


class Loss:
    def calculate(self, output, y):
        return np.mean(self.forward(output, y))


class CrossEntropy(Loss):
    def forward(self, y_pred, y_true):
        return -np.log(np.sum(np.clip(y_pred, 1e-7, 1) * y_true, axis=1))

    def backward(self, dvalues, y_true):
        self.dinputs = -y_true / dvalues / len(dvalues)
"""
WRONG = (
    ("dvalues.sum(axis=0, keepdims=True)", "dvalues.sum(keepdims=True)", "bias-gradient", 15),
    ("dvalues * (self.inputs > 0)", "dvalues * (self.inputs < 0)", "relu-mask", 25),
    ("dvalues / len(dvalues)", "dvalues", "missing-batch-division", 38),
)


def test_right_ones_are_clean() -> None:
    found = judged(LAYERS)
    assert found.verdict is Verdict.CLEAN
    assert {"Dense", "ReLU", "CrossEntropy"} <= {part.definition for part in found.parts}


@pytest.mark.parametrize(("right", "wrong", "pitfall", "line"), WRONG)
def test_each_fault_by_its_line(right: str, wrong: str, pitfall: str, line: int) -> None:
    found = judged(LAYERS.replace(right, wrong))
    assert [(f.pitfall, f.line) for f in found.errors] == [(pitfall, line)]


def test_a_relu_that_lets_everything_pass() -> None:
    source = """\
class Relu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        return dout
"""
    assert [(f.pitfall, f.line) for f in judged(source).errors] == [("relu-mask", 4)]
