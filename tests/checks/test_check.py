"""Gradients held beside the loss: right ones pass, wrong ones are named, and nothing is guessed."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.faults import FAULTS, one_wrong_entry, right
from tests.checks.nets import ONE_ENTRY, any_net, build
from tutor.checks import InPlace, Kind, Outcome, check_gradients, full_gradient
from tutor.nets import Relu, Sigmoid

BOOK = (784, 50, 10)
SMALL = (20, 8, 5)


def outcomes(result):
    return [one.outcome for one in result]


# -- right gradients ------------------------------------------------------------------------------


@given(st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_a_right_net_is_not_accused(seed):
    net = any_net(seed)
    result = check_gradients(net.loss, net.params, net.gradient(), seed=seed)
    assert not result.wrong, f"{net.kind}\n{result}"


def test_none_of_two_hundred_right_nets_is_accused():
    accused = []
    for seed in range(200):
        net = any_net(seed)
        result = check_gradients(net.loss, net.params, net.gradient(), seed=seed)
        accused += [f"{net.kind}\n{result}"] if result.wrong else []
    assert accused == []


@pytest.mark.slow
def test_none_of_five_thousand_right_nets_is_accused():
    for seed in range(1000, 6000):
        net = any_net(seed)
        result = check_gradients(net.loss, net.params, net.gradient(), seed=seed)
        assert not result.wrong, f"{seed} {net.kind}\n{result}"


@pytest.mark.parametrize("seed", range(20))
def test_the_net_of_the_book_passes_in_tens_of_passes_kinks_and_all(seed):
    case = right(BOOK, 100, seed)
    result = check_gradients(case.net.loss, case.net.params, case.grads, seed=seed)
    assert result.agrees, str(result)
    assert result.passes <= 10 + 4 * 6


def test_without_kinks_it_passes_in_ten():
    net = build(1, BOOK, 100, activation=Sigmoid)
    result = check_gradients(net.loss, net.params, net.gradient())
    assert result.agrees
    assert result.passes == 10


def test_the_slope_it_reports_is_that_of_a_closed_form():
    # f = sum(W**3): a direction v gives 3 * sum(W**2 * v), which a right gradient says as well.
    W = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]])
    result = check_gradients(lambda: float(np.sum(W**3)), {"W": W}, {"W": 3 * W**2})
    (one,) = result
    assert one.outcome is Outcome.AGREES
    assert one.num == pytest.approx(one.bp, rel=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_what_it_measures_is_the_full_central_difference(seed):
    net = build(seed, (6, 5, 4), 3, std=0.5, activation=Sigmoid)
    grads = {name: grad + 0.1 for name, grad in net.gradient().items()}
    result = check_gradients(net.loss, net.params, grads, seed=seed)
    for one in result:
        num = full_gradient(net.loss, net.params, one.name)
        assert one.outcome is Outcome.WRONG
        for entry in one.entries:
            assert entry.num == pytest.approx(num[entry.index], abs=1e-7)
            assert entry.bp == grads[one.name][entry.index]


# -- wrong gradients ------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", [Relu, Sigmoid])
def test_one_entry_ten_percent_off_is_named_in_twenty_of_twenty(activation):
    for seed in range(20):
        net = build(seed, BOOK, 100, activation=activation)
        grads, rng = net.gradient(), np.random.default_rng(seed)
        there = np.argwhere(np.abs(grads["W1"]) > np.abs(grads["W1"]).max() / 30)
        index = tuple(int(i) for i in rng.choice(there))
        slope = grads["W1"][index]
        grads["W1"][index] *= 1.1
        result = check_gradients(net.loss, net.params, grads, seed=seed)
        (one,) = result.wrong
        assert (one.name, one.worst.index, one.complete) == ("W1", index, True)
        assert one.worst.num == pytest.approx(slope, rel=1e-3)
        assert result.passes <= 100
        assert f"({index[0]}, {index[1]})" in str(one)


@pytest.mark.slow
@pytest.mark.parametrize("change", list(ONE_ENTRY.values()), ids=list(ONE_ENTRY))
def test_one_wrong_entry_of_any_net_is_named(change):
    named, seeds = 0, range(200)
    for seed in seeds:
        net = any_net(seed, ("exact", "squared"))
        grads = net.gradient()
        name, index = change(grads, np.random.default_rng(seed))
        wrong = check_gradients(net.loss, net.params, grads, seed=seed).wrong
        named += [(one.name, one.worst.index) for one in wrong] == [(name, index)]
    assert named >= 0.98 * len(seeds)


@pytest.mark.parametrize("entries", [2, 3])
def test_several_wrong_entries_are_named_one_by_one(entries):
    net = build(3, (60, 30, 10), 20, activation=Sigmoid, std=0.1)
    grads, rng = net.gradient(), np.random.default_rng(1)
    places = [tuple(rng.integers((60, 30)).tolist()) for _ in range(entries)]
    for place in places:
        grads["W1"][place] *= -1
    (one,) = check_gradients(net.loss, net.params, grads).wrong
    assert one.complete
    assert {entry.index for entry in one.entries} == set(places)


def test_two_equally_wrong_biases_do_not_cancel():
    # With signs alone every second direction would miss them: their gradients sum to 0.
    for seed in range(40):
        net = build(seed, (3, 2), 4, std=0.3)
        grads = net.gradient()
        grads["b1"] *= 3
        result = check_gradients(net.loss, net.params, grads, seed=seed)
        assert [one.name for one in result.wrong] == ["b1"]


@pytest.mark.parametrize("make", FAULTS)
@pytest.mark.parametrize(("sizes", "batch"), [(SMALL, 7), (BOOK, 100)])
def test_a_learners_fault_is_found_where_it_is_and_nowhere_else(make, sizes, batch):
    case = make(sizes, batch, 3)
    result = check_gradients(case.net.loss, case.net.params, case.grads)
    assert tuple(one.name for one in result.wrong) == case.wrong
    assert not result.agrees
    if case.index:
        assert result.wrong[0].worst.index == case.index


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("missing_division", Kind.CONSTANT_RATIO, 7),
        ("mean_for_db", Kind.CONSTANT_RATIO, 1 / 7),
        ("transposed", Kind.TRANSPOSED, np.nan),
        ("whole_batch_softmax", Kind.NONE, np.nan),
    ],
)
def test_the_pattern_of_a_fault(name, kind, value):
    make = next(make for make in FAULTS if make.__name__ == name)
    case = make(SMALL, 7, 3)
    for one in check_gradients(case.net.loss, case.net.params, case.grads).wrong:
        assert one.pattern.kind is kind
        assert one.pattern.value == pytest.approx(value, rel=1e-4, nan_ok=True)


def test_regularisation_that_backprop_forgot_is_proportional_to_the_weights():
    net = build(2, (9, 6, 4), 5, std=0.3, activation=Sigmoid, loss="exact")

    def loss():
        return net.loss() + 0.05 * sum(np.sum(W**2) for W in net.params.values() if W.ndim == 2)

    result = check_gradients(loss, net.params, net.gradient())
    assert [one.name for one in result.wrong] == ["W1", "W2"]
    for one in result.wrong:
        assert one.pattern.kind is Kind.PROPORTIONAL
        assert one.pattern.value == pytest.approx(-0.1, rel=1e-3)


@given(st.integers(0, 2**31), st.sampled_from([0.5, 2.0, -1.0, 1.01]))
@settings(max_examples=40, deadline=None)
def test_a_tensor_off_by_a_factor_is_noticed_and_the_factor_found(seed, factor):
    net = build(seed, (7, 6, 5), 4, std=0.5, activation=Sigmoid, loss="exact")
    grads = net.gradient()
    grads["W1"] = grads["W1"] * factor
    (one,) = check_gradients(net.loss, net.params, grads, seed=seed).wrong
    assert one.name == "W1"
    if factor == -1:
        assert one.pattern.kind is Kind.SIGN
    else:
        assert one.pattern.kind is Kind.CONSTANT_RATIO
        assert one.pattern.value == pytest.approx(factor, rel=1e-3)


# -- what is neither ------------------------------------------------------------------------------


def test_the_epsilon_is_named_and_not_wrong():
    # The last bias: backprop says mean(y - t), the loss has y_t / (y_t + 1e-7) times that.
    net = build(5, (6, 4), 1, activation=Sigmoid)
    result = check_gradients(net.loss, net.params, net.gradient())
    share = 1e-7 / (net.last.y[0, net.last.t[0] == 1][0] + 1e-7)
    assert Outcome.EPSILON in outcomes(result)
    assert result.agrees
    for one in result:
        if one.outcome is Outcome.EPSILON:
            assert 1 - one.num / one.bp == pytest.approx(share, rel=0.3)


@pytest.mark.parametrize("gap", [10, 16, 20])
def test_a_saturated_sample_is_the_epsilon_too(gap):
    # num / bp = y / (y + 1e-7): 0.998, 0.53 and 0.020.
    net = build(1, (3, 2), 1)
    net.params["b1"][:] = np.where(net.last.t[0] == 1, -gap, 0.0)
    result = check_gradients(net.loss, net.params, net.gradient())
    assert set(outcomes(result)) == {Outcome.EPSILON}
    y = net.last.y[0, net.last.t[0] == 1][0]
    assert result["b1"].num / result["b1"].bp == pytest.approx(y / (y + 1e-7), rel=1e-3)


def test_an_epsilon_of_another_size_is_wrong_and_its_ratio_said():
    net = build(5, SMALL, 7, activation=Sigmoid)
    net.last.epsilon = 1e-3
    result = check_gradients(net.loss, net.params, net.gradient())
    assert {one.name for one in result.wrong} >= {"W2", "b2"}
    # 1 + epsilon / y, and y is a fifth.
    assert result["b2"].pattern.value == pytest.approx(1.005, abs=3e-4)


def test_a_known_smallest_y_bounds_what_the_epsilon_explains():
    net = build(1, (3, 2), 2)
    net.params["b1"][:] = [-9.0, 0.0]
    net.last.t[:] = [[1, 0], [0, 1]]
    grads = net.gradient()
    known = check_gradients(net.loss, net.params, grads, smallest_y=net.last.y.min())
    assert known.agrees
    claimed = check_gradients(net.loss, net.params, grads, smallest_y=0.4)
    assert claimed.wrong


def test_a_kink_at_the_very_point_is_no_fault():
    # At exactly 0 backprop takes the slope 0 and the central difference half the slope.
    b, x = np.zeros(4), np.ones(4)
    result = check_gradients(lambda: float(np.maximum(b, 0) @ x), {"b": b}, {"b": np.zeros(4)})
    assert outcomes(result) == [Outcome.KINK]
    assert result.agrees


def test_a_fault_beside_a_kink_is_still_found():
    b = np.array([0.0, 0.5, 0.7])
    grads = {"b": np.array([0.0, 1.0, 1.2])}
    (one,) = check_gradients(lambda: float(np.maximum(b, 0).sum()), {"b": b}, grads).wrong
    assert one.worst.index == (2,)
    assert one.wrong == 1


def test_nothing_moves_nothing_is_said():
    net = build(0, SMALL, 7)
    net.params["b1"][:] = -100.0  # no unit is ever on
    result = check_gradients(net.loss, net.params, net.gradient())
    assert result["W1"].outcome is Outcome.VACUOUS
    assert result["W2"].outcome is Outcome.VACUOUS
    assert result["b2"].outcome in (Outcome.AGREES, Outcome.EPSILON)
    assert not result.agrees
    assert not result.wrong


def test_a_gradient_of_zeros_where_there_is_a_slope_is_wrong():
    net = build(0, SMALL, 7, std=0.3)
    grads = net.gradient()
    grads["W1"] = np.zeros_like(grads["W1"])
    (one,) = check_gradients(net.loss, net.params, grads).wrong
    assert (one.name, one.pattern.kind) == ("W1", Kind.ZERO_IN_BP)


def test_a_net_that_holds_copies_never_sees_a_step():
    net = build(0, SMALL, 7, std=0.3)
    copies = {name: param.copy() for name, param in net.params.items()}
    result = check_gradients(net.loss, copies, net.gradient())
    assert {one.pattern.kind for one in result.wrong} == {Kind.ZERO_IN_NUM}


def test_a_loss_that_does_not_repeat_is_said_to_be_random():
    net, rng = build(0, SMALL, 7), np.random.default_rng(0)
    result = check_gradients(lambda: net.loss() + rng.random(), net.params, net.gradient())
    assert set(outcomes(result)) == {Outcome.RANDOM}
    assert result.passes == 2


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_not_finite(value):
    W = np.ones(3)
    assert outcomes(check_gradients(lambda: value, {"W": W}, {"W": W})) == [Outcome.NOT_FINITE]


def test_a_gradient_that_is_not_finite_is_named_and_the_others_are_judged():
    net = build(0, SMALL, 7)
    grads = net.gradient()
    grads["W1"][3, 2] = np.nan
    result = check_gradients(net.loss, net.params, grads)
    assert result["W1"].outcome is Outcome.NOT_FINITE
    assert result["W1"].worst.index == (3, 2)
    assert all(one.outcome in (Outcome.AGREES, Outcome.EPSILON) for one in list(result)[1:])


def test_a_loss_that_ends_nearby_is_not_finite():
    x = np.array([1e-12])
    result = check_gradients(
        lambda: float(np.sqrt(x[0]) if x[0] > 0 else np.nan), {"x": x}, {"x": 1 / x}
    )
    assert outcomes(result) == [Outcome.NOT_FINITE]


@pytest.mark.parametrize("seed", range(10))
def test_a_net_in_float32_is_not_accused(seed):
    net = build(seed, SMALL, 7, std=0.3, activation=Sigmoid)
    single = {name: param.astype(np.float32) for name, param in net.params.items()}
    for layer, number in zip(net.layers[::2], "12", strict=True):
        layer.W, layer.b = single[f"W{number}"], single[f"b{number}"]
    net.x = net.x.astype(np.float32)
    result = check_gradients(net.loss, single, net.gradient(), seed=seed)
    assert not result.wrong


@pytest.mark.parametrize("seed", range(10))
def test_a_loss_rounded_inside_is_not_accused_and_a_large_fault_is_found(seed):
    net = build(seed, SMALL, 7, std=0.5, activation=Sigmoid)
    grads = net.gradient()

    def loss():
        return float(np.float32(net.loss()))

    assert not check_gradients(loss, net.params, grads, seed=seed).wrong
    grads["W2"] = -grads["W2"]
    result = check_gradients(loss, net.params, grads, seed=seed)
    assert [one.name for one in result.wrong] == ["W2"]


# -- the questions --------------------------------------------------------------------------------


def test_the_parameters_come_out_bit_for_bit_and_every_pass_is_counted():
    case = one_wrong_entry(BOOK, 10, 4)
    before = pickle.dumps((case.net.params, case.grads))
    calls = []
    result = check_gradients(
        lambda: calls.append(1) or case.net.loss(), case.net.params, case.grads
    )
    assert pickle.dumps((case.net.params, case.grads)) == before
    assert result.passes == len(calls)


def test_the_parameters_come_out_even_if_the_loss_raises():
    W = np.array([1.0, 2.0])

    def loss():
        if W[0] != 1.0:
            raise ZeroDivisionError
        return 0.0

    with pytest.raises(ZeroDivisionError):
        check_gradients(loss, {"W": W}, {"W": W})
    np.testing.assert_array_equal(W, [1.0, 2.0])


class Remote:
    """A net elsewhere: what goes there and comes back is bytes."""

    def __init__(self, case):
        self._here = InPlace(case.net.loss, case.net.params)
        self.trips = 0

    def many(self, questions):
        self.trips += 1
        asked = pickle.loads(pickle.dumps(list(questions)))
        return pickle.loads(pickle.dumps(self._here.many(asked)))


@pytest.mark.parametrize("make", [right, *FAULTS])
def test_a_net_elsewhere_is_judged_alike_in_few_round_trips(make):
    case = make(SMALL, 7, 2)
    remote = Remote(case)
    copies = {name: param.copy() for name, param in case.net.params.items()}
    there = check_gradients(remote, copies, case.grads)
    assert str(there) == str(check_gradients(case.net.loss, case.net.params, case.grads))
    assert remote.trips <= (4 if make is right else 60)


def test_the_seed_settles_everything():
    case = one_wrong_entry(SMALL, 7, 4)
    first, again = (
        check_gradients(case.net.loss, case.net.params, case.grads, seed=9) for _ in range(2)
    )
    assert str(first) == str(again)


def test_a_loss_that_is_an_array_is_refused():
    W = np.ones(3)
    with pytest.raises(TypeError, match=r"loss has shape \(3,\)"):
        check_gradients(lambda: W, {"W": W}, {"W": W})


def test_tensors_are_found_by_name():
    case = right(SMALL, 7, 0)
    result = check_gradients(case.net.loss, case.net.params, case.grads)
    assert result["b2"].name == "b2"
    with pytest.raises(KeyError):
        result["W9"]


@pytest.mark.parametrize("times", [3.0, 2.1, -2.0, 2.01])
def test_a_gradient_that_is_off_by_a_factor_never_agrees(times):
    W = np.random.default_rng(0).normal(size=(3, 4))
    result = check_gradients(lambda: float(np.sum(W**2)), {"W": W}, {"W": times * W})
    assert not result.agrees
