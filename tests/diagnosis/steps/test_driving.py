"""Functions that train a net on data that are not there."""

from __future__ import annotations

from tests.diagnosis.programs import judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict

COLUMNS = """\
import numpy as np
import pandas as pd

data = pd.read_csv('digits.csv').to_numpy()
m, n = data.shape


def begin():
    W1, W2 = np.random.rand(10, 784) - 0.5, np.random.rand(10, 10) - 0.5
    return W1, np.zeros((10, 1)), W2, np.zeros((10, 1))


def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def forward(W1, b1, W2, b2, x):
    z1 = W1.dot(x) + b1
    a1 = np.maximum(z1, 0)
    return z1, a1, softmax(W2.dot(a1) + b2)


def backward(z1, a1, a2, W2, x, y):
    hot = np.zeros((10, y.size))
    hot[y, np.arange(y.size)] = 1
    dz2 = a2 - hot
    dW2 = dz2.dot(a1.T) / m
    db2 = dz2.sum(axis=1, keepdims=True) / m
    dz1 = W2.T.dot(dz2) * (z1 > 0)
    dW1 = dz1.dot(x.T) / m
    db1 = dz1.sum(axis=1, keepdims=True) / m
    return dW1, db1, dW2, db2


def gradient_descent(x, y, iterations, alpha):
    W1, b1, W2, b2 = begin()
    for _ in range(iterations):
        z1, a1, a2 = forward(W1, b1, W2, b2, x)
        dW1, db1, dW2, db2 = backward(z1, a1, a2, W2, x, y)
        W1 -= alpha * dW1
        b1 -= alpha * db1
        W2 -= alpha * dW2
        b2 -= alpha * db2
    return W1, b1, W2, b2
"""


def test_a_right_one_is_not_accused() -> None:
    found = judged(COLUMNS)
    assert not found.errors
    assert found.verdict in (Verdict.CLEAN, Verdict.PARTIAL)
    assert {check.parameter for check in found.gradient_check} == {"W1", "b1", "W2", "b2"}


def test_a_bias_that_is_one_number() -> None:
    found = judged(COLUMNS.replace("dz1.sum(axis=1, keepdims=True) / m", "np.sum(dz1) / m"))
    assert [(f.pitfall, f.line) for f in found.errors] == [("bias-gradient", 32)]
