"""The layers against closed forms and a complex step; none writes into what it is given."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from tutor.nets import Affine, Relu, Sigmoid, SoftmaxWithLoss

SIZES = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))


def complex_step(f, x):
    """Differentiate f, which takes complex arrays, with no subtraction at all."""
    grad = np.empty(x.shape)
    for idx in np.ndindex(x.shape):
        z = x.astype(complex)
        z[idx] += 1e-30j
        grad[idx] = f(z).imag / 1e-30
    return grad


def draw(data, shape, bound=3):
    return data.draw(hnp.arrays(np.float64, shape, elements=st.floats(-bound, bound)))


def unchanged(*arrays):
    return [(array, array.copy()) for array in arrays]


def check_unchanged(pairs):
    for array, before in pairs:
        np.testing.assert_array_equal(array, before)


@given(st.data(), SIZES)
def test_affine_and_its_three_gradients(data, sizes):
    n, d, m = sizes
    x, W, b, dout = (draw(data, shape) for shape in [(n, d), (d, m), m, (n, m)])
    pairs = unchanged(x, W, b, dout)
    layer = Affine(W, b)
    np.testing.assert_allclose(layer.forward(x), np.einsum("nd,dm->nm", x, W) + b, atol=1e-12)
    dx = layer.backward(dout)
    for grad, f, at in [
        (dx, lambda x: np.sum((x @ W + b) * dout), x),
        (layer.dW, lambda W: np.sum((x @ W + b) * dout), W),
        (layer.db, lambda b: np.sum((x @ W + b) * dout), b),
    ]:
        assert grad.shape == at.shape
        np.testing.assert_allclose(grad, complex_step(f, at), atol=1e-12)
    check_unchanged(pairs)


def test_affine_of_one_sample_is_a_batch_of_one():
    rng = np.random.default_rng(3)
    x, W, b, dout = (rng.standard_normal(s) for s in [4, (4, 3), 3, 3])
    one, batch = Affine(W, b), Affine(W, b)
    np.testing.assert_allclose(one.forward(x), batch.forward(x[None])[0], rtol=1e-14)
    dx = one.backward(dout)
    assert dx.shape == (4,)
    np.testing.assert_allclose(dx, batch.backward(dout[None])[0], rtol=1e-14)
    np.testing.assert_allclose(one.dW, np.outer(x, dout), rtol=1e-14)
    np.testing.assert_array_equal(one.db, dout)


def test_affine_keeps_the_arrays_it_was_given():
    W, b = np.ones((2, 2)), np.zeros(2)
    layer = Affine(W, b)
    W -= 0.5
    b += 1
    np.testing.assert_array_equal(layer.forward(np.ones(2)), [2, 2])


def test_relu_passes_what_is_above_zero_and_leaves_dout_alone():
    x = np.array([[-1.0, 0.0, 2.0], [3.0, -4.0, 1e-300]])
    dout = np.array([[5.0, 6.0, 7.0], [8.0, 9.0, 10.0]])
    pairs = unchanged(x, dout)
    layer = Relu()
    out = layer.forward(x)
    np.testing.assert_array_equal(out, [[0, 0, 2], [3, 0, 1e-300]])
    np.testing.assert_array_equal(layer.mask, [[1, 1, 0], [0, 1, 0]])
    dx = layer.backward(dout)
    np.testing.assert_array_equal(dx, [[0, 0, 7], [8, 0, 10]])
    check_unchanged(pairs)
    assert not np.shares_memory(out, x)
    assert not np.shares_memory(dx, dout)


def test_a_relu_backward_that_meets_inf_below_zero_gives_zero():
    layer = Relu()
    layer.forward(np.array([-1.0]))
    np.testing.assert_array_equal(layer.backward(np.array([np.inf])), [0])


@given(st.data(), hnp.array_shapes(max_dims=3, max_side=4))
def test_sigmoid_and_its_slope(data, shape):
    x, dout = draw(data, shape, 20), draw(data, shape)
    pairs = unchanged(x, dout)
    layer = Sigmoid()
    np.testing.assert_allclose(layer.forward(x), special.expit(x), rtol=1e-14)
    exact = complex_step(lambda z: np.sum(dout / (1 + np.exp(-z))), x)
    np.testing.assert_allclose(layer.backward(dout), exact, rtol=1e-6, atol=1e-14)
    check_unchanged(pairs)


def mean_loss(rows):
    """Take the cross-entropy of complex logits, no epsilon, as a formula of its own."""
    return lambda z: (
        np.sum(rows * (np.log(np.sum(np.exp(z), axis=-1, keepdims=True)) - z))
        / (1 if z.ndim == 1 else z.shape[0])
    )


@given(st.data(), st.integers(1, 5), st.integers(2, 5), st.booleans(), st.floats(-3, 3))
def test_softmax_with_loss_and_its_slope(data, n, k, as_labels, dout):
    x = draw(data, (n, k), 10)
    labels = data.draw(hnp.arrays(np.uint8, n, elements=st.integers(0, k - 1)))
    rows = np.eye(k)[labels]
    t = labels if as_labels else rows
    pairs = unchanged(x, t)
    layer = SoftmaxWithLoss()
    loss = layer.forward(x, t)
    assert loss == layer.loss
    right = special.softmax(x, axis=1)[np.arange(n), labels]
    np.testing.assert_allclose(loss, -np.log(right + 1e-7).mean(), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(layer.t, rows)
    np.testing.assert_allclose(layer.y, special.softmax(x, axis=1), rtol=1e-13)
    exact = dout * complex_step(mean_loss(rows), x)
    np.testing.assert_allclose(layer.backward(dout), exact, atol=1e-12)
    check_unchanged(pairs)


@pytest.mark.parametrize("t", [2, np.array([0, 0, 1])])
def test_one_sample_is_divided_by_one(t):
    x = np.array([0.3, 2.9, 4.0])
    layer = SoftmaxWithLoss()
    expected = -special.log_softmax(x)[2]
    assert layer.forward(x, t) == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(layer.backward(), special.softmax(x) - [0, 0, 1], rtol=1e-13)


def test_backward_without_an_argument_is_backward_of_one_and_repeats():
    layer = SoftmaxWithLoss()
    layer.forward(np.array([[1.0, 2.0]]), np.array([0]))
    np.testing.assert_array_equal(layer.backward(), layer.backward(1.0))
    np.testing.assert_array_equal(layer.backward(2.0), 2 * layer.backward())


def test_the_parts_of_the_last_layer_can_be_swapped():
    given_to_error = []

    def error(y, t):
        given_to_error.append((y, t))
        return 7.0

    layer = SoftmaxWithLoss(softmax=lambda a: a * 10, error=error)
    assert layer.forward(np.array([[0.5, 0.5]]), np.array([1])) == 7.0
    np.testing.assert_array_equal(given_to_error[0][0], [[5, 5]])
    np.testing.assert_array_equal(layer.backward(), [[5, 4]])


def test_targets_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="does not fit"):
        SoftmaxWithLoss().forward(np.ones((2, 3)), np.array([0, 1, 2]))


@pytest.mark.parametrize("layer", [Affine(np.eye(2), np.zeros(2)), Relu(), Sigmoid()])
def test_backward_before_forward_says_what_to_do(layer):
    with pytest.raises(AttributeError, match="after forward"):
        layer.backward(np.ones(2))


def test_a_layer_can_be_copied():
    layer = Affine(np.eye(2), np.zeros(2))
    twin = copy.deepcopy(layer)
    assert not np.shares_memory(twin.W, layer.W)
