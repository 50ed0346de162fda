"""The small parts: errors and ratios, what fits together, roughness, questions, figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.checks.nets import build
from tutor.checks import (
    InPlace,
    check_gradients,
    full_gradient,
    max_relative_error,
    ratio,
    relative_error,
)
from tutor.checks.figures import pair
from tutor.checks.noise import POINTS, roughness
from tutor.nets import Sigmoid, numerical_gradient

FLOATS = st.floats(-1e6, 1e6, allow_subnormal=False)


# -- compare --------------------------------------------------------------------------------------


def test_the_relative_error_is_by_the_larger_of_the_two():
    found = relative_error([1.0, 0.0, 2.0, 0.0], [1.1, 0.0, -2.0, 5.0])
    np.testing.assert_allclose(found, [0.1 / 1.1, 0, 2, 1])
    assert max_relative_error([1.0, 0.0], [1.1, 0.0]) == pytest.approx(0.1 / 1.1)


@given(hnp.arrays(float, 5, elements=FLOATS), hnp.arrays(float, 5, elements=FLOATS))
def test_the_relative_error_has_bounds_and_no_order(a, b):
    found = relative_error(a, b)
    assert ((found >= 0) & (found <= 2)).all()
    np.testing.assert_array_equal(found, relative_error(b, a))
    np.testing.assert_array_equal(found == 0, a == b)


def test_a_ratio_leaves_out_what_has_no_slope():
    found = ratio([[3.0, 0.0], [1e-9, 5.0]], [[1.0, 2.0], [1.0, 1e-9]])
    np.testing.assert_array_equal(found, [3.0])


# -- full -----------------------------------------------------------------------------------------


def test_the_full_gradient_is_that_of_the_differentiator():
    net = build(0, (4, 3, 2), 5, std=0.5, activation=Sigmoid)
    for name, param in net.params.items():
        expected = numerical_gradient(lambda _: net.loss(), param)
        np.testing.assert_allclose(full_gradient(net.loss, net.params, name), expected, atol=1e-15)
    np.testing.assert_allclose(
        full_gradient(net.loss, net.params, "W1"), net.gradient()["W1"], atol=1e-8
    )


# -- losses ---------------------------------------------------------------------------------------


def test_a_question_is_answered_in_order_and_the_array_put_back():
    x = np.array([1.0, 2.0])
    asked = InPlace(lambda: float(x @ x), {"x": x})
    found = asked.along("x", np.array([1, -1], dtype=np.int8), [0.0, 1.0, -0.5])
    assert found == [5.0, 5.0, 0.25 + 6.25]
    np.testing.assert_array_equal(x, [1.0, 2.0])


@pytest.mark.parametrize("value", [2.5, np.float32(2.5), np.array(2.5), np.array([2.5])])
def test_one_number_may_come_in_any_coat(value):
    asked = InPlace(lambda: value, {"x": np.ones(1)})
    assert asked.along("x", np.ones(1), [0.0]) == [2.5]


# -- matching -------------------------------------------------------------------------------------

PARAMS = {"W": np.ones((2, 3)), "b": np.ones(3)}
GRADS = {"W": np.ones((2, 3)), "b": np.ones(3)}


@pytest.mark.parametrize(
    ("params", "grads", "error", "words"),
    [
        ({}, {}, ValueError, "no parameter"),
        (PARAMS, {"W": GRADS["W"]}, ValueError, "b has no gradient"),
        (PARAMS, {**GRADS, "c": 1}, ValueError, "a gradient for c"),
        (PARAMS, {**GRADS, "b": None}, TypeError, "gradient of b is None"),
        (PARAMS, {**GRADS, "W": np.ones((3, 2))}, ValueError, r"shape \(3, 2\)"),
        (PARAMS, {**GRADS, "b": np.ones(3, dtype=complex)}, TypeError, "complex128"),
        (PARAMS, {**GRADS, "b": np.array(["a"] * 3)}, TypeError, "not real numbers"),
        ({**PARAMS, "b": np.ones(3, dtype=int)}, GRADS, TypeError, "b is int64"),
        ({**PARAMS, "b": [1.0, 2.0, 3.0]}, GRADS, TypeError, "b is list"),
        ({"W": np.ones((0, 3))}, {"W": np.ones((0, 3))}, ValueError, "no entry"),
    ],
)
def test_what_does_not_fit_together_is_refused(params, grads, error, words):
    with pytest.raises(error, match=words):
        check_gradients(lambda: 0.0, params, grads)


# -- noise ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1e-14, 1e-9, 1e-3])
def test_roughness_is_the_deviation_of_the_noise_whatever_is_smooth(size):
    rng = np.random.default_rng(0)
    x = np.arange(POINTS) * 1e-6
    found = [
        roughness(1 + 20 * x + 3 * x**2 + size * rng.standard_normal(POINTS)) for _ in range(300)
    ]
    assert np.median(found) == pytest.approx(size, rel=0.2)


def test_a_kink_is_not_taken_for_noise():
    rng = np.random.default_rng(0)
    x = np.arange(POINTS) - 5.5
    found = [roughness(np.maximum(x, 0) * 1e-9 + 1e-12 * rng.standard_normal(8)) for _ in range(9)]
    assert np.median(found) < 1e-9


# -- figures --------------------------------------------------------------------------------------


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e-3, 1e-3))
def test_two_figures_are_told_apart(a, by):
    b = a * (1 + by)
    first, second = pair(a, b)
    assert (first == second) == (a == b) or a == b


def test_two_figures_have_no_more_digits_than_they_need():
    assert pair(0.0123456, 0.0112345) == ("0.0123", "0.0112")
    assert pair(0.0758949, 0.0758951) == ("0.0758949", "0.0758951")
