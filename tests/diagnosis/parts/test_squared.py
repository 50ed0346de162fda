"""Squared errors under any scale, and what is none."""

from __future__ import annotations

import pytest

from tests.diagnosis.programs import judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict

FORMULAS = (
    "0.5 * np.sum((y - t) ** 2)",
    "np.mean((y - t) ** 2)",
    "np.sum((t - y) ** 2) / len(y)",
    "np.sum(np.square(y - t)) / (2 * y.shape[0])",
    "np.sqrt(np.mean((y - t) ** 2))",
)
WRONG = (
    ("0.5 + np.sum((y - t) ** 2)", "0.5 plus 1 times the sum of the squares"),
    ("0.5 * np.sum((y - t) * 2)", "nothing is squared"),
    ("0.5 * np.sum(y - t) ** 2", "the square of the sum"),
)


def program(formula: str) -> str:
    return f"import numpy as np\n\n\ndef mean_squared_error(y, t):\n    return {formula}\n"


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_scale_is_right(formula: str) -> None:
    assert judged(program(formula)).verdict is Verdict.CLEAN


@pytest.mark.parametrize(("formula", "said"), WRONG)
def test_what_is_none_is_said_in_words(formula: str, said: str) -> None:
    found = judged(program(formula))
    assert found.verdict is Verdict.UNKNOWN_BUG
    assert said in found.errors[0].sentence


def test_a_name_that_is_nowhere() -> None:
    found = judged(program("0.5 * np.sum((y - k) ** 2)"))
    assert [(f.pitfall, f.line) for f in found.errors] == [("crash", 5)]


def test_one_number_a_sample_is_not_accused() -> None:
    assert not judged(program("(y - t) ** 2 / 2")).errors
