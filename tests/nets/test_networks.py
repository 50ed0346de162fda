"""The nets against formulas of their own, a complex step, and the figures others printed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from tutor.nets import (
    SigmoidTwoLayerNet,
    SimpleNet,
    SoftmaxWithLoss,
    TwoLayerNet,
    load_digits,
    numerical_gradient,
)

NETS = [SigmoidTwoLayerNet, TwoLayerNet]
SIZES = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(2, 5), st.integers(1, 4))


def formula(params, x, rows, hidden, epsilon):
    """Write the whole net down again, so that complex numbers pass through it."""
    z = hidden(x @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    y = np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)
    return -np.sum(rows * np.log(y + epsilon)) / len(x)


def complex_gradients(params, *arguments):
    grads = {}
    for key, value in params.items():
        grads[key] = np.empty(value.shape)
        for idx in np.ndindex(value.shape):
            moved = value.astype(complex)
            moved[idx] += 1e-30j
            grads[key][idx] = formula({**params, key: moved}, *arguments).imag / 1e-30
    return grads


def a_batch(seed, d, k, n):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), rng.integers(k, size=n)


def relu_of_complex(z):
    return np.where(z.real > 0, z, 0)


def sigmoid_of_complex(z):
    return 1 / (1 + np.exp(-z))


@settings(max_examples=40)
@given(SIZES, st.integers(0, 2**32), st.booleans())
def test_backprop_is_the_complex_step_in_every_entry(sizes, seed, as_labels):
    d, h, k, n = sizes
    x, labels = a_batch(seed, d, k, n)
    rows = np.eye(k)[labels]
    net = TwoLayerNet(d, h, k, rng=seed, std=1.0)
    grads = net.gradient(x, labels if as_labels else rows)
    # Backward leaves the epsilon out.
    exact = complex_gradients(net.params, x, rows, relu_of_complex, 0)
    assert list(grads) == ["W1", "b1", "W2", "b2"]
    for key, grad in grads.items():
        assert grad.shape == net.params[key].shape
        np.testing.assert_allclose(grad, exact[key], rtol=1e-9, atol=1e-12, err_msg=key)


@settings(max_examples=20)
@given(SIZES, st.integers(0, 2**32))
def test_the_sigmoid_nets_numerical_gradient_is_the_complex_step(sizes, seed):
    d, h, k, n = sizes
    x, labels = a_batch(seed, d, k, n)
    net = SigmoidTwoLayerNet(d, h, k, rng=seed, std=1.0)
    grads = net.numerical_gradient(x, labels)
    exact = complex_gradients(net.params, x, np.eye(k)[labels], sigmoid_of_complex, 1e-7)
    assert list(grads) == ["W1", "b1", "W2", "b2"]
    for key, grad in grads.items():
        np.testing.assert_allclose(grad, exact[key], rtol=1e-5, atol=1e-7, err_msg=key)


@pytest.mark.parametrize("cls", NETS)
def test_shapes_start_and_the_share_of_parameters(cls):
    net = cls(784, 100, 10, rng=0)
    shapes = [value.shape for value in net.params.values()]
    assert shapes == [(784, 100), (100,), (100, 10), (10,)]
    assert sum(value.size for value in net.params.values()) == 79_510
    assert net.params["W1"].std() == pytest.approx(0.01, rel=0.02)
    assert not net.params["b1"].any()
    assert not net.params["b2"].any()


@pytest.mark.parametrize("cls", NETS)
def test_a_seed_a_generator_and_std(cls):
    by_seed = cls(3, 4, 2, rng=5)
    by_generator = cls(3, 4, 2, rng=np.random.default_rng(5))
    wide = cls(3, 4, 2, rng=5, std=1.0)
    other = cls(3, 4, 2, rng=6)
    for key in ("W1", "W2"):
        np.testing.assert_array_equal(by_seed.params[key], by_generator.params[key])
        np.testing.assert_allclose(wide.params[key], 100 * by_seed.params[key])
        assert (by_seed.params[key] != other.params[key]).all()


def test_predict_and_loss_are_the_formula():
    x, labels = a_batch(1, 4, 3, 5)
    rows = np.eye(3)[labels]
    sigmoid_net = SigmoidTwoLayerNet(4, 6, 3, rng=2, std=1.0)
    p = sigmoid_net.params
    logits = special.expit(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
    np.testing.assert_allclose(sigmoid_net.predict(x), special.softmax(logits, axis=1))
    relu_net = TwoLayerNet(4, 6, 3, rng=2, std=1.0)
    for net, hidden in [(sigmoid_net, special.expit), (relu_net, relu_of_complex)]:
        expected = formula(net.params, x, rows, hidden, 1e-7)
        assert net.loss(x, labels) == pytest.approx(expected, rel=1e-12)
        assert net.loss(x, rows) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("cls", NETS)
@pytest.mark.parametrize("as_rows", [False, True])
def test_accuracy_is_the_share_of_right_answers(cls, as_rows):
    net = cls(2, 2, 2, rng=0)
    net.params["b2"][...] = [0.0, 1.0]
    net.params["W2"][...] = 0
    t = np.array([1, 0, 1, 1])
    x = np.ones((4, 2))
    assert net.accuracy(x, np.eye(2)[t] if as_rows else t) == 0.75
    assert net.accuracy(x[0], np.eye(2)[1] if as_rows else 1) == 1.0


def test_layers_and_params_share_their_buffers_through_an_update_in_place():
    x, t = a_batch(1, 4, 3, 5)
    net = TwoLayerNet(4, 6, 3, rng=2)
    for key, grad in net.gradient(x, t).items():
        net.params[key] -= 0.1 * grad
    assert list(net.layers) == ["Affine1", "Relu1", "Affine2"]
    assert net.layers["Affine1"].W is net.params["W1"]
    assert net.layers["Affine1"].b is net.params["b1"]
    assert net.layers["Affine2"].W is net.params["W2"]
    assert net.layers["Affine2"].b is net.params["b2"]


def test_a_numerical_gradient_leaves_the_parameters_bit_for_bit():
    x, t = a_batch(1, 3, 2, 2)
    for cls in NETS:
        net = cls(3, 2, 2, rng=4)
        before = {key: value.tobytes() for key, value in net.params.items()}
        net.numerical_gradient(x, t)
        assert {key: value.tobytes() for key, value in net.params.items()} == before


def test_a_last_layer_passed_in_is_the_one_that_runs():
    last_layer = SoftmaxWithLoss(error=lambda y, t: 3.0)
    net = TwoLayerNet(2, 2, 2, last_layer=last_layer)
    assert net.last_layer is last_layer
    assert net.loss(np.ones((1, 2)), np.array([0])) == 3.0


def test_a_simple_net_copies_its_weights_or_draws_2x3():
    W = np.ones((2, 3))
    net = SimpleNet(W)
    net.W += 1
    np.testing.assert_array_equal(W, np.ones((2, 3)))
    assert SimpleNet([[1, 2]]).W.dtype == np.float64
    drawn = SimpleNet(rng=1).W
    assert drawn.shape == (2, 3)
    np.testing.assert_array_equal(drawn, SimpleNet(rng=np.random.default_rng(1)).W)
    np.testing.assert_allclose(SimpleNet(rng=1, std=0.5).W, drawn / 2)


@pytest.mark.parametrize(("same", "fingerprint"), [(False, 1.40e-7), (True, 1.79e-7)])
def test_the_fingerprint_of_a_right_gradient_check(same, fingerprint):
    # pitfalls.md I10: the 1e-7 in the log is what parts b2's two gradients.
    (x, t), _ = load_digits()
    chosen = np.flatnonzero(t == 0)[:3] if same else np.arange(3)
    net = TwoLayerNet(64, 50, 10, rng=0)
    backprop = net.gradient(x[chosen], t[chosen])
    numerical = net.numerical_gradient(x[chosen], t[chosen])
    difference = {key: np.abs(backprop[key] - numerical[key]).mean() for key in backprop}
    assert difference["b2"] == pytest.approx(fingerprint, rel=0.02)
    assert max(difference[key] for key in ("W1", "b1", "W2")) < 1e-7
    assert np.abs(backprop["b2"]).mean() == pytest.approx(0.18 if same else 0.14, rel=0.02)


def test_a_right_net_learns_the_digits():
    (x, t), (x_test, t_test) = load_digits()
    rng = np.random.default_rng(0)
    net = TwoLayerNet(64, 50, 10, rng=rng)
    for _ in range(1000):
        chosen = rng.choice(len(x), 100)
        for key, grad in net.gradient(x[chosen], t[chosen]).items():
            net.params[key] -= 0.1 * grad
    assert net.accuracy(x, t) > 0.95
    assert net.accuracy(x_test, t_test) > 0.85


def test_numerical_gradient_of_a_batch_of_the_simple_net():
    rng = np.random.default_rng(0)
    net, x, t = SimpleNet(rng=rng), rng.standard_normal((4, 2)), np.array([0, 1, 2, 0])
    y = special.softmax(x @ net.W, axis=1)
    right = y[np.arange(4), t][:, None]
    exact = x.T @ ((y - np.eye(3)[t]) * right / (right + 1e-7)) / 4
    numerical = numerical_gradient(lambda _: net.loss(x, t), net.W)
    np.testing.assert_allclose(numerical, exact, atol=1e-8)
