"""Softmax over the whole batch: figures.md F, and what its row sums say."""

import numpy as np
import pytest
from scipy import special

from tutor.pitfalls import Setting, find
from tutor.pitfalls.softmax import softmax_whole_batch

PITFALL = find("softmax-whole-batch")
wrong, right = PITFALL.wrong, PITFALL.right


def test_the_whole_array_sums_to_one_and_not_the_rows():
    x = np.random.default_rng(0).standard_normal((4, 3))
    before = x.copy()
    y = wrong(x)
    assert y.sum() == pytest.approx(1)
    np.testing.assert_allclose(y, special.softmax(x), rtol=1e-14)
    assert (y.sum(axis=1) < 0.9).all()
    np.testing.assert_allclose(right(x).sum(axis=1), 1)
    np.testing.assert_array_equal(x, before)


def test_for_one_sample_it_is_right():
    x = np.array([1.0, 2.0, 4.0])
    np.testing.assert_allclose(wrong(x), right(x), rtol=1e-15)


@pytest.mark.parametrize(
    ("batch_size", "figure"), [(1, 0), (2, 0.05), (3, 0.0667), (5, 0.08), (10, 0.09), (100, 0.099)]
)
def test_the_predicted_figures_are_those_of_the_list(batch_size, figure):
    setting = Setting(N=batch_size, K=10, D=3, H=4)
    assert PITFALL.predicted(setting) == pytest.approx(figure, abs=5e-5)
    assert PITFALL.measured(setting) == pytest.approx(figure, abs=1e-4)


def test_the_one_of_the_lessons_is_the_same():
    x = np.random.default_rng(1).standard_normal((5, 4))
    np.testing.assert_array_equal(softmax_whole_batch(x), wrong(x))
