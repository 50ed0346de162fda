"""Recordings of many calls: a descent, as a learner runs it."""

from __future__ import annotations

import ast
import gc
import weakref

import numpy as np
import pytest

from tests.trace.corpus import matrix
from tutor.nets import SimpleNet, numerical_gradient
from tutor.trace import Recorder, contents, record, recorder

X, T = np.array([0.6, 0.9]), np.array([0, 0, 1])
CALLS = 60


@pytest.fixture(scope="module")
def descent():
    net = SimpleNet(matrix())
    points = []

    def walk():
        for _ in range(CALLS):
            points.append(net.W.copy())
            net.W -= 0.1 * numerical_gradient(lambda W: net.loss(X, T), net.W)

    return Recorder(numerical_gradient).run(walk), points


def test_what_the_caller_writes_between_two_calls_is_nobodys_write(descent):
    recording, _ = descent
    assert len(recording.writes()) == CALLS * 6 * 4
    assert recording.notes == ()


def test_each_call_begins_at_the_point_that_the_caller_has_come_to(descent):
    recording, points = descent
    firsts = [recording.iteration_start(6 * call) - 1 for call in range(CALLS)]
    for first, point in zip(firsts, points, strict=True):
        np.testing.assert_array_equal(recording.state(first).names["x"].to_numpy(), point)


def test_a_call_looked_at_by_itself_shows_what_it_shows_among_all(monkeypatch):
    def walk():
        net = SimpleNet(matrix())
        for _ in range(CALLS):
            net.W -= 0.1 * numerical_gradient(lambda W: net.loss(X, T), net.W)

    alone = Recorder(numerical_gradient).run(walk)
    monkeypatch.setattr(contents, "_AT_ONCE", 10 * CALLS)
    among_all = Recorder(numerical_gradient).run(walk)
    steps = np.random.default_rng(3).permutation(len(alone))[:300].tolist()
    assert all(same(alone.state(step), among_all.state(step)) for step in steps)
    assert (alone.writes() == among_all.writes()).all()
    assert alone.nbytes == among_all.nbytes


def same(state, other):
    """Tell whether two states show the same lines, values and writes."""
    told = [
        (s.line, s.iteration, s.idx, s.blank, s.writes, s.returned, s.names.keys())
        for s in (state, other)
    ]
    arrays = [
        (state.names[name], other.names[name]) for name in ("x", "grad") if name in state.names
    ]
    return told[0] == told[1] and all(np.array_equal(a, b) for a, b in arrays)


def test_a_write_by_f_is_seen_in_any_call_looked_at_first():
    def meddles(x):
        x[1] += 1.0
        return 0.0

    def traced(f, x):
        y = f(x)
        return y, x

    def walk():
        x = np.zeros(3)
        for _ in range(200):
            traced(meddles, x)

    recording = Recorder(traced).run(walk)
    step = 3 * 150 + 2
    assert recording.state(step).names["x"][1] == 151
    assert "other than a line" in recording.notes[0].text


def test_a_recording_that_is_dropped_takes_its_session_along(monkeypatch):
    kept = []

    class Watched(recorder.Session):
        def __post_init__(self):
            super().__post_init__()
            kept.append(weakref.ref(self))

    monkeypatch.setattr(recorder, "Session", Watched)
    record(numerical_gradient, lambda x: float(np.sum(x)), np.ones(3))
    gc.collect()
    assert [ref() for ref in kept] == [None]


def test_what_another_tool_hangs_on_the_shared_nodes_of_trees_is_not_copied():
    shared = ast.parse("x").body[0].value.ctx
    shared.parent = foreign = ast.parse("y = 1")
    try:
        recording = record(numerical_gradient, lambda x: float(np.sum(x)), np.ones(3))
    finally:
        del shared.parent
    assert recording.passes == 3
    assert foreign is not None


def two_arrays(x):
    first = np.zeros(3)
    second = np.zeros(3)
    for i in range(3):
        first[i] = x[i]
        second[i] = 2 * x[i]
    return first + second


def test_arrays_that_came_and_went_share_no_memory():
    run = Recorder(two_arrays).run(lambda: [two_arrays(np.ones(3) * k) for k in range(200)])
    memory = run.memory(len(run) - 1)
    assert [buffer.names for buffer in memory.buffers] == [("x",), ("first",), ("second",)]
