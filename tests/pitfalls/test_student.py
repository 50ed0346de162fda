"""The student's report, figures.md F: the same figures, out of a net built from the same parts."""

import numpy as np
import pytest

from tutor.nets import TwoLayerNet, load_digits, numerical_gradient
from tutor.pitfalls import REPORTED, RIGHT, Parts, build_net
from tutor.pitfalls.backward import MissingBatchDivision
from tutor.pitfalls.loss import log_of_zero
from tutor.pitfalls.softmax import softmax_whole_batch, whole_batch_bias_difference

REPORTED_B2 = 0.0666666667859
RECOMPUTED_B2 = 0.06666666678746


def b2_difference(net, x, t):
    backprop = net.gradient(x, t)["b2"]
    numerical = numerical_gradient(lambda _: net.loss(x, t), net.params["b2"])
    return np.abs(backprop - numerical).mean()


def digits(n):
    x, t = load_digits().train
    return x[:n], t[:n]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_b2_is_off_by_a_fifteenth_whatever_the_weights(seed):
    net = build_net(REPORTED, 64, rng=seed)
    difference = b2_difference(net, *digits(3))
    assert difference == pytest.approx(REPORTED_B2, abs=3e-10)
    assert difference == pytest.approx(RECOMPUTED_B2, abs=3e-10)


def test_b2_in_the_students_own_shape():
    x = np.random.default_rng(0).random((3, 784))
    difference = b2_difference(build_net(REPORTED, rng=1), x, np.array([5, 0, 4]))
    assert difference == pytest.approx(REPORTED_B2, abs=3e-10)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 10, 100])
def test_the_prediction_comes_before_the_measurement(batch_size):
    predicted = whole_batch_bias_difference(batch_size, 10)
    net = build_net(REPORTED, 64, rng=0)
    assert b2_difference(net, *digits(batch_size)) == pytest.approx(predicted, abs=1e-8)


def test_it_is_no_missing_division_in_disguise():
    x, t = digits(3)
    net = build_net(REPORTED, 64, rng=0)
    numerical = numerical_gradient(lambda _: net.loss(x, t), net.params["b2"])
    ratio = net.gradient(x, t)["b2"] / numerical
    assert np.abs(ratio - 3).min() > 0.5
    assert ratio.std() > 0.1
    # Backprop's b2 sums to -(N - 1) / N; a right one, and the numerical one, to 0.
    assert net.gradient(x, t)["b2"].sum() == pytest.approx(-2 / 3)
    assert numerical.sum() == pytest.approx(0, abs=1e-8)


def test_the_repair_of_that_one_part_makes_the_gradients_agree():
    repaired = build_net(Parts(error=log_of_zero), 64, rng=0)
    assert b2_difference(repaired, *digits(3)) < 1e-9
    still_wrong = build_net(Parts(softmax=softmax_whole_batch), 64, rng=0)
    assert b2_difference(still_wrong, *digits(3)) == pytest.approx(2 / 30, abs=1e-6)


def test_the_loss_starts_at_the_logarithm_of_all_cells():
    x, t = digits(3)
    assert build_net(REPORTED, 64, rng=0).loss(x, t) == pytest.approx(np.log(30), abs=0.01)
    assert build_net(RIGHT, 64, rng=0).loss(x, t) == pytest.approx(np.log(10), abs=0.01)


def test_a_net_of_right_parts_is_the_right_net():
    x, t = digits(3)
    built, right = build_net(rng=7, input_size=64), TwoLayerNet(64, 50, 10, rng=7)
    assert built.params["W1"].shape == (64, 50)
    assert built.loss(x, t) == right.loss(x, t)
    for key, grad in built.gradient(x, t).items():
        np.testing.assert_array_equal(grad, right.gradient(x, t)[key])


def test_a_loss_layer_can_be_named():
    wrong = MissingBatchDivision
    net = build_net(Parts(loss_layer=wrong), 64)
    assert type(net.last_layer) is wrong
    assert build_net().params["W1"].shape == (784, 50)
