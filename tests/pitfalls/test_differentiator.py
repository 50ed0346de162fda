"""The copy that is perturbed in vain: figures.md A."""

import inspect
import math

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
    assert (wrong == PITFALL.signature(losses[0])).all()
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


def test_the_prediction():
    assert PITFALL.signature(2.0620146712373737) == 0
    assert math.isnan(PITFALL.signature(math.inf))


def test_integers_are_refused_as_the_right_one_refuses_them():
    with pytest.raises(TypeError, match="int64"):
        PITFALL.wrong(np.sum, np.array([3, 4]))


def test_its_source_fits_the_pane():
    assert max(map(len, inspect.getsource(PITFALL.wrong).splitlines())) <= 48
