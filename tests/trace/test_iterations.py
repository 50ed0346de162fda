"""The table of iterations, against loops written out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.trace import corpus
from tests.trace.corpus import CASES, matrix, point, skew
from tutor.nets.gradient import numerical_gradient
from tutor.nets.networks import SigmoidTwoLayerNet, TwoLayerNet
from tutor.trace import Recorder, record

CENTRAL = {
    "book_nditer": (matrix, 1e-4),
    "range_size": (point, 1e-4),
    "ndindex": (matrix, 1e-5),
    "nested_i_j": (matrix, 1e-4),
}


def by_hand(f, x, h):
    rows = []
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] = x[index] + h
        up = f(moved)
        moved[index] = x[index] - h
        down = f(moved)
        rows.append((index, up, down, (up - down) / (2 * h)))
    return rows


@pytest.mark.parametrize("name", CENTRAL)
def test_central_differences_of_every_style_give_the_same_table(name):
    build, h = CENTRAL[name]
    table = record(CASES[name].traced, skew, build()).iterations
    rows = by_hand(skew, build(), h)
    assert [tuple(idx) for idx in table["idx"]] == [row[0] for row in rows]
    for column, place in (("fxh1", 1), ("fxh2", 2), ("grad", 3)):
        np.testing.assert_array_equal(table[column], [row[place] for row in rows])
    assert (table["call"] == 0).all()


@pytest.mark.parametrize("name", ["flat_ravel", "flat_reshape"])
def test_a_flat_view_gives_flat_indices(name):
    table = record(CASES[name].traced, skew, matrix()).iterations
    rows = by_hand(skew, matrix(), 1e-4)
    assert [tuple(idx) for idx in table["idx"]] == [(k,) for k in range(6)]
    np.testing.assert_allclose(table["fxh1"], [row[1] for row in rows], rtol=1e-14)
    np.testing.assert_allclose(table["fxh2"], [row[2] for row in rows], rtol=1e-14)


def test_rows_as_views_give_their_two_values_of_f_for_each_element():
    table = record(corpus.row_views, skew, matrix()).iterations
    rows = by_hand(skew, matrix(), 1e-4)
    assert len(table) == 6
    np.testing.assert_allclose(table["fxh1"], [row[1] for row in rows], rtol=1e-14)
    np.testing.assert_allclose(table["grad"], [row[3] for row in rows], rtol=1e-9)


def test_a_forward_difference_has_no_second_value():
    table = record(corpus.forward_difference, skew, point()).iterations
    assert np.isnan(table["fxh2"]).all()
    f0 = skew(point())
    expected = [row[1] for row in by_hand(skew, point(), 1e-4)]
    np.testing.assert_array_equal(table["fxh1"], expected)
    np.testing.assert_array_equal(table["grad"], (np.array(expected) - f0) / 1e-4)


def test_an_integer_array_shows_its_truncated_slopes():
    recording = record(corpus.range_size, lambda x: np.sum(x**2), np.array([3, 4]))
    assert recording.result.tolist() == [25000, 35000]  # figures.md D
    assert recording.iterations["grad"].tolist() == [25000, 35000]
    assert [w["new"] for w in recording.writes() if w["name"] == "x"] == [3, 2, 3, 4, 3, 4]


def test_a_return_too_early_leaves_one_iteration():
    def early(f, x):
        grad = np.zeros_like(x)
        for i in range(x.size):
            old = x[i]
            x[i] = old + 1e-4
            up = f(x)
            x[i] = old - 1e-4
            grad[i] = (up - f(x)) / 2e-4
            x[i] = old
            return grad
        return None

    table = record(early, skew, point()).iterations
    assert len(table) == 1
    assert not np.isnan(table["fxh2"]).any()


def test_an_unfinished_iteration_has_no_second_value_and_no_slope():
    recording = record(corpus.fails_in_f, corpus.Sulky(3), point())
    last = recording.iterations[-1]
    assert last["idx"].tolist() == [1]
    assert np.isnan(last["fxh2"])
    assert np.isnan(last["grad"])


def test_a_function_that_perturbs_nothing_has_steps_and_no_iterations():
    recording = record(corpus.branches, 7)
    assert len(recording) > 10
    assert len(recording.iterations) == 0


@pytest.mark.parametrize("wrap", [np.array, lambda v: np.array([v])], ids=["0-d", "one"])
def test_values_of_f_that_are_arrays_of_one_number_count(wrap):
    def twice(f, x):
        total = np.zeros(x.size)
        for i in range(x.size):
            x[i] += 1.0
            up = f(x)
            x[i] -= 1.0
            total[i] = np.sum(up)
        return total

    table = record(twice, lambda x: wrap(skew(x)), point()).iterations
    assert table["fxh1"].tolist() == [row[1] for row in by_hand(skew, point(), 1.0)]


def test_a_loss_reached_through_an_attribute_counts():
    class Model:
        loss = staticmethod(skew)

    class Holder:
        model = Model()

        def gradient(self, x):
            grad = np.zeros_like(x)
            for i in range(x.size):
                old = x[i]
                x[i] = old + 1e-4
                up = self.model.loss(x)
                x[i] = old - 1e-4
                down = self.model.loss(x)
                grad[i] = (up - down) / 2e-4
                x[i] = old
            return grad

    table = record(Holder().gradient, point()).iterations
    assert table["fxh1"].tolist() == [row[1] for row in by_hand(skew, point(), 1e-4)]


def test_values_of_f_count_where_the_target_calls_something_too():
    def unravelled(f, x):
        grad = np.zeros_like(x)
        for i in range(x.size):
            x[np.unravel_index(i, x.shape)] += 1e-4
            grad[np.unravel_index(i, x.shape)] = f(x) * 2
            x[np.unravel_index(i, x.shape)] -= 1e-4
        return grad

    table = record(unravelled, skew, matrix()).iterations
    expected = [row[1] for row in by_hand(skew, matrix(), 1e-4)]
    np.testing.assert_allclose(table["fxh1"], expected, rtol=1e-12)
    assert table["idx"].tolist() == [list(i) for i in np.ndindex(2, 3)]


def test_a_test_that_calls_something_makes_no_pass_of_its_own():
    def more(i):
        return i < 3

    def counted(f, x):
        i = 0
        while more(i):
            x[i] += 1
            y = f(x)
            i += 1
        return y

    recording = record(counted, skew, point())
    assert recording.passes == 3
    assert recording.state(len(recording) - 2).iteration is None


def test_a_single_number_has_one_iteration_without_index():
    recording = record(CASES["a_single_number_array"].traced, corpus.bowl, np.array(3.0))
    assert recording.iterations["grad"] == pytest.approx([6.0])


@pytest.mark.parametrize("Net", [TwoLayerNet, SigmoidTwoLayerNet])
def test_a_net_of_two_layers_makes_four_calls(Net):
    rng = np.random.default_rng(5)
    net, x, t = Net(4, 3, 2, rng=1, std=0.5), rng.random((5, 4)), np.array([0, 1, 1, 0, 1])
    before = {key: value.copy() for key, value in net.params.items()}
    recording = Recorder(numerical_gradient).run(net.numerical_gradient, x, t)
    table = recording.iterations
    assert [int((table["call"] == c).sum()) for c in range(4)] == [12, 3, 6, 2]
    for call, (key, value) in enumerate(net.params.items()):
        mine = table[table["call"] == call]
        np.testing.assert_array_equal(mine["grad"], recording.result[key].ravel())
        np.testing.assert_array_equal(value, before[key])
        for row, index in zip(mine, np.ndindex(value.shape), strict=True):
            assert tuple(row["idx"][: value.ndim]) == index
            assert (row["idx"][value.ndim :] == -1).all()
            value[index] += 1e-4
            assert row["fxh1"] == net.loss(x, t)
            value[index] = before[key][index] - 1e-4
            assert row["fxh2"] == net.loss(x, t)
            value[index] = before[key][index]


def test_each_call_begins_with_its_own_names():
    net = TwoLayerNet(2, 2, 2, rng=1)
    recording = Recorder(numerical_gradient).run(
        net.numerical_gradient, np.ones((1, 2)), np.array([1])
    )
    seen = {recording.state(s).call for s in range(len(recording))}
    assert seen == {0, 1, 2, 3}
    for step in range(1, len(recording)):
        if recording.call_of(step) != recording.call_of(step - 1):
            assert set(recording.state(step).names) == {"f", "x", "h"}


def test_the_iterations_cover_their_steps_without_overlap():
    recording = record(corpus.nested_i_j, skew, matrix())
    end = -1
    for number in range(recording.passes):
        start = recording.iteration_start(number)
        assert start > end
        end = recording.iteration_end(number)
        assert {recording.iteration_of(s) for s in range(start, end + 1)} == {number}
        assert recording.source.line(recording.state(start).line).strip().startswith("for j")
