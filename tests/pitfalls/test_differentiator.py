"""The copy that is perturbed in vain: figures.md A."""

import inspect

import numpy as np
import pytest

from tutor.nets import SimpleNet
from tutor.pitfalls import find

PITFALL = find("perturbs-a-copy")
x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])


def test_every_slope_is_exactly_zero_where_f_ignores_its_argument():
    net = SimpleNet(rng=0)
    losses = []

    def f(_):
        losses.append(net.loss(x, t))
        return losses[-1]

    wrong = PITFALL.wrong(f, net.W)
    assert wrong.shape == (2, 3)
    assert (wrong == 0).all()
    assert len(losses) == 12
    assert len(set(losses)) == 1
    assert (PITFALL.right(f, net.W) != 0).all()


def test_it_is_right_where_f_reads_its_argument():
    def f(W):
        return float(np.sum(np.sin(W)))

    W = np.random.default_rng(0).standard_normal((2, 3))
    before = W.copy()
    np.testing.assert_allclose(PITFALL.wrong(f, W), np.cos(W), atol=1e-8)
    np.testing.assert_array_equal(W, before)


def test_its_source_fits_the_pane():
    assert max(map(len, inspect.getsource(PITFALL.wrong).splitlines())) <= 48


def bowl(x):
    return float(np.sum(x**2))


@pytest.mark.parametrize("h", [1e-4, 1e-3])
def test_what_is_not_put_back_drifts_by_the_step(h):
    pitfall = find("no-restore")
    x = np.array([[3.0, 4.0], [0.5, -2.0]])
    before = x.copy()
    pitfall.wrong(bowl, x, h)
    np.testing.assert_allclose(x - before, -h, rtol=1e-9)


def test_what_is_not_put_back_bends_the_later_slopes():
    slopes = find("no-restore").wrong(lambda x: float(x[0] * x[1]), np.array([3.0, 4.0]))
    np.testing.assert_allclose(slopes, [4.0, 3.0 - 1e-4], atol=1e-9)


@pytest.mark.parametrize("h", [1e-2, 5e-3])
def test_a_forward_difference_is_off_by_half_the_curvature_times_h(h):
    pitfall = find("forward-difference")
    x = np.array([3.0, 0.0])
    np.testing.assert_allclose(pitfall.wrong(bowl, x, h) - 2 * x, h / 2 * 2.0, rtol=1e-9)
    np.testing.assert_array_equal(x, [3.0, 0.0])
