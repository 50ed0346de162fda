"""The differentiator against closed forms, scipy and a complex step."""

import inspect
import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize

from tutor.nets import gradient_descent, numerical_gradient

SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=4)


def bowl(x):
    return np.sum(x**2)


@pytest.mark.parametrize(("at", "slope"), [((3, 4), (6, 8)), ((0, 2), (0, 4)), ((3, 0), (6, 0))])
def test_the_slopes_of_the_bowl(at, slope):
    np.testing.assert_allclose(numerical_gradient(bowl, np.array(at, float)), slope, atol=1e-9)


@given(st.data(), SHAPES)
def test_any_shape_against_the_closed_form_and_x_is_put_back_bit_for_bit(data, shape):
    numbers = st.floats(-3, 3)
    x = data.draw(hnp.arrays(np.float64, shape, elements=numbers))
    weights = data.draw(hnp.arrays(np.float64, shape, elements=numbers))
    before = x.copy()
    grad = numerical_gradient(lambda x: np.sum(weights * np.sin(x)), x)
    assert grad.shape == shape
    np.testing.assert_allclose(grad, weights * np.cos(before), atol=1e-6)
    assert x.tobytes() == before.tobytes()


def coupled(x):
    return np.exp(x[0] * x[1]) + x[1] ** 3 * np.sin(x[2]) + x[0] / x[2]


@given(hnp.arrays(np.float64, 3, elements=st.floats(0.5, 2)))
def test_it_agrees_with_a_complex_step_and_with_scipy(x):
    steps = x + 1e-30j * np.eye(3)
    exact = np.array([coupled(step).imag / 1e-30 for step in steps])
    grad = numerical_gradient(coupled, x)
    np.testing.assert_allclose(grad, exact, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(grad, optimize.approx_fprime(x, coupled), rtol=1e-4, atol=1e-4)


def test_it_is_central_so_halving_h_quarters_the_error():
    x = np.array([1.0])
    errors = [numerical_gradient(lambda x: np.exp(x[0]), x, h)[0] - np.e for h in (2e-2, 1e-2)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=1e-3)
    assert errors[1] == pytest.approx(1e-4 / 6 * np.e, rel=1e-3)


def test_it_asks_twice_for_each_element_with_only_that_one_moved():
    x = np.array([[1.0, 2.0], [4.0, 8.0]])
    seen = []
    numerical_gradient(lambda x: seen.append(x.copy()) or 0.0, x, h=0.5)
    moves = [step * unit for unit in np.eye(4) for step in (0.5, -0.5)]
    np.testing.assert_array_equal(np.array(seen).reshape(8, 4) - x.ravel(), moves)


@pytest.mark.parametrize(
    "view",
    [lambda a: a.T, lambda a: a[::2, 1:], lambda a: a[1], np.asfortranarray, lambda a: a[::-1]],
)
def test_views_and_other_orders_in_memory(view):
    base = np.arange(12.0).reshape(4, 3)
    x = view(base)
    before = base.copy()
    np.testing.assert_allclose(numerical_gradient(bowl, x), 2 * x, rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(base, before)


def test_a_function_that_reads_the_same_buffer_elsewhere_sees_the_step():
    W = np.array([[1.0, 2.0]])
    np.testing.assert_allclose(numerical_gradient(lambda _: bowl(W), W), [[2, 4]], rtol=1e-9)
    np.testing.assert_array_equal(numerical_gradient(lambda _: bowl(W), W.copy()), [[0, 0]])


def test_float32_is_differentiated_in_float32():
    x = np.array([1.0, 2.0], dtype=np.float32)
    grad = numerical_gradient(bowl, x, h=1e-2)
    assert grad.dtype == np.float32
    np.testing.assert_allclose(grad, [2, 4], rtol=1e-3)


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, bool, complex, object])
def test_what_cannot_hold_a_small_step_is_refused_untouched(dtype):
    x = np.array([3, 4]).astype(dtype)
    with pytest.raises(TypeError, match="x \\+ h cannot be stored"):
        numerical_gradient(bowl, x)
    np.testing.assert_array_equal(x, np.array([3, 4]).astype(dtype))


def test_a_list_and_an_empty_array_are_refused():
    with pytest.raises(TypeError, match="x is a list"):
        numerical_gradient(bowl, [3.0, 4.0])
    with pytest.raises(ValueError, match="no element"):
        numerical_gradient(bowl, np.empty((0, 3)))


def test_an_exception_of_f_comes_through():
    def refuses(_):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        numerical_gradient(refuses, np.ones(2))


def test_its_source_fits_the_pane_and_uses_the_names_of_the_book():
    lines = textwrap.dedent(inspect.getsource(numerical_gradient)).splitlines()
    assert max(map(len, lines)) <= 48
    assert {"idx", "tmp_val", "fxh1", "fxh2", "grad", "it"} <= set(
        inspect.unwrap(numerical_gradient).__code__.co_varnames
    )


@pytest.mark.parametrize(
    ("lr", "end"),
    [
        (0.1, [-6.11110793e-10, 8.14814391e-10]),
        (10.0, [-2.58983747e13, -1.29524862e12]),
        (1e-10, [-2.99999994, 3.99999992]),
    ],
)
def test_the_three_descents_from_the_book(lr, end):
    init_x = np.array([-3.0, 4.0])
    x, history = gradient_descent(bowl, init_x, lr=lr)
    np.testing.assert_allclose(x, end, rtol=5e-9)
    np.testing.assert_array_equal(init_x, [-3.0, 4.0])
    np.testing.assert_array_equal(history[0], init_x)
    np.testing.assert_array_equal(history[-1], x)
    assert history.shape == (101, 2)
    assert not np.shares_memory(history, x)


def test_the_size_of_h_stops_the_divergence_after_ten_steps():
    _, history = gradient_descent(bowl, np.array([-3.0, 4.0]), lr=10)
    np.testing.assert_allclose(history[9], [9.45170863e11, -1.29524862e12], rtol=5e-9)
    assert (history[10] != history[9]).any()
    assert (history[10:] == history[10]).all()


@given(hnp.arrays(np.float64, SHAPES, elements=st.floats(-5, 5)), st.integers(0, 5))
def test_each_step_shrinks_the_bowl_by_one_minus_two_lr(init_x, steps):
    _, history = gradient_descent(bowl, init_x, lr=0.1, step_num=steps)
    factors = 0.8 ** np.arange(steps + 1).reshape(-1, *(1,) * init_x.ndim)
    np.testing.assert_allclose(history, factors * init_x, rtol=1e-5, atol=1e-6)


def test_a_descent_refuses_integers_and_a_negative_number_of_steps():
    with pytest.raises(TypeError, match="int64"):
        gradient_descent(bowl, np.array([-3, 4]))
    with pytest.raises(ValueError, match="step_num is -1"):
        gradient_descent(bowl, np.array([-3.0, 4.0]), step_num=-1)
