import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tutor.diagnosis.figures.item import items_of, plain
from tutor.diagnosis.figures.number import Number

FLOATS = st.floats(-1e6, 1e6, allow_nan=False)


@given(arrays(float, array_shapes(max_dims=3, max_side=6), elements=FLOATS))
def test_whatever_numpy_prints_is_read_back(values: np.ndarray) -> None:
    for text in (str(values), repr(values), str(values.tolist())):
        (item,) = items_of(text)
        assert item.shape == values.shape
        np.testing.assert_allclose(item.values, values, rtol=1e-7, atol=1e-7)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_numbers_of_a_line_are_read_in_their_order(values: list[float]) -> None:
    assert [item.number.value for item in items_of(", ".join(map(repr, values)))] == values


def test_a_name_with_a_digit_and_a_shape_are_no_figures() -> None:
    assert items_of("W1 fxh2 (784, 50) x2x") == ()


def test_a_japanese_label_may_touch_its_figure() -> None:
    assert [(item.label, item.number.value) for item in items_of("損失は2.3です")] == [
        ("損失は", 2.3)
    ]


def test_a_shortened_array_is_passed_over_whole() -> None:
    assert items_of("[0.1 0.2 ... 0.3 0.4]") == ()


def test_a_wrapped_number_is_plain() -> None:
    (item,) = items_of(plain("[np.float64(-0.5), np.float64(2.0)]"))
    assert item.values.tolist() == [-0.5, 2.0]


def test_an_array_with_its_dtype_is_one_item_with_its_label() -> None:
    items = items_of("dW = array([[1., 2.],\n       [3., 4.]], dtype=float32)\n7")
    assert [(item.label, item.shape) for item in items] == [("dW", (2, 2)), ("", ())]


@pytest.mark.parametrize(
    ("text", "value", "near"),
    [("0.0667", 2 / 30, True), ("0.067", 2 / 30, True), ("0.0666", 2 / 30, True),
     ("0.0665", 2 / 30, False), ("1.40e-07", 1.404e-7, True), ("1.40e-07", 1.43e-7, False)],
)  # fmt: skip
def test_a_number_is_near_what_it_was_rounded_or_cut_from(
    text: str, value: float, near: bool
) -> None:
    assert Number.of(text).is_near(value) is near


def test_a_number_in_percent_is_a_share() -> None:
    (item,) = items_of("accuracy 9.87%")
    assert item.number.value == pytest.approx(0.0987)
