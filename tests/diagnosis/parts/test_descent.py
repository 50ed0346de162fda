"""Descents, judged by where they come to."""

from __future__ import annotations

from tests.diagnosis.programs import judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict

DESCENT = """\
import numpy as np


def numerical_gradient(f, x):
    grad = np.zeros_like(x)
    for i in range(x.size):
        kept = x[i]
        x[i] = kept + 1e-4
        up = f(x)
        x[i] = kept - 1e-4
        down = f(x)
        x[i] = kept
        grad[i] = (up - down) / 2e-4
    return grad


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x = init_x
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
    return x
"""


def test_a_right_one_is_clean() -> None:
    found = judged(DESCENT)
    assert found.verdict is Verdict.CLEAN
    assert ("descent", "gradient_descent") in {(p.part, p.definition) for p in found.parts}


def test_a_step_in_the_place_of_x() -> None:
    found = judged(DESCENT.replace("x -= lr", "x = lr"))
    assert found.verdict is Verdict.UNKNOWN_BUG
    assert [f.line for f in found.errors] == [20]


def test_a_step_uphill() -> None:
    found = judged(DESCENT.replace("x -= lr", "x += lr"))
    assert [f.pitfall for f in found.errors] == ["gradient-ascent"]


def test_what_gives_its_way_back_as_well() -> None:
    assert not judged(DESCENT.replace("    return x\n", "    return x, [x]\n")).errors
