"""The figures of the list of pitfalls, as other people's runs printed them."""

import math

import numpy as np
import pytest

from tutor.nets import load_digits
from tutor.pitfalls import Code, Setting, code_of, find
from tutor.pitfalls.cubic import Cubic
from tutor.pitfalls.entries.affine import AFFINES
from tutor.pitfalls.entries.softmax import bias_difference


def bowl(x):
    return float(np.sum(x**2))


def wrong(name):
    """Return the wrong function or class of a spelling, within its own wrong file."""
    slug = name.partition(":")[0]
    return getattr(code_of(name), find(slug).variants[0].owner)


# --- the numerical gradient ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "slopes"),
    [([3, 4], [25000, 35000]), ([0, 2], [0, 15000]), ([-3, 4], [-25000, 35000])],
)
@pytest.mark.parametrize("spelling", ["np.array(point)", "float(tmp_val)"])
def test_whole_numbers_cannot_be_moved(point, slopes, spelling):
    found = code_of(f"integer-array: {spelling}").gradient_at(bowl, point)
    assert found.dtype.kind == "i"
    np.testing.assert_array_equal(found, slopes)


@pytest.mark.parametrize(("h", "ratio"), [(1e-4, 1e-8), (1e-3, 1e-6)])
def test_precedence_leaves_h_squared(h, ratio):
    slopes = wrong("step-precedence")(bowl, np.array([3.0, 4.0]), h)
    np.testing.assert_allclose(slopes / [6, 8], ratio, rtol=1e-9)


def test_the_sum_of_two_values_is_gigantic():
    slopes = wrong("sum-not-difference")(bowl, np.array([3.0, 4.0]))
    np.testing.assert_allclose(slopes, 250_000, rtol=1e-9)


def test_a_difference_over_x():
    slopes = wrong("divides-by-x")(bowl, np.array([5.0]))
    np.testing.assert_allclose(slopes / 10, 2e-5, rtol=1e-6)


def test_all_coordinates_at_once_give_the_sum_of_the_slopes():
    assert code_of("steps-all-coordinates").gradient_at(bowl, [3, 4]) == pytest.approx(14)


def test_a_forward_difference_of_exp():
    x = np.array([1.0])
    errors = [
        float(wrong("forward-difference")(lambda x: float(np.exp(x[0])), x, h)[0] / np.e - 1)
        for h in (1e-4, 5e-5)
    ]
    assert errors[0] == pytest.approx(5e-5, rel=1e-3)
    assert math.log2(errors[0] / errors[1]) == pytest.approx(1.00, abs=5e-3)


def test_the_cost_of_two_loops():
    f = Cubic()
    wrong("quadratic-cost")(f, np.ones((3, 4)))
    assert f.calls == 288


@pytest.mark.parametrize("rows", [2, 3, 5])
def test_a_row_is_a_view(rows):
    f, W = Cubic(), np.random.default_rng(rows).uniform(0.5, 2, (rows, 3))
    slopes = wrong("row-view")(f, W)
    true = 3 * W**2
    assert f.calls == 2 * rows
    np.testing.assert_allclose(slopes, 0.5 * true.sum(axis=1, keepdims=True) + 0 * W, rtol=1e-3)
    np.testing.assert_allclose(wrong("row-view")(bowl, np.array([3.0, 4.0])), [6, 8], rtol=1e-9)


def test_a_transposed_grid_looks_right_for_a_sum_of_squares():
    X, Y = np.meshgrid(np.arange(-2, 2.5, 0.25), np.arange(-2, 2.5, 0.25))
    transposed, right = code_of("points-transposed"), Code()
    np.testing.assert_allclose(
        transposed.gradient_field(bowl, X, Y), right.gradient_field(bowl, X, Y), atol=1e-8
    )
    cross = lambda p: float(p[0] * p[1])  # noqa: E731
    off = transposed.gradient_field(cross, X, Y) - right.gradient_field(cross, X, Y)
    assert np.abs(off).max() > 1


def test_descent_with_a_long_step_blows_up_and_freezes():
    descend = wrong("blow-up")
    end = descend(lambda x: x[0] ** 2 + x[1] ** 2, np.array([-3.0, 4.0]))
    np.testing.assert_allclose(end, [-2.58983747e13, -1.29524862e12], rtol=1e-8)
    first = find("blow-up").right(lambda x: x[0] ** 2 + x[1] ** 2, np.array([-3.0, 4.0]))
    np.testing.assert_allclose(first, [-6.11110793e-10, 8.14814391e-10], rtol=1e-6)


# --- softmax and loss ------------------------------------------------------------------------


def test_the_wrong_axis_and_its_sum():
    setting = Setting(N=3, K=10, D=4, H=6)
    assert find("softmax-wrong-axis").predicted(setting) == pytest.approx(2.333, abs=5e-4)
    assert find("softmax-wrong-axis").measured(setting) == pytest.approx(2.333, abs=5e-4)


def test_three_logits_that_overflow():
    with np.errstate(all="ignore"):
        assert np.isnan(wrong("softmax-overflow")(np.array([1010.0, 1000.0, 990.0]))).all()
    expected = [9.99954600e-01, 4.53978686e-05, 2.06106005e-09]
    np.testing.assert_allclose(Code().softmax(np.array([1010, 1000, 990])), expected, rtol=1e-8)


def test_the_floor_of_logits_that_were_squashed():
    setting = Setting(N=3, K=10, D=4, H=6)
    for variant in find("squashed-twice").variants[:2]:
        measured = find("squashed-twice").measured(setting, variant)
        assert measured == pytest.approx(1.4612, abs=1e-4)


def test_the_loss_of_a_whole_batch_starts_at_the_logarithm_of_all_cells():
    (x, t), _ = load_digits()
    net = code_of("softmax-whole-batch").TwoLayerNet(64, 50, 10, 0.01, 0)
    assert net.loss(x[:3], t[:3]) == pytest.approx(math.log(30), abs=0.01)


Y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])


def test_one_hot_rows_and_labels_mixed_up():
    t = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    mixed = wrong("label-one-hot-mixup: one-hot as labels")
    assert mixed(Y, t) == pytest.approx(23.7189871105, abs=1e-10)
    assert Code().cross_entropy_error(Y, t) == pytest.approx(0.5108254571, abs=1e-10)
    assert wrong("label-broadcast")(Y, 2) == pytest.approx(155.7648417741, abs=1e-10)


def test_a_broadcast_label_is_an_error_as_soon_as_the_batch_is_not_as_large_as_the_classes():
    y = np.full((4, 10), 0.1)
    with pytest.raises(ValueError, match="broadcast"):
        wrong("label-broadcast")(y, np.array([1, 2, 3, 4]))


@pytest.mark.parametrize(
    ("delta", "labels", "figure"),
    [("1e-4", (0, 1, 2), 1.4e-4), ("", (0, 1, 2), 1.40e-7), ("", (0, 0, 0), 1.79e-7)],
)
def test_the_epsilon_in_the_last_bias(delta, labels, figure):
    code = code_of(*[f"epsilon-wrong: {delta}"] * bool(delta))
    net = code.TwoLayerNet(784, 50, 10, 0.01, 0)
    x, t = np.random.default_rng(0).random((3, 784)), np.array(labels)
    slopes = code.numerical_gradient(lambda _: net.loss(x, t), net.params["b2"])
    difference = np.mean(np.abs(net.gradient(x, t)["b2"] - slopes))
    assert difference == pytest.approx(figure, rel=0.03)


def test_a_reshape_that_is_thrown_away():
    y, t = np.full(10, 0.1), np.eye(10)[3]
    ratio = wrong("reshape-discarded")(y, t) / Code().cross_entropy_error(y, t)
    assert ratio == pytest.approx(0.1000, abs=1e-12)


def test_the_loss_that_moves_its_prediction():
    y = np.array([[0.1, 0.9]])
    wrong("loss-mutates-prediction")(y, np.array([0]))
    np.testing.assert_allclose(y, [[0.1000001, 0.9000001]], rtol=1e-12)


# --- the backward pass -----------------------------------------------------------------------


def test_the_slope_of_sigmoid_at_its_output():
    measured = find("sigmoid-grad-of-activation").measured(Setting(N=3, K=10, D=4, H=6))
    assert find("sigmoid-grad-of-activation").predicted(Setting()) == pytest.approx(
        0.9400, abs=2e-5
    )
    assert measured == pytest.approx(0.94, abs=2e-3)


def test_a_scalar_bias_gradient_is_zero_but_for_rounding():
    (pitfall,) = (one for one in AFFINES if one.slug == "bias-gradient")
    variant = next(one for one in pitfall.variants if one.name == "np.sum(dout)")
    assert pitfall.measured(Setting(), variant) < 1e-15


def test_square_weights_hide_a_missing_transpose():
    layer = wrong("missing-transpose")(np.arange(9.0).reshape(3, 3), np.zeros(3))
    layer.forward(np.ones((2, 3)))
    assert layer.backward(np.ones((2, 3))).shape == (2, 3)


def test_a_mask_taken_from_the_gradient_is_wrong_where_it_is_open_too():
    layer = wrong("relu-mask: of the gradient")()
    layer.forward(np.array([1.0, 2.0, -1.0]))
    np.testing.assert_array_equal(layer.backward(np.array([-1.0, 1.0, 1.0])), [0, 1, 1])


# --- training --------------------------------------------------------------------------------


def test_a_rebound_parameter_is_not_the_layers():
    code = code_of("rebinds-parameters")
    (x, t), _ = load_digits()
    net = code.TwoLayerNet(64, 10, 10, 0.1, 0)
    before = net.loss(x[:50], t[:50])
    code.train(net, x, t, steps=50, seed=0)
    assert net.loss(x[:50], t[:50]) == before
    assert net.params["W1"] is not net.layers["Affine1"].W
    slopes = code.numerical_gradient(lambda _: net.loss(x[:2], t[:2]), net.params["b2"])
    assert not slopes.any()


@pytest.mark.parametrize("batch_size", [2, 3, 5, 10, 100])
def test_b2_in_the_net_of_the_report(batch_size):
    setting = Setting(N=batch_size, K=10, D=5, H=7, seed=batch_size)
    reported = bias_difference(code_of("softmax-whole-batch", "log-of-zero"), setting)
    assert reported == pytest.approx((batch_size - 1) / batch_size / 10, abs=1e-8)
