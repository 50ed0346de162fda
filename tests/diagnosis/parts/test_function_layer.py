"""Layers of two functions with a cache, and losses that give the gradient of the scores."""

from __future__ import annotations

import pytest

from tests.diagnosis.programs import judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict

LAYERS = """\
import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def hinge_loss(x, y):
    rows = np.arange(len(y))
    over = np.maximum(0, x - x[rows, y][:, None] + 1)
    over[rows, y] = 0
    dx = (over > 0) * 1.0
    dx[rows, y] -= dx.sum(axis=1)
    return over.sum() / len(y), dx / len(y)
"""
WRONG = (
    ("db = dout.sum(axis=0)", "db = dout.sum()", "bias-gradient", 12),
    ("dx = dout @ w.T", "dx = dout @ w", "missing-transpose", 10),
    ("dout * (cache > 0)", "dout * (dout > 0)", "relu-mask", 21),
    ("dx / len(y)", "dx", "missing-batch-division", 29),
    ("dx[rows, y] -= dx.sum(axis=1)", "dx[rows, y] -= 1", "", 29),
)


def test_right_ones_are_clean() -> None:
    found = judged(LAYERS)
    assert found.verdict is Verdict.CLEAN
    parts = {(part.part, part.definition) for part in found.parts}
    assert ("layer", "affine_backward") in parts
    assert ("network without a class", "hinge_loss") in parts


@pytest.mark.parametrize(("right", "wrong", "pitfall", "line"), WRONG)
def test_each_fault_by_its_line(right: str, wrong: str, pitfall: str, line: int) -> None:
    found = judged(LAYERS.replace(right, wrong))
    assert [(f.pitfall, f.line) for f in found.errors] == [(pitfall, line)]
