"""Moving about in a recording, alone and in lockstep."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.trace import corpus
from tests.trace.corpus import matrix, point, skew
from tutor.nets.gradient import numerical_gradient
from tutor.nets.networks import SimpleNet, TwoLayerNet
from tutor.trace import Cursor, Lockstep, Recorder, record


@pytest.fixture
def cursor():
    return Cursor(record(corpus.book_nditer, skew, matrix()))


def test_a_move_that_cannot_be_made_changes_nothing(cursor):
    assert cursor.at_start
    assert not cursor.back()
    assert not cursor.start()
    assert not cursor.previous_iteration()
    assert not cursor.go_to(-1)
    assert not cursor.go_to(len(cursor.recording))
    assert not cursor.go_to(0)
    assert cursor.step == 0
    assert cursor.end()
    assert cursor.at_end
    assert not cursor.forward()
    assert not cursor.next_iteration()
    assert cursor.step == len(cursor.recording) - 1


def test_forward_and_back_are_each_others_undoing(cursor):
    for _ in range(20):
        before = cursor.step
        assert cursor.forward()
        assert cursor.back()
        assert cursor.step == before
        cursor.forward()
    assert cursor.step == 20


def test_next_iteration_keeps_the_line(cursor):
    cursor.seek(0, "fxh1")
    lines, numbers = set(), []
    while True:
        lines.add(cursor.state.line)
        numbers.append(cursor.state.iteration)
        if not cursor.next_iteration():
            break
    assert len(lines) == 1
    assert numbers == [0, 1, 2, 3, 4, 5]
    while cursor.previous_iteration():
        assert cursor.state.line in lines
    assert cursor.state.iteration == 0


def test_next_iteration_from_before_the_loop_goes_to_its_start(cursor):
    assert cursor.next_iteration()
    assert (cursor.state.iteration, cursor.step) == (0, cursor.recording.iteration_start(0))


def test_previous_iteration_from_behind_the_loop_goes_to_the_last(cursor):
    cursor.end()
    assert cursor.previous_iteration()
    assert cursor.state.iteration == 5


def test_next_iteration_keeps_the_line_where_another_branch_is_taken():
    def branchy(f, x):
        for i in range(x.size):
            x[i] += 1.0
            if x[i] > 3:
                a = 0.0
                a = a + 1
            y = f(x)
            x[i] -= 1.0
        return y

    cursor = Cursor(record(branchy, skew, np.array([1.0, 9.0, 1.0])))
    cursor.seek(0, "y")
    line = cursor.state.line
    assert cursor.next_iteration()
    assert (cursor.state.iteration, cursor.state.line) == (1, line)
    assert cursor.next_iteration()
    assert (cursor.state.iteration, cursor.state.line) == (2, line)


def test_go_to_idx_finds_each_element(cursor):
    for index in ((1, 2), (0, 0), (1, 1)):
        assert cursor.go_to_idx(index)
        assert cursor.state.idx == index
    assert not cursor.go_to_idx((7, 7))
    assert not cursor.go_to_idx((0, 0, 0))
    assert cursor.state.idx == (1, 1)


def test_go_to_idx_is_right_where_some_passes_touch_nothing():
    def skips(f, x):
        grad = np.zeros_like(x)
        for i in range(x.size):
            if x[i] == 0:
                continue
            x[i] += 1.0
            grad[i] = f(x)
            x[i] -= 1.0
        return grad

    cursor = Cursor(record(skips, skew, np.array([1.0, 0.0, 2.0, 0.0, 3.0])))
    for wanted in (4, 0, 2):
        assert cursor.go_to_idx((wanted,))
        assert cursor.state.idx == (wanted,)
    assert not cursor.go_to_idx((1,))


def test_go_to_idx_looks_on_from_here_and_then_around():
    net = TwoLayerNet(2, 2, 2, rng=0)
    run = Recorder(numerical_gradient).run(net.numerical_gradient, np.ones((1, 2)), np.array([1]))
    cursor = Cursor(run)
    calls = []
    for _ in range(3):
        assert cursor.go_to_idx((1, 1))
        calls.append(cursor.state.call)
    assert calls == [0, 2, 0]


def test_seek_finds_values_writes_and_ends(cursor):
    recording = cursor.recording
    assert cursor.seek(2, "start")
    assert cursor.step == recording.iteration_start(2)
    assert cursor.seek(2, "end")
    assert cursor.step == recording.iteration_end(2)
    assert cursor.seek(2, "x[idx]#2")
    assert (cursor.state.writes[0].name, cursor.state.writes[0].index) == ("x", (0, 2))
    assert cursor.state.writes[0].new == matrix()[0, 2] - 1e-4
    assert cursor.seek(2, "x[idx]#3")
    assert cursor.state.writes[0].new == matrix()[0, 2]
    assert cursor.seek(-1, "fxh2")
    assert (cursor.state.iteration, cursor.state.blank) == (5, ())
    here = cursor.step
    assert cursor.seek(-1, "fxh2")
    assert not cursor.seek(-1, "nothing")
    assert not cursor.seek(6, "fxh1")
    assert not cursor.seek(0, "x[idx]#4")
    assert cursor.step == here


def test_what_this_iteration_has_not_computed_is_blank(cursor):
    cursor.seek(3, "fxh1")
    assert cursor.state.blank == ("fxh2",)
    assert "fxh2" not in cursor.state.names
    cursor.seek(3, "start")
    assert set(cursor.state.blank) == {"idx", "tmp_val", "fxh1", "fxh2"}


def test_a_recording_of_nothing_can_be_stood_in():
    cursor = Cursor(Recorder(corpus.book_nditer).run(lambda: 5))
    assert cursor.recording.result == 5
    assert cursor.at_start
    assert cursor.at_end
    assert not any(move() for move in (cursor.forward, cursor.back, cursor.end, cursor.start))
    assert not cursor.next_iteration()
    assert not cursor.go_to_idx((0,))
    assert not cursor.into()


def two_runs():
    X, T = np.array([0.6, 0.9]), np.array([0, 0, 1])
    net = SimpleNet(matrix())
    mutated = record(numerical_gradient, lambda W: net.loss(X, T), net.W)
    copied = record(numerical_gradient, lambda W: net.loss(X, T), np.ones((2, 3)))
    return Cursor(mutated), Cursor(copied)


def test_in_lockstep_the_right_stands_at_the_same_line_of_the_same_iteration():
    left, right = two_runs()
    pair = Lockstep(left, right)
    while True:
        pair.follow()
        mine, other = left.state, right.state
        assert (mine.line, mine.iteration, mine.idx) == (other.line, other.iteration, other.idx)
        if not left.forward():
            break
    assert right.at_end


def test_in_lockstep_the_right_steps_into_f_too():
    left, right = two_runs()
    pair = Lockstep(left, right)
    left.seek(1, "fxh1")
    left.into()
    left.forward()
    pair.follow()
    assert right.depth == 1
    assert (right.step, right.state.source.name) == (1, left.state.source.name)
    left.out()
    pair.follow()
    assert right.depth == 0


def test_the_first_difference_is_where_a_number_first_differs():
    left, right = two_runs()
    step = Lockstep(left, right).first_difference()
    assert left.recording.state(step).assigned == ("tmp_val",)
    same = Lockstep(two_runs()[0], two_runs()[0])
    assert same.first_difference() is None


def test_in_lockstep_the_line_is_the_same_where_another_branch_is_taken():
    def branchy(f, x, big):
        for i in range(x.size):
            x[i] += 1.0
            if x[i] > big:
                a = 0.0
                a = a + 1
            y = f(x)
            x[i] -= 1.0
        return y

    left = Cursor(record(branchy, skew, np.array([1.0, 9.0, 1.0]), 5))
    right = Cursor(record(branchy, skew, np.array([1.0, 1.0, 9.0]), 5))
    pair = Lockstep(left, right)
    for iteration in range(3):
        left.seek(iteration, "y")
        pair.follow()
        assert right.state.line == left.state.line
        assert right.state.iteration == iteration


def test_in_lockstep_with_a_shorter_run_the_right_waits_at_its_end():
    left = Cursor(record(corpus.range_size, skew, np.ones(5)))
    right = Cursor(record(corpus.range_size, skew, point()))
    pair = Lockstep(left, right)
    left.seek(4, "fxh1")
    pair.follow()
    assert right.at_end
    left.end()
    pair.follow()
    assert right.at_end
    left.start()
    pair.follow()
    assert right.at_start


def test_the_state_is_that_of_the_step_stood_at_and_is_read_once(cursor):
    chance = random.Random(5)
    for _ in range(60):
        move = chance.choice(
            [cursor.forward, cursor.back, cursor.next_iteration, cursor.into, cursor.out]
        )
        before = cursor.state
        if not move():
            assert cursor.state is before
            continue
        assert cursor.state is cursor.state
        assert cursor.state.step == cursor.step
        assert cursor.state.line == cursor.recording.line_of(cursor.step)
        assert cursor.state.depth == cursor.recording.state(cursor.step).depth
