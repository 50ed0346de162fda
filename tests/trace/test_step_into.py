"""Stepping into f: the same values once more, and nothing left changed behind."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest

from tests.trace.corpus import matrix, point, range_size
from tutor.nets.gradient import numerical_gradient
from tutor.nets.networks import SimpleNet, TwoLayerNet
from tutor.trace import Cursor, RecordingError, record

X, T = np.array([0.6, 0.9]), np.array([0, 0, 1])


def at(recording, iteration, after="fxh1"):
    cursor = Cursor(recording)
    assert cursor.seek(iteration, after)
    return cursor.step


def simple():
    net = SimpleNet(matrix())
    return net, record(numerical_gradient, lambda W: net.loss(X, T), net.W)


@pytest.mark.parametrize("name", ["fxh1", "fxh2"])
@pytest.mark.parametrize("iteration", range(6))
def test_f_gives_the_recorded_value_at_every_iteration(iteration, name):
    _, recording = simple()
    step = at(recording, iteration, name)
    assert recording.can_step_into(step)
    inside = recording.step_into(step)
    assert inside.result == recording.state(step).names[name]
    assert inside.notes == ()


def test_predict_reads_the_perturbed_buffer_itself():
    _, recording = simple()
    step = at(recording, 2)
    inside = recording.step_into(step)
    x = recording.state(step).names["x"].to_numpy()
    assert x[0, 2] == matrix()[0, 2] + 1e-4
    found = 0
    for k in range(len(inside)):
        state = inside.state(k)
        if state.source.name == "predict":
            found += 1
            np.testing.assert_array_equal(state.names["self.W"].to_numpy(), x)
            assert inside.memory(k).shares("self.W", "net.W")
    assert found
    first = inside.memory(0)
    assert first.shares("net.W", "x")
    assert first.shares("net.W", "W")


def test_with_an_own_array_predict_reads_another_buffer():
    net = SimpleNet(matrix())
    a = np.ones((2, 3))
    recording = record(numerical_gradient, lambda W: net.loss(X, T), a)
    inside = recording.step_into(at(recording, 2))
    assert not inside.memory(0).shares("net.W", "x")


def test_the_frames_are_nested_as_the_calls_were():
    _, recording = simple()
    inside = recording.step_into(at(recording, 0))
    depth = {inside.state(k).source.name: inside.state(k).depth for k in range(len(inside))}
    assert depth["<lambda>"] == 0
    assert depth["loss"] == 1
    assert depth["predict"] == depth["softmax"] == 2


def test_lines_that_call_nothing_cannot_be_stepped_into():
    _, recording = simple()
    step = at(recording, 0, "tmp_val")
    assert not recording.can_step_into(step)
    with pytest.raises(RecordingError):
        recording.step_into(step)


class Snapshot:
    def __init__(self, *arrays):
        self.arrays = arrays
        self.copies = [a.copy() for a in arrays]
        self.numpy = np.random.get_state()
        self.python = random.getstate()
        self.trace = sys.gettrace()
        self.print = np.get_printoptions()

    def assert_as_before(self):
        for array, copy in zip(self.arrays, self.copies, strict=True):
            np.testing.assert_array_equal(array, copy)
        assert np.array_equal(np.random.get_state()[1], self.numpy[1])
        assert np.random.get_state()[2:] == self.numpy[2:]
        assert random.getstate() == self.python
        assert sys.gettrace() is self.trace
        assert np.get_printoptions() == self.print


def test_afterwards_everything_is_as_before():
    net = TwoLayerNet(3, 2, 2, rng=0)
    x, t = np.ones((2, 3)), np.array([0, 1])
    recording = record(numerical_gradient, lambda W: net.loss(x, t), net.params["W1"])
    held = {key: dict(vars(layer)) for key, layer in net.layers.items()}
    before = Snapshot(x, t, *net.params.values())
    recording.step_into(at(recording, 3))
    before.assert_as_before()
    for key, layer in net.layers.items():
        assert list(vars(layer)) == list(held[key])
        assert all(vars(layer)[name] is value for name, value in held[key].items())


def test_afterwards_everything_is_as_before_even_if_f_raises():
    w = point()

    def f(x):
        w[0] = x[0]
        np.random.rand()
        random.random()
        if x[1] < -4.00005:
            raise ValueError("too low")
        return float(np.sum(x))

    x = point()
    recording = record(range_size, f, x)
    assert isinstance(recording.exception, ValueError)
    before = Snapshot(w, x)
    inside = recording.step_into(len(recording) - 1)
    before.assert_as_before()
    assert isinstance(inside.exception, ValueError)
    assert inside.state(len(inside) - 1).exception == "ValueError: too low"


class Cached:
    """A layer as in cs231n: what it remembers is one tuple."""

    def __init__(self):
        self.cache = (np.zeros(3), np.zeros(3))

    def forward(self, x):
        self.cache = (x.copy(), x * 2)
        return float(np.sum(x**2))


def test_a_layer_that_remembers_a_tuple_of_arrays_is_put_back():
    layer = Cached()
    recording = record(range_size, layer.forward, point())
    before = layer.cache
    inside = recording.step_into(at(recording, 1))
    assert layer.cache is before
    assert inside.result == recording.state(at(recording, 1)).names["fxh1"]


def test_an_f_that_draws_from_numpy_is_caught_up_in_any_order():
    np.random.seed(3)
    recording = record(range_size, lambda x: float(np.sum(x)) + np.random.rand(), point())
    for iteration in (2, 1, 0, 2):
        before = Snapshot()
        step = at(recording, iteration)
        inside = recording.step_into(step)
        before.assert_as_before()
        assert inside.result == recording.state(step).names["fxh1"] or inside.notes
        assert inside.result == recording.state(step).names["fxh1"]


def test_an_f_that_counts_is_caught_up_or_said_to_change():
    calls = []

    def f(x):
        calls.append(1)
        return float(np.sum(x)) + len(calls)

    recording = record(range_size, f, point())
    for iteration in (2, 0):
        step = at(recording, iteration)
        inside = recording.step_into(step)
        assert len(calls) == 6
        agrees = inside.result == recording.state(step).names["fxh1"]
        assert agrees or any("from call to call" in note.text for note in inside.notes)


@pytest.mark.parametrize("how", ["closure", "attribute"])
def test_a_generator_of_random_numbers_is_put_back(how):
    rng = np.random.default_rng(0)

    class Noisy:
        def __init__(self):
            self.rng = rng

        def loss(self, x):
            return float(np.sum(x)) + self.rng.random()

    f = Noisy().loss if how == "attribute" else (lambda x: float(np.sum(x)) + rng.random())
    recording = record(range_size, f, point())
    before = rng.bit_generator.state
    step = at(recording, 1)
    inside = recording.step_into(step)
    assert rng.bit_generator.state == before
    assert inside.result == recording.state(step).names["fxh1"] or inside.notes


def test_a_counter_of_a_class_and_a_set_are_put_back():
    class Counted:
        calls = 0
        seen = set()  # noqa: RUF012

        def loss(self, x):
            Counted.calls += 1
            self.seen.add(Counted.calls)
            return float(np.sum(x))

    recording = record(range_size, Counted().loss, point())
    recording.step_into(at(recording, 1))
    assert Counted.calls == 6
    assert len(Counted.seen) == 6


def test_an_f_that_reads_a_copy_made_in_the_function_is_given_that_copy():
    def rebinds(f, x):
        x = x * 1.0
        for i in range(x.size):
            x[i] += 1.0
            y = f(x)
            x[i] -= 1.0
        return y

    given = point()
    recording = record(rebinds, lambda v: float(np.sum(v**2)), given)
    step = at(recording, 2, "y")
    assert recording.step_into(step).result == recording.state(step).names["y"]
    np.testing.assert_array_equal(given, point())


def test_the_cursor_steps_into_f_and_out_again():
    _, recording = simple()
    cursor = Cursor(recording)
    assert not cursor.out()
    assert not cursor.into()
    cursor.seek(2, "fxh1")
    outside = cursor.step
    assert cursor.into()
    assert (cursor.depth, cursor.step, cursor.outer_step) == (1, 0, outside)
    assert cursor.end()
    assert cursor.state.depth == 0
    assert cursor.recording.result == recording.state(outside).names["fxh1"]
    assert not cursor.into()
    assert cursor.out()
    assert (cursor.depth, cursor.step) == (0, outside)


def test_a_name_that_means_another_array_inside_is_shown_as_outside():
    X, T = np.array([0.6, 0.9]), np.array([0, 0, 1])
    net = SimpleNet(matrix())
    recording = record(numerical_gradient, lambda W: net.loss(X, T), net.W)
    cursor = Cursor(recording)
    assert cursor.seek(0, "fxh1")
    assert cursor.into()
    assert cursor.seek_line("x @ self.W")
    memory = cursor.recording.memory(cursor.step)
    assert memory.shares("x outside", "self.W")
    assert not memory.shares("x", "self.W")
