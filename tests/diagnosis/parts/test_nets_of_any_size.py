"""Nets whose sizes are their own, and weights in one vector."""

from __future__ import annotations

import pytest

from tests.diagnosis.programs import judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict

BY_DEFAULT = """\
import numpy as np


class Net:
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10):
        self.params = {
            'W1': 0.01 * np.random.randn(input_dim, hidden_dim), 'b1': np.zeros(hidden_dim),
            'W2': 0.01 * np.random.randn(hidden_dim, num_classes), 'b2': np.zeros(num_classes),
        }

    def loss(self, X, y=None):
        p = self.params
        h = np.maximum(X @ p['W1'] + p['b1'], 0)
        s = h @ p['W2'] + p['b2']
        if y is None:
            return s
        e = np.exp(s - s.max(axis=1, keepdims=True))
        q = e / e.sum(axis=1, keepdims=True)
        rows = np.arange(len(y))
        value = -np.log(q[rows, y]).mean()
        q[rows, y] -= 1
        d = q / len(y)
        dh = (d @ p['W2'].T) * (h > 0)
        return value, {'W2': h.T @ d, 'b2': d.sum(0), 'W1': X.T @ dh, 'b1': dh.sum(0)}
"""
FIXED = (
    BY_DEFAULT.replace("self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10", "self")
    .replace("input_dim", "784")
    .replace("hidden_dim", "50")
    .replace("num_classes", "10")
)
FLAT = """\
import numpy as np


def both(X, labels, params, dimensions):
    D, H, K = dimensions
    cut = np.cumsum([D * H, H, H * K])
    W1, b1, W2, b2 = np.split(params, cut)
    W1, W2 = W1.reshape(D, H), W2.reshape(H, K)
    h = np.tanh(X @ W1 + b1)
    s = h @ W2 + b2
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    cost = -np.sum(labels * np.log(p))
    d = p - labels
    dW2 = h.T @ d
    db2 = d.sum(axis=0)
    dh = (d @ W2.T) * (1 - h ** 2)
    dW1 = X.T @ dh
    db1 = dh.sum(axis=0)
    return cost, np.concatenate([dW1.ravel(), db1, dW2.ravel(), db2])
"""


@pytest.mark.parametrize("source", [BY_DEFAULT, FIXED, FLAT])
def test_right_ones_are_clean(source: str) -> None:
    found = judged(source)
    assert found.verdict is Verdict.CLEAN
    assert {check.parameter for check in found.gradient_check} == {"W1", "b1", "W2", "b2"}


@pytest.mark.parametrize("source", [BY_DEFAULT, FIXED])
def test_a_missing_mask(source: str) -> None:
    found = judged(source.replace(" * (h > 0)", ""))
    assert found.errors
    assert found.verdict in (Verdict.PITFALL, Verdict.UNKNOWN_BUG)


def test_a_bias_in_a_vector_of_weights_by_its_line() -> None:
    found = judged(FLAT.replace("db1 = dh.sum(axis=0)", "db1 = dh.mean(axis=0)"))
    assert [(f.pitfall, f.line) for f in found.errors] == [("bias-gradient", 19)]
