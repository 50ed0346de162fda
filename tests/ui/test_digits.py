"""Two compared figures: digits enough to tell them apart, and never more than fit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.ui.digits import NARROWEST, compare, shown

finite = st.floats(allow_nan=False, allow_infinity=False)
cells = st.one_of(st.none(), st.integers(NARROWEST, 40))


def test_the_figures_of_the_design_are_drawn_as_in_its_sketch() -> None:
    both = compare(2.061962303319411, 2.062067039554999, 18)
    assert both.left.text == "2.06[1]9623033194…"[:17] + "…"
    assert both.left.text.startswith("2.06[1]962303319")
    assert both.right.text.startswith("2.06[2]067039554")
    assert both.difference == "-1.047e-04"


def test_equal_figures_have_no_mark_and_differ_by_0() -> None:
    both = compare(2.0620146712373737, 2.0620146712373737)
    assert both.left.text == both.right.text == "2.0620146712373737"
    assert both.left.mark == ""
    assert both.difference == "0"


@given(finite, finite, cells)
@example(2.0620146712373737, 2.0620146712373741, 14)
@example(1e-300, 1.0000000000000002e-300, 14)
@example(123456789012345.1, 123456789012345.2, 14)
def test_different_figures_look_different(a: float, b: float, room: int | None) -> None:
    both = compare(a, b, room)
    same = a == b
    assert (both.left.text == both.right.text) == same
    assert (both.left.mark == both.right.mark) == same
    assert (both.difference == "0") == same


@given(finite, finite, st.integers(NARROWEST, 40))
@example(2.0620146712373737, 2.0620146712373741, NARROWEST)
@example(-2.0620146712373737, -2.0620146712373741, NARROWEST + 1)
def test_no_figure_is_wider_than_its_place_unless_its_first_digits_are(
    a: float, b: float, room: int
) -> None:
    for figure in (compare(a, b, room).left, compare(a, b, room).right):
        whole = len(figure.mark) > 1 or len(figure.exponent) > 4
        assert len(figure.text) <= room or whole


@given(finite, finite, cells)
def test_what_is_left_off_is_counted(a: float, b: float, room: int | None) -> None:
    full, cut = compare(a, b), compare(a, b, room)
    for long, short in ((full.left, cut.left), (full.right, cut.right)):
        length = len(long.common + long.mark + long.rest)
        assert (
            len(short.common + short.mark + short.rest) + short.left_off + short.skipped == length
        )


@given(finite, finite)
def test_without_a_limit_the_digits_are_those_of_the_numbers(a: float, b: float) -> None:
    both = compare(a, b)
    for figure, value in ((both.left, a), (both.right, b)):
        digits = f"{figure.common}{figure.mark}{figure.rest}{figure.exponent}"
        assert float(Decimal(digits)) == value


@given(finite, finite)
def test_the_common_part_is_common_and_ends_where_they_part(a: float, b: float) -> None:
    both = compare(a, b)
    assert both.left.common == both.right.common or "" in (both.left.common, both.right.common)
    assert both.left.exponent == both.right.exponent


@pytest.mark.parametrize(
    ("a", "b", "left", "right"),
    [
        (9.5, 10.5, "[9].5", "[10].5"),
        (-1.0, 1.0, "[-]1", "[+]1"),
        (0.0, 1e-9, "[0]e-09", "[1]e-09"),
        (float("nan"), 1.0, "[nan]", "[1]"),
        (float("inf"), float("inf"), "inf", "inf"),
        (25000, 35000, "[2]5000", "[3]5000"),
    ],
)
def test_unlike_figures(a: float, b: float, left: str, right: str) -> None:
    both = compare(a, b)
    assert (both.left.text, both.right.text) == (left, right)


@given(finite, st.integers(8, 40))
def test_one_figure_says_how_many_digits_it_leaves_off(value: float, room: int) -> None:
    text, left_off = shown(value, room)
    assert ("…" in text) == (left_off > 0)
    if not left_off:
        assert float(text) == value
