"""The functions against scipy, closed forms, and what the book's formula promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from tutor.nets import cross_entropy_error, one_hot, relu, sigmoid, softmax

SHAPES = hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=7)
ANY_SHAPE = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
LOGITS = hnp.arrays(np.float64, SHAPES, elements=st.floats(-1e4, 1e4))
NUMBERS = hnp.arrays(np.float64, ANY_SHAPE, elements=st.floats(-1e4, 1e4))
DTYPES = st.sampled_from(["f4", "f8", "i1", "i8", "u1"])


@given(LOGITS)
def test_softmax_is_scipys_row_by_row(x):
    before = x.copy()
    y = softmax(x)
    np.testing.assert_allclose(y, special.softmax(x, axis=-1), rtol=1e-12, atol=1e-300)
    np.testing.assert_array_equal(x, before)
    assert y is not x


@given(LOGITS, st.floats(-1e4, 1e4))
def test_a_constant_added_to_the_logits_changes_nothing(x, c):
    np.testing.assert_allclose(softmax(x + c), softmax(x), rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1010.0, 1000.0, 990.0], [9.99954600070331e-01, 4.53978686e-05, 2.06106005e-09]),
        ([-1e308, 0.0], [0.0, 1.0]),
        ([[2000.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.5, 0.5]]),
        ([[np.log(1.0), np.log(3.0)], [5.0, 5.0]], [[0.25, 0.75], [0.5, 0.5]]),
    ],
)
def test_softmax_of_large_logits_stays_finite(x, y):
    np.testing.assert_allclose(softmax(np.array(x)), y, rtol=1e-8)


def test_a_row_far_below_another_keeps_its_own_maximum():
    y = softmax(np.array([[1000.0, 1001.0], [0.0, 1.0]]))
    np.testing.assert_allclose(y, [[1 / (1 + np.e), np.e / (1 + np.e)]] * 2, rtol=1e-14)


@given(hnp.arrays(DTYPES, SHAPES))
def test_softmax_of_any_dtype_is_that_of_the_same_floats(x):
    if x.dtype.kind == "f":
        x = np.nan_to_num(x, posinf=0.0, neginf=0.0)
        x = np.clip(x, -50, 50)
        assert softmax(x).dtype == x.dtype
        return
    np.testing.assert_allclose(softmax(x), special.softmax(x.astype(float), axis=-1), rtol=1e-12)


def test_sigmoid_is_scipys_expit():
    x = np.linspace(-800, 800, 4001)
    np.testing.assert_allclose(sigmoid(x), special.expit(x), rtol=1e-14, atol=1e-305)


def test_sigmoid_keeps_its_digits_far_to_the_left():
    np.testing.assert_allclose(sigmoid(np.array([-700.0, -50.0])), np.exp([-700.0, -50.0]))


@given(NUMBERS)
def test_sigmoid_of_x_and_of_minus_x_sum_to_one(x):
    before = x.copy()
    y = sigmoid(x)
    assert np.shape(y) == x.shape
    np.testing.assert_allclose(y + sigmoid(-x), 1, rtol=1e-15)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("function", [sigmoid, relu, softmax])
def test_float32_stays_float32(function):
    assert function(np.array([[-1.0, 2.0]], dtype=np.float32)).dtype == np.float32


def test_unsigned_integers_do_not_wrap_around():
    x = np.array([0, 3, 255], dtype=np.uint8)
    np.testing.assert_allclose(sigmoid(x), special.expit([0.0, 3.0, 255.0]))
    np.testing.assert_allclose(softmax(x), [0.0, 0.0, 1.0], atol=1e-100)


@given(NUMBERS)
def test_relu_is_half_of_x_and_its_absolute_value(x):
    before = x.copy()
    np.testing.assert_array_equal(relu(x), (x + np.abs(x)) / 2)
    np.testing.assert_array_equal(x, before)


@st.composite
def batches(draw):
    n, k = draw(st.integers(1, 6)), draw(st.integers(2, 6))
    x = draw(hnp.arrays(np.float64, (n, k), elements=st.floats(-30, 30)))
    return x, draw(hnp.arrays(np.int64, n, elements=st.integers(0, k - 1)))


@given(batches())
def test_without_epsilon_it_is_scipys_log_softmax(batch):
    x, t = batch
    expected = -special.log_softmax(x, axis=1)[np.arange(len(t)), t].mean()
    np.testing.assert_allclose(
        cross_entropy_error(special.softmax(x, axis=1), t, epsilon=0),
        expected,
        rtol=1e-9,
        atol=1e-14,
    )


@given(batches())
def test_labels_and_one_hot_rows_give_one_loss_and_doubling_the_batch_keeps_it(batch):
    x, t = batch
    y = special.softmax(x, axis=1)
    rows = np.eye(x.shape[1])[t]
    loss = cross_entropy_error(y, t)
    np.testing.assert_allclose(cross_entropy_error(y, rows), loss, rtol=1e-13, atol=1e-16)
    doubled = cross_entropy_error(np.vstack([y, y]), np.concatenate([t, t]))
    np.testing.assert_allclose(doubled, loss, rtol=1e-13, atol=1e-16)


@given(batches())
def test_one_sample_alone_is_a_batch_of_one(batch):
    x, t = batch
    y = special.softmax(x[0])
    expected = -np.log(y[t[0]] + 1e-7)
    label, row = int(t[0]), np.eye(x.shape[1])[t[0]]
    for target in (label, np.int64(label), row):
        loss = cross_entropy_error(y, target)
        assert type(loss) is float
        np.testing.assert_allclose(loss, expected, rtol=1e-14)
    np.testing.assert_allclose(cross_entropy_error(y[None], t[:1]), expected, rtol=1e-14)


def test_the_loss_of_two_known_rows():
    y = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
    expected = (np.log(2) - np.log(0.8)) / 2
    assert cross_entropy_error(y, [0, 2], epsilon=0) == pytest.approx(expected, rel=1e-15)


def test_the_epsilon_is_added_to_y_and_can_be_named():
    assert cross_entropy_error([0.0, 1.0], 0) == pytest.approx(16.11809565095832, rel=1e-15)
    assert cross_entropy_error([0.0, 1.0], 0, epsilon=1e-3) == pytest.approx(3 * np.log(10))


def test_a_batch_with_as_many_classes_as_samples_is_not_mistaken_for_one_hot():
    y = np.array([[0.9, 0.1], [0.2, 0.8]])
    expected = -(np.log(0.1) + np.log(0.8)) / 2
    assert cross_entropy_error(y, [1, 1], epsilon=0) == pytest.approx(expected)


def test_soft_targets_are_weights():
    expected = -(0.25 * np.log(0.5) + 0.75 * np.log(0.5))
    assert cross_entropy_error([0.5, 0.5], [0.25, 0.75], epsilon=0) == pytest.approx(expected)


def test_nothing_is_written_into_y_or_t():
    y, t = np.array([[0.25, 0.75]]), np.array([[0, 1]])
    cross_entropy_error(y, t)
    np.testing.assert_array_equal(y, [[0.25, 0.75]])
    np.testing.assert_array_equal(t, [[0, 1]])


@pytest.mark.parametrize(
    ("y", "t", "error", "says"),
    [
        (np.ones((2, 3)), [0, 1, 2], ValueError, r"\(3,\) and does not fit y of shape \(2, 3\)"),
        (np.ones((10, 10)), np.ones(10), TypeError, "whole numbers"),
        (np.ones(3), 2.0, TypeError, "whole numbers"),
        (np.ones(3), 3, ValueError, "3 classes"),
        (np.ones((1, 3)), [-1], ValueError, "from -1 to -1"),
        (np.ones((0, 3)), np.ones(0, int), ValueError, "at least one sample"),
        (np.ones((1, 2, 3)), [[1, 1]], ValueError, r"\(N, K\) for a batch"),
    ],
)
def test_targets_that_do_not_fit_are_refused(y, t, error, says):
    with pytest.raises(error, match=says):
        cross_entropy_error(y, t)


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=0, max_dims=3), elements=st.integers(0, 4)))
def test_one_hot_rows_have_their_one_at_the_label(t):
    rows = one_hot(t, 5)
    assert rows.shape == (*t.shape, 5)
    assert rows.dtype == np.float64
    np.testing.assert_array_equal(rows, np.eye(5)[t])


def test_a_label_that_is_no_class_has_no_row():
    with pytest.raises(ValueError, match="10 classes"):
        one_hot([3, 10], 10)
