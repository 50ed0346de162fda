"""Figures with as many digits as it takes to tell them apart."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.diagnosis.findings import Evidence
from tutor.reports.figures import apart, compared, figure, is_foretold


@pytest.mark.parametrize(
    ("a", "b", "texts"),
    [
        (2 / 30, 0.0666666668, ("0.0666666667", "0.0666666668")),
        (1.0, 1.0, ("1", "1")),
        (3.0, 3.0000017954138123, ("3", "3.000002")),
        (15.25, 59749.0, ("15.2", "59749")),
        (-1.0, 1.0, ("-1", "1")),
        (1e-8, 1.2e-8, ("1e-08", "1.2e-08")),
        (25000.0, 25000.0, ("25000", "25000")),
        (0.99995, math.nan, ("1", "nan")),
    ],
)
def test_no_more_digits_than_tell_them_apart(a: float, b: float, texts: tuple[str, str]) -> None:
    assert apart(a, b) == texts


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_two_that_differ_look_different_and_two_that_do_not_the_same(a: float, b: float) -> None:
    one, other = apart(a, b)
    assert (one == other) == (a == b)


@given(st.floats(min_value=-1e15, max_value=1e15), st.integers(3, 17))
def test_a_figure_is_the_number_rounded(value: float, digits: int) -> None:
    shown = Decimal(figure(value, digits))
    assert abs(shown - Decimal(value)) <= abs(Decimal(value)) * Decimal("5.01") / 10**digits


def test_evidence_has_its_difference_only_between_numbers() -> None:
    assert compared(Evidence("a", 3.0, 3.0000018)).difference == "2e-06"
    assert compared(Evidence("a", 3, np.int64(3))).difference == "0"
    assert compared(Evidence("a", "(3,)", "()")).difference == ""
    assert compared(Evidence("a", 1.0, math.inf)).difference == ""


def test_a_long_exception_is_cut_and_says_so() -> None:
    assert compared(Evidence("a", "an array", "E" * 300)).measured.endswith("(100 more characters)")


@pytest.mark.parametrize(
    ("predicted", "measured", "foretold"),
    [
        (1 / 3, 0.33333333336, True),
        (3, 1, False),
        (0.99995, math.nan, False),
        ("(3,)", "()", False),
        ("IndexError: index 2", "IndexError: index 2 is out of bounds", True),
        ("an array", "ValueError: operands", False),
        (math.nan, math.nan, True),
        ("above 1", 1.2, True),
        ("above 1", 0.9, False),
        ("below 3e-05", 1e-9, True),
        ("other than 0", 0.5, True),
        ("other than 0", 0.0, False),
        ("other than (3, 3)", "(5, 3)", True),
    ],
)
def test_what_was_foretold_and_what_should_have_come(
    predicted: float | str, measured: float | str, foretold: bool
) -> None:
    assert is_foretold(Evidence("a", predicted, measured)) is foretold
