"""The right student's file gives what the right nets give, and scipy, on any data."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize, special

import tutor.nets as nets
from tutor.pitfalls import Code, program
from tutor.pitfalls.listing import listing

RIGHT = Code()
LOGITS = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=2, min_side=2, max_side=6),
    elements=st.floats(-30, 30),
)
SIZES = st.tuples(*[st.integers(1, 5)] * 3, st.integers(2, 5))


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@given(LOGITS)
def test_the_functions(x):
    close(RIGHT.softmax(x), special.softmax(x, axis=-1))
    close(RIGHT.sigmoid(x), special.expit(x))
    close(RIGHT.sigmoid_grad(x), special.expit(x) * special.expit(-x))
    close(RIGHT.relu(x), nets.relu(x))


@given(LOGITS, st.data())
def test_the_losses(x, data):
    y, K = special.softmax(x, axis=-1), x.shape[-1]
    labels = data.draw(hnp.arrays(np.int64, x.shape[:-1], elements=st.integers(0, K - 1)))
    rows = np.eye(K)[labels]
    for t in (labels, rows):
        close(RIGHT.cross_entropy_error(y, t), nets.cross_entropy_error(y, t))
    right = -np.sum(rows * special.log_softmax(x, axis=-1)) / (x.size / K)
    close(RIGHT.loss_of_logits(x, rows), right)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-3, 3)))
def test_the_differentiator(x):
    before = x.copy()
    f = lambda x: float(np.sum(np.sin(x)))  # noqa: E731
    np.testing.assert_array_equal(RIGHT.numerical_gradient(f, x), nets.numerical_gradient(f, x))
    np.testing.assert_array_equal(x, before)


def test_a_slope_a_grid_and_a_descent():
    at = np.array([0.3, 1.2])
    close(RIGHT.numerical_diff(np.sin, 0.3), (np.sin(0.3001) - np.sin(0.2999)) / 2e-4)
    slopes = RIGHT.gradient_at(RIGHT.bowl, [3, 4])
    np.testing.assert_allclose(slopes, [6, 8], rtol=1e-9)
    X, Y = np.meshgrid(np.arange(-2, 2.5, 0.25), np.arange(-2, 2.5, 0.25))
    field = RIGHT.gradient_field(lambda p: p[0] ** 2 + p[0] * p[1], X, Y)
    np.testing.assert_allclose(field, [2 * X.ravel() + Y.ravel(), X.ravel()], atol=1e-9)
    np.testing.assert_array_equal(
        RIGHT.gradient_descent(RIGHT.bowl, at, 0.1, 7),
        nets.gradient_descent(lambda x: float(np.sum(x**2)), at, 0.1, 7)[0],
    )


@given(SIZES, st.integers(0, 9))
def test_the_net_of_layers(sizes, seed):
    N, D, H, K = sizes
    rng = np.random.default_rng(seed)
    x, t = rng.standard_normal((N, D)), rng.integers(K, size=N)
    own, right = RIGHT.TwoLayerNet(D, H, K, 0.5, seed), nets.TwoLayerNet(D, H, K, seed, 0.5)
    for key, value in right.params.items():
        np.testing.assert_array_equal(own.params[key], value)
    for target in (t, np.eye(K)[t]):
        close(own.loss(x, target), right.loss(x, target))
        assert own.accuracy(x, target) == right.accuracy(x, target)
        for method in ("gradient", "numerical_gradient"):
            slopes = getattr(right, method)(x, target)
            assert list(getattr(own, method)(x, target)) == list(slopes)
            for key, slope in getattr(own, method)(x, target).items():
                np.testing.assert_allclose(slope, slopes[key], rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("layer", ["Affine", "Relu", "Sigmoid", "SoftmaxWithLoss"])
def test_a_layer_backward_is_the_slope_of_its_forward(layer):
    rng = np.random.default_rng(5)
    x, dout = rng.standard_normal((3, 4)), rng.standard_normal((3, 4))
    given_W = (rng.standard_normal((4, 4)), np.zeros(4)) if layer == "Affine" else ()
    own = getattr(RIGHT, layer)(*given_W)
    if layer == "SoftmaxWithLoss":
        t, dout = np.array([1, 0, 3]), 2.5
        weighted = lambda x: dout * own.forward(x.reshape(3, 4), t)  # noqa: E731
    else:
        weighted = lambda x: np.sum(dout * own.forward(x.reshape(3, 4)))  # noqa: E731
    slope = optimize.approx_fprime(x.ravel(), weighted, 1e-7).reshape(3, 4)
    weighted(x)
    np.testing.assert_allclose(own.backward(dout), slope, rtol=1e-4, atol=1e-5)


@given(SIZES, st.integers(0, 9))
def test_the_net_of_functions(sizes, seed):
    N, D, H, K = sizes
    rng = np.random.default_rng(seed)
    x, t = rng.standard_normal((N, D)), np.eye(K)[rng.integers(K, size=N)]
    right = nets.SigmoidTwoLayerNet(D, H, K, seed, 0.5)
    loss, grads = RIGHT.loss_and_gradient(right.params, x, t)
    close(loss, right.loss(x, t))
    for key, slope in right.numerical_gradient(x, t).items():
        np.testing.assert_allclose(grads[key], slope, rtol=1e-4, atol=1e-5)


def test_a_net_of_two_layers_is_a_net_of_many():
    x, t = np.random.default_rng(0).standard_normal((3, 4)), np.array([0, 2, 1])
    two, many = RIGHT.TwoLayerNet(4, 5, 3, 0.5, 1), RIGHT.MultiLayerNet((4, 5, 3), 0.5, 1)
    for key, slope in many.gradient(x, t).items():
        np.testing.assert_array_equal(slope, two.gradient(x, t)[key])


def test_weight_decay_is_in_the_loss_and_in_the_gradient():
    x, t = np.random.default_rng(0).standard_normal((3, 4)), np.array([0, 2, 1])
    net = RIGHT.TwoLayerNet(4, 5, 3, 0.5, 1, weight_decay=0.3)
    plain = RIGHT.TwoLayerNet(4, 5, 3, 0.5, 1)
    squares = sum(np.sum(net.params[key] ** 2) for key in ("W1", "W2"))
    close(net.loss(x, t) - plain.loss(x, t), 0.15 * squares)
    assert max(RIGHT.gradient_check(net, x, t).values()) < 1e-4


def test_training_learns_digits_and_the_check_passes():
    (x, t), test = nets.load_digits()
    net = RIGHT.TwoLayerNet(64, 20, 10, 0.1, 0)
    RIGHT.train(net, x, t, lr=0.5, steps=300, seed=0)
    assert net.accuracy(*test) > 0.85
    assert max(RIGHT.check_new_net(x[:3], t[:3], 5, 10, seed=0).values()) < 1e-3
    fresh = RIGHT.TwoLayerNet(64, 20, 10, 0.1, 0)
    assert RIGHT.train_on_pixels(fresh, x * 255, t, steps=300, seed=0) > 0.5


def test_the_file_stands_alone():
    names = {}
    exec(program(), names)
    assert set(listing()) <= set(names)
    assert "tutor" not in program()


def test_a_function_that_is_stepped_through_fits_its_pane():
    lines = listing()["numerical_gradient"].lines
    assert max(map(len, lines)) <= 48
    assert inspect.getsource(RIGHT.numerical_gradient).splitlines() == list(lines)
