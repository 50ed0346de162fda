"""Who wrote an element, through whichever name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from tests.trace.find.naive import few, nans, saved, writers
from tests.trace.programs import arrays, programs
from tests.trace.test_properties import run
from tutor.nets import SimpleNet, numerical_gradient
from tutor.trace import record
from tutor.trace.find import ConditionError, first_nan, last_write, next_write, previous_write
from tutor.trace.find.kept import Kept
from tutor.trace.find.recorded import Recorded
from tutor.trace.find.walked import Walked


@few
@given(programs(), arrays())
def test_it_finds_what_the_memory_of_every_step_says(text, x):
    recording = run(text, x)
    if recording.notes:
        return  # something wrote that no line did
    last = len(recording) - 1
    for name, idx in [("x", (0, 1)), ("r", (4,)), ("y", (0, 0)), ("z", (1,))]:
        if recording.memory(last).of(name) is None:
            continue
        expected = writers(recording, name, idx, last)
        for searched in (Recorded(recording), Walked(recording), Kept(saved(recording))):
            found = searched.writers(name, idx, last)
            assert found is not None
            assert found.tolist() == expected, name
        earlier = [s for s in expected if s < last]
        assert last_write(recording, name, idx, last) == (earlier[-1] if earlier else None)


@few
@given(programs(), arrays())
def test_the_first_nan_is_the_first(text, x):
    x = x.astype(float)
    x[0, 1] = np.nan if x[0, 0] > 0 else x[0, 1]
    recording = run(text, x)
    expected = nans(recording)
    for after in (-1, len(recording) // 2, *expected[:1]):
        assert first_nan(recording, after) == next((s for s in expected if s > after), None)


def test_an_element_that_was_a_nan_is_no_new_one():
    def program(x):
        x[0] = np.nan
        x[1] = 2.0
        x[0] = np.nan
        x[1] = np.nan
        return x.sum()

    recording = record(program, np.ones(2))
    assert first_nan(recording) == 1
    assert first_nan(recording, 1) == 4
    assert first_nan(recording, 4) is None


@pytest.fixture(scope="module")
def recording():
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])

    def program(f, x):
        flat = x.reshape(-1)
        flat[1] = 5.0
        x[1, 2] = f(net.W)
        return numerical_gradient(f, x)

    return record(program, lambda W: net.loss(x, t), net.W)


def test_a_write_through_another_name_counts(recording):
    end = len(recording)
    first = last_write(recording, "x", (0, 1), end)
    assert first is not None
    assert recording.source.line(recording.line_of(first)).strip() == "flat[1] = 5.0"
    assert last_write(recording, "x", (1, 2), end) == first + 1
    assert last_write(recording, "x", (0, 0), end) is None
    assert last_write(recording, "x", (0, 1), first) is None


def test_the_writes_are_passed_one_after_the_other(recording):
    first = next_write(recording, "x", 0)
    assert first is not None
    second = next_write(recording, "x", first)
    assert second == first + 1
    assert next_write(recording, "x", second) is None
    assert previous_write(recording, "x", second) == first
    assert previous_write(recording, "x", first) is None
    assert next_write(recording, "x", 0, (1, 2)) == second


def test_an_attribute_of_the_net_is_found_by_its_name():
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])

    def gradient(net, idx):
        W = net.W
        W[idx] += 1e-4
        return net.loss(x, t)

    run = record(gradient, net, (0, 1))
    assert next_write(run, "net.W", 0, (0, 1)) == next_write(run, "W", 1, (0, 1)) == 2
    assert last_write(run, "net.W", (0, 1), len(run)) == 2


def test_a_name_that_is_no_array_gets_a_sentence(recording):
    with pytest.raises(ConditionError, match="f is no array at step 3"):
        next_write(recording, "f", 3)
    with pytest.raises(ConditionError, match=r"shape \(2, 3\) and no element \[2, 0\]"):
        last_write(recording, "x", (2, 0), 5)


def test_a_write_through_an_array_of_another_type_counts_in_a_saved_run_too():
    def writes(z):
        real = z.real
        z[0] = 5.0
        return real

    recording = record(writes, np.zeros(3, complex))
    last = len(recording) - 1
    for searched in (recording, saved(recording)):
        step = last_write(searched, "real", (0,), last)
        assert step is not None
        assert searched.state(step).writes[0].name == "z"
