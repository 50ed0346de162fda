"""The next step at which a condition becomes true."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trace.find.naive import becomes_true, few, read, saved
from tests.trace.programs import arrays, programs
from tests.trace.test_properties import run
from tutor.nets import SimpleNet, numerical_gradient
from tutor.trace import record
from tutor.trace.find import BLANK, Condition, ConditionError, first_where
from tutor.trace.find.kept import Kept
from tutor.trace.find.recorded import Recorded
from tutor.trace.find.walked import Walked

CONDITIONS = [
    "a > 1",
    "a != a",
    "b == 0",
    "k % 2 == 0",
    "x[0, 1] > 0",
    "x.sum() > y.sum()",
    "r[k] < 0 or a < 0",
    "y[0, 0] == x[0, 0]",
    "z.max() > 1",
    "v[k] == 4",
    "iteration == 2",
    "idx == (0, 1)",
    "q == (1, 0)",
    "old > 0",
    "line > 14",
    "step % 5 == 3",
    "any(one > 2 for one in r)",
    "it[0] == k",
    "b / a > 0",
    "True",
]


@few
@given(programs(), arrays(), st.permutations(CONDITIONS))
def test_it_finds_what_a_look_at_every_state_finds(text, x, conditions):
    recording = run(text, x)
    known = {*recording.names, "iteration", "idx", "line", "step", "any"}
    possible = [one for one in conditions if Condition(one).names <= known]
    for expression in possible[:5]:
        it_finds_the_same(recording, expression)
        it_finds_the_same(saved(recording), expression)


def it_finds_the_same(recording, expression):
    condition = Condition(expression)
    expected = becomes_true(recording, expression)
    for start in {-1, 0, len(recording) // 2, len(recording) - 1, *expected[:3]}:
        later = next((s for s in expected if s > start), None)
        earlier = next((s for s in expected[::-1] if s < start), None)
        assert _found(recording, condition, start, True) == later
        assert _found(recording, condition, start, False) == earlier


def _found(recording, condition, start, forwards):
    with suppress(ConditionError):  # it raises at every step
        return first_where(recording, condition, start, forwards)
    return None


@few
@given(programs(), arrays())
def test_a_trail_says_what_each_state_says(text, x):
    recording = run(text, x)
    lines = [recording.line_of(step) for step in range(len(recording))]
    for searched in (Recorded(recording), Walked(recording), Kept(saved(recording))):
        assert searched.lines().tolist() == lines
        trails = {name: searched.trail(name) for name in recording.names}
        for step in range(len(recording)):
            shown = recording.state(step).names
            for name, trail in trails.items():
                (row,) = trail.rows(np.array([step]))
                assert read(trail.at(row)) == read(shown.get(name, BLANK)), (name, step)


@pytest.fixture(scope="module")
def recording():
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    return record(numerical_gradient, lambda W: net.loss(x, t), net.W)


def test_the_two_losses_are_never_equal_in_a_right_run(recording):
    assert first_where(recording, Condition("fxh1 == fxh2"), -1) is None


def test_they_are_equal_from_the_first_iteration_on_for_a_copy():
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    run = record(numerical_gradient, lambda _: net.loss(x, t), net.W.copy())
    found = [first_where(run, Condition("fxh1 == fxh2"), -1)]
    while (step := first_where(run, Condition("fxh1 == fxh2"), found[-1])) is not None:
        found.append(step)
    assert [run.iteration_of(step) for step in found] == [0, 1, 2, 3, 4, 5]
    assert all("fxh2" in run.state(step).assigned for step in found)


def test_a_name_that_the_run_never_has_gets_the_nearest(recording):
    with pytest.raises(ConditionError, match=r"no name fxh3\. Did you mean fxh[12]"):
        first_where(recording, Condition("fxh3 > 0"), -1)


def test_what_raises_at_every_step_says_so(recording):
    with pytest.raises(ConditionError, match=r"raised at every step.*IndexError"):
        first_where(recording, Condition("x[5, 5] > 0"), -1)
    with pytest.raises(ConditionError, match=r"any\(\)"):
        first_where(recording, Condition("x > 0"), -1)


def test_it_stops_when_it_is_told_to(recording, monkeypatch):
    monkeypatch.setattr("tutor.trace.find.where._AT_ONCE", 4)
    shares: list[float] = []
    asked = iter([False, False, True])
    found = first_where(
        recording, Condition("fxh1 > 99"), -1, stop=lambda: next(asked), told=shares.append
    )
    assert found is None
    assert len(shares) == 3
    assert shares == sorted(shares)
    assert all(0 < share < 1 for share in shares)


def test_the_arrays_cannot_be_written(recording):
    with pytest.raises(ConditionError, match="read-only"):
        first_where(recording, Condition("x.fill(1)"), -1)
