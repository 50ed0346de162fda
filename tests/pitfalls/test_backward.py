"""No division by the batch size: N times too much, in every entry with a slope."""

import numpy as np
import pytest

from tutor.nets import SoftmaxWithLoss, TwoLayerNet, load_digits
from tutor.pitfalls import find
from tutor.pitfalls.backward import MissingBatchDivision, missing_division_ratio


def ratios(layer, n):
    """Measure backprop / numerical over every entry that has a slope."""
    x, t = load_digits().train
    # With std = 0.01 and 100 samples some logits of the ReLU lie within h of its kink.
    net = TwoLayerNet(64, 5, 10, rng=0, std=0.1, last_layer=layer)
    assert np.abs(x[:n] @ net.params["W1"]).min() > 1e-4
    backprop, numerical = net.gradient(x[:n], t[:n]), net.numerical_gradient(x[:n], t[:n])
    for key, slope in numerical.items():
        # Where the slope is tiny, rounding in the difference of two losses shows.
        steep = np.abs(slope) > 1e-5
        assert steep.any(), key
        yield backprop[key][steep] / slope[steep]


@pytest.mark.parametrize("n", [1, 2, 5, 100])
def test_the_ratio_is_n_in_every_parameter(n):
    assert missing_division_ratio(n) == n
    for ratio in ratios(MissingBatchDivision(), n):
        np.testing.assert_allclose(ratio, n, rtol=1e-4)
    for ratio in ratios(SoftmaxWithLoss(), n):
        np.testing.assert_allclose(ratio, 1, rtol=1e-4)


def test_forward_is_that_of_the_right_layer_and_dout_counts():
    x, t = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([0, 1])
    wrong, right = MissingBatchDivision(), SoftmaxWithLoss()
    assert wrong.forward(x, t) == right.forward(x, t)
    np.testing.assert_array_equal(wrong.backward(3.0), 2 * right.backward(3.0))


def test_the_one_of_the_catalogue_is_the_same():
    x, t = np.array([[1.0, 2.0, 0.5], [3.0, 0.0, 1.0]]), np.array([0, 1])
    own, listed = MissingBatchDivision(), find("missing-batch-division").wrong()
    assert own.forward(x, t) == pytest.approx(listed.forward(x, t), rel=1e-14)
    np.testing.assert_allclose(own.backward(), listed.backward(), rtol=1e-14)
