"""log(0), and the plateau of the epsilon that avoids it: figures.md B and G."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from tutor.nets import SoftmaxWithLoss, cross_entropy_error, numerical_gradient
from tutor.pitfalls import find
from tutor.pitfalls.loss import (
    epsilon_plateau,
    log_of_zero,
    loss_of_logits,
    loss_without_epsilon,
    plateau_loss,
    plateau_ratio,
)

GAPS = [(10, 0.998), (16, 0.53), (20, 0.020), (25, 1.4e-4)]


def test_log_of_zero_is_inf_for_a_label_and_nan_in_a_one_hot_row():
    y = np.array([0.0, 0.0, 1.0])
    with np.errstate(all="ignore"):
        assert log_of_zero(y, 0) == math.inf
        assert log_of_zero(y[None], np.array([0])) == math.inf
        assert math.isnan(log_of_zero(y, np.array([1, 0, 0])))
    assert cross_entropy_error(y, 0) == pytest.approx(16.11809565095832)


@pytest.mark.parametrize("p", [0.0, 1e-300, 0.25, 1.0])
def test_the_predicted_loss_without_epsilon(p):
    with np.errstate(all="ignore"):
        measured = log_of_zero(np.array([p, 1 - p]), 0)
    assert measured == pytest.approx(loss_without_epsilon(p))


def test_without_epsilon_the_numerical_gradient_dies_of_inf_minus_inf():
    x = np.array([0.0, 800.0])
    layer = SoftmaxWithLoss(error=log_of_zero)
    with np.errstate(all="ignore"):
        assert np.isnan(numerical_gradient(lambda x: layer.forward(x, 0), x)[0])
    np.testing.assert_array_equal(layer.backward(), [-1, 1])


def test_the_listing_that_printed_the_loss():
    y = special.softmax([1.05414809, 0.63071653, 1.1328074])
    t = np.array([0, 0, 1])
    assert log_of_zero(y, t) == pytest.approx(0.92806853663411326, abs=5e-9)
    assert log_of_zero(y, t) - cross_entropy_error(y, t) == pytest.approx(2.5e-7, rel=0.02)


def test_a_hundred_labels_are_averaged():
    y = np.full((100, 10), 0.1)
    assert log_of_zero(y, np.arange(100) % 10) == pytest.approx(np.log(10), rel=1e-14)
    assert log_of_zero(y, np.eye(10)[np.arange(100) % 10]) == pytest.approx(np.log(10), rel=1e-14)


def test_the_loss_stands_still_on_the_plateau():
    x = np.array([0.0, 800.0])
    assert epsilon_plateau(x, 0) == 16.11809565095832
    assert plateau_loss() == pytest.approx(16.11809565095832, rel=1e-15)
    np.testing.assert_array_equal(numerical_gradient(lambda x: epsilon_plateau(x, 0), x), [0, 0])


@pytest.mark.parametrize(("gap", "figure"), GAPS)
def test_how_far_the_numerical_gradient_falls_behind(gap, figure):
    x = np.array([0.0, float(gap)])
    p = special.expit(-gap)
    numerical = numerical_gradient(lambda x: epsilon_plateau(x, 0), x)
    layer = SoftmaxWithLoss()
    layer.forward(x, 0)
    ratio = numerical / layer.backward()
    predicted = plateau_ratio(p)
    assert predicted == pytest.approx(figure, rel=0.02)
    np.testing.assert_allclose(ratio, predicted, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("gap", [10, 16, 20, 25, 800])
def test_the_right_loss_has_a_slope_everywhere(gap):
    x = np.array([0.0, float(gap)])
    np.testing.assert_allclose(
        numerical_gradient(lambda x: loss_of_logits(x, 0), x),
        special.softmax(x) - [1, 0],
        atol=1e-7,
    )


@given(st.data(), st.integers(1, 5), st.integers(2, 5))
def test_the_right_loss_is_scipys_log_softmax(data, n, k):
    x = data.draw(hnp.arrays(np.float64, (n, k), elements=st.floats(-1e3, 1e3)))
    t = data.draw(hnp.arrays(np.int64, n, elements=st.integers(0, k - 1)))
    expected = -special.log_softmax(x, axis=1)[np.arange(n), t].mean()
    for target in (t, np.eye(k)[t]):
        np.testing.assert_allclose(loss_of_logits(x, target), expected, rtol=1e-12, atol=1e-12)
    one = -special.log_softmax(x[0])[t[0]]
    np.testing.assert_allclose(loss_of_logits(x[0], t[0]), one, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("loss", [log_of_zero, epsilon_plateau, loss_of_logits])
def test_targets_that_do_not_fit_are_refused(loss):
    with pytest.raises(ValueError, match="does not fit"):
        loss(np.ones((2, 3)), np.array([0, 1, 2]))


def test_those_of_the_catalogue_are_the_same():
    x = np.random.default_rng(2).standard_normal((4, 3))
    y, t = special.softmax(x, axis=1), np.eye(3)[[0, 2, 1, 1]]
    assert find("log-of-zero").wrong(y, t) == pytest.approx(log_of_zero(y, t), rel=1e-14)
    plateau = find("epsilon-plateau")
    assert plateau.wrong(x, t) == pytest.approx(epsilon_plateau(x, t), rel=1e-14)
    assert plateau.right(x, t) == pytest.approx(loss_of_logits(x, t), rel=1e-14)
