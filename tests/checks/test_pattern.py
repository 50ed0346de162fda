from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.checks import Kind, pattern

RNG = np.random.default_rng(0)
NUM = RNG.standard_normal((6, 6))
W = RNG.standard_normal((6, 6))


def masked():
    bp = NUM.copy()
    bp[2] = 0
    return bp


def one_off():
    bp = NUM.copy()
    bp[1, 4] *= 1.1
    return bp


@pytest.mark.parametrize(
    ("bp", "kind"),
    [
        (NUM, Kind.AGREES),
        (NUM * (1 + 1e-6), Kind.AGREES),
        (-NUM, Kind.SIGN),
        (NUM / 10, Kind.CONSTANT_RATIO),
        (masked(), Kind.ZERO_IN_BP),
        (np.zeros_like(NUM), Kind.ZERO_IN_BP),
        (NUM.T, Kind.TRANSPOSED),
        (NUM[::-1], Kind.PERMUTED),
        (NUM + 0.3 * W, Kind.PROPORTIONAL),
        (np.full_like(NUM, NUM.sum()), Kind.UNIFORM),
        (one_off(), Kind.SPARSE),
        (NUM**3, Kind.NONE),
    ],
)
def test_a_pattern_is_recognised(bp, kind):
    assert pattern(bp, NUM, W).kind is kind


@given(st.floats(0.001, 1000), st.integers(0, 1000))
def test_a_ratio_is_measured_with_its_spread(value, seed):
    num = np.random.default_rng(seed).standard_normal(20)
    found = pattern(value * num, num)
    if abs(value - 1) > 1e-3:
        assert found.kind is Kind.CONSTANT_RATIO
        assert found.value == pytest.approx(value)
        assert found.spread < 1e-9 * value


def test_the_other_figures():
    assert pattern(NUM + 0.3 * W, NUM, W).value == pytest.approx(0.3)
    assert pattern(NUM + 0.3 * W, NUM, W).r2 == pytest.approx(1)
    assert pattern(masked(), NUM).share == pytest.approx(1 / 6)
    assert pattern(one_off(), NUM).share == pytest.approx(1 / 36)
    assert pattern(np.full(5, 2.5), np.arange(5.0)).value == 2.5


def test_no_slope_where_backprop_has_one():
    assert pattern(NUM, np.zeros_like(NUM)).kind is Kind.ZERO_IN_NUM
    assert pattern(NUM, masked()).kind is Kind.ZERO_IN_NUM


def test_the_gradient_of_another_array():
    other = RNG.standard_normal((6, 6))
    found = pattern(other, NUM, others={"W1": W, "W3": NUM})
    assert (found.kind, found.other) == (Kind.SWAPPED, "W3")


def test_a_whole_batch_softmax_is_no_constant_ratio():
    # 1/N where t is 0, something else where it is 1.
    y, t = np.full(10, 0.1), np.eye(10)[3]
    assert pattern((y - t) / 5, y - t / 5).kind is Kind.NONE


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"bp has shape \(2,\), but num has shape \(3,\)"):
        pattern(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="param has shape"):
        pattern(np.ones(2), np.ones(2), np.ones(3))


@pytest.mark.parametrize(
    ("bp", "words"),
    [
        (-NUM, "the slope with the other sign"),
        (NUM * 100, "100 times the slope everywhere"),
        (masked(), "0 in 17% of the entries"),
        (NUM + 0.3 * W, "0.3 times the parameter itself"),
        (NUM.T, "transposed"),
    ],
)
def test_a_pattern_says_itself(bp, words):
    assert words in str(pattern(bp, NUM, W))
