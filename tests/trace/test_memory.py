# ruff: noqa: RET504
"""Which names share memory, against NumPy's own answer about the very arrays of the run."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.trace.corpus import matrix, point
from tutor.nets.gradient import numerical_gradient
from tutor.nets.networks import TwoLayerNet
from tutor.trace import Cursor, Recorder, record

KEPT = {}


def many_views(x, z):
    whole = x
    row = x[1]
    column = x[:, 2]
    part = x[0, 1:]
    flat = x.reshape(-1)
    ravelled = x.ravel()
    turned = x.T
    backwards = x[::-1]
    evens = x[:, ::2]
    odds = x[:, 1::2]
    nothing = x[:0]
    deep = x.T[1:].T[0]
    more = x[None, :, :, None]
    wide = np.broadcast_to(x[0], (4, 3))
    squares = x.reshape(3, 2)
    copied = x.copy()
    flattened = x.flatten()
    chosen = x[[0, 1]]
    masked = x[x > 0]
    turned_flat = x.T.ravel()
    computed = x + 0
    same = np.asarray(x)
    own = np.array(x)
    other = z[1:]
    number = x[0, 0]
    cell = x[0:1, 0:1]
    KEPT.update({k: v for k, v in locals().items() if isinstance(v, np.ndarray)})
    return number


def views_of_another_kind(x, z):
    bits = x.view(np.int64)
    octets = x.view(np.uint8)
    real = z.real
    imaginary = z.imag
    strided = np.lib.stride_tricks.as_strided(x, (2, 2), (8, 8))
    windows = np.lib.stride_tricks.sliding_window_view(x, 2)
    KEPT.update({k: v for k, v in locals().items() if isinstance(v, np.ndarray)})
    return 0


def pairs_that_differ(memory):
    names = [n for n in KEPT if memory.of(n) is not None]
    assert set(names) == set(KEPT)
    return [
        (one, other)
        for one, other in itertools.combinations(names, 2)
        if memory.shares(one, other) != np.shares_memory(KEPT[one], KEPT[other])
    ]


def test_any_two_names_share_memory_exactly_where_numpy_says_so():
    KEPT.clear()
    recording = record(many_views, matrix(), point())
    assert pairs_that_differ(recording.memory(len(recording) - 1)) == []


def test_views_of_another_dtype_share_memory_too():
    KEPT.clear()
    recording = record(views_of_another_kind, point(), point().astype(complex))
    assert pairs_that_differ(recording.memory(len(recording) - 1)) == []


def test_a_write_through_a_view_of_another_dtype_is_seen_or_said():
    def writes(x, z):
        real = z.real
        real[0] = 9.0
        bits = x.view(np.int64)
        bits[1] = 7
        return z

    x, z = point(), point().astype(complex)
    recording = record(writes, x, z)
    last = recording.state(len(recording) - 1).names
    assert recording.notes or (
        np.array_equal(last["z"].to_numpy(), z) and np.array_equal(last["x"].to_numpy(), x)
    )


def test_arrays_of_records_do_no_harm():
    def step(s, x):
        s["a"][0] = 5.0
        s[1] = (1.0, 2)
        field = s["b"]
        field[2] = 7
        x[0] = field[2]
        return x

    s, x = np.zeros(3, [("a", "f8"), ("b", "i4")]), point()
    recording = record(step, s, x)
    assert recording.exception is None
    assert s.tolist() == [(5.0, 0), (1.0, 2), (0.0, 7)]
    np.testing.assert_array_equal(recording.state(5).names["x"].to_numpy(), x)


def test_two_arrays_over_one_buffer_share():
    def twice(buffer):
        a = np.frombuffer(buffer)
        b = np.frombuffer(buffer)
        a[0] = 5.0
        return b

    recording = record(twice, bytearray(24))
    assert recording.memory(3).shares("a", "b")
    assert recording.state(3).names["b"][0] == 5.0


def test_the_owner_is_told_from_its_views_and_each_part_is_named():
    recording = record(many_views, matrix(), point())
    bindings = {
        b.name: b
        for buffer in recording.memory(len(recording) - 1).buffers
        for b in buffer.bindings
    }
    assert (bindings["x"].how, bindings["x"].part) == ("owns", "")
    assert (bindings["row"].how, bindings["row"].part) == ("view", "[1]")
    assert (bindings["column"].how, bindings["column"].part) == ("view", "[:, 2]")
    assert (bindings["turned"].how, bindings["turned"].part) == ("view", ".T")
    assert (bindings["flat"].how, bindings["flat"].part) == ("view", ".reshape(6)")
    assert (bindings["part"].how, bindings["part"].part) == ("view", "a part, from (0, 1) on")
    assert bindings["copied"].how == "owns"


def test_a_row_is_a_view_and_a_write_to_it_changes_its_matrix():
    def step(x):
        row = x[1]
        row[2] = 5.0
        return x

    recording = record(step, matrix())
    assert recording.memory(2).shares("x", "row")
    assert recording.memory(2).of("x").written == ((1, 2),)
    (write,) = recording.state(2).writes
    assert (write.name, write.index) == ("row", (2,))
    assert recording.state(2).names["x"][1, 2] == 5.0


def test_the_names_that_a_write_changed_are_those_whose_elements_it_hit():
    def step(x):
        first = x[0]
        second = x[1]
        copy = x.copy()
        x[0, 1] = 9.0
        return first, second, copy

    recording = record(step, matrix())
    memory = recording.memory(4)
    assert memory.of("x").written == ((0, 1),)
    assert "copy" not in memory.of("x").names
    assert not memory.of("copy").written
    before, after = recording.state(3).names, recording.state(4).names
    changed = {
        name
        for name in before
        if not np.array_equal(before[name].to_numpy(), after[name].to_numpy())
    }
    assert changed == {"x", "first"}


def test_every_name_of_a_parameter_is_drawn_to_its_one_buffer():
    net = TwoLayerNet(3, 2, 2, rng=0)
    recording = Recorder(numerical_gradient).run(
        net.numerical_gradient, np.ones((1, 3)), np.array([1])
    )
    memory = recording.memory(10)
    names = memory.of("x").names
    assert "self.params['W1']" in names
    assert "self.layers['Affine1'].W" in names
    assert not memory.shares("x", "grad")


def test_a_rebound_name_moves_to_its_new_buffer():
    def step(x):
        y = x
        y = y - 1.0
        return y

    recording = record(step, point())
    assert recording.memory(1).shares("x", "y")
    assert not recording.memory(2).shares("x", "y")


def test_an_element_that_differs_from_the_iterations_beginning_is_marked():
    from tests.trace.corpus import range_size, skew

    cursor = Cursor(record(range_size, skew, point()))
    cursor.seek(1, "fxh1")
    assert cursor.state.names["x"].changed == ((1,),)
    cursor.seek(1, "x[idx]#3")
    assert cursor.state.names["x"].changed == ()


def test_a_view_of_a_step_can_be_read_in_every_way():
    recording = record(many_views, matrix(), point())
    shown = recording.state(len(recording) - 1).names
    np.testing.assert_array_equal(shown["x"].window(slice(0, 1), slice(1, 3)), matrix()[:1, 1:3])
    np.testing.assert_array_equal(shown["row"].window(slice(None), slice(None)), matrix()[1:2])
    assert shown["more"].window(slice(0, 2), slice(0, 1)).shape == (2, 1)
    assert shown["x"][-1, -1] == matrix()[-1, -1]
    np.testing.assert_array_equal(np.asarray(shown["turned"]), matrix().T)
    with pytest.raises(IndexError):
        shown["x"][5, 0]
    with pytest.raises(IndexError):
        shown["x"][0]


def test_what_an_array_held_is_not_changed_by_looking_at_it():
    recording = record(many_views, matrix(), point())
    held = recording.state(3).names["x"].to_numpy()
    held[:] = 0
    np.testing.assert_array_equal(recording.state(3).names["x"].to_numpy(), matrix())


def test_the_first_write_through_an_attribute_has_its_old_value():
    class Net:
        def __init__(self):
            self.W = matrix()
            self.layers = {"a": [matrix()]}

    def step(net):
        net.W[0, 0] += 1.0
        net.layers["a"][0][1, 1] = 8.0
        return net

    recording = record(step, Net())
    table = recording.writes()
    assert table["old"].tolist() == [0.3, 0.1]
    assert table["new"].tolist() == [1.3, 8.0]


def test_the_name_of_a_write_fits_its_index():
    def step(x):
        x[1][2] = 7.0
        return x

    recording = record(step, matrix())
    (write,) = recording.state(1).writes
    assert (write.name, write.index) in {("x", (1, 2)), ("x[1]", (2,))}


def test_an_array_put_into_a_dict_while_the_function_runs_is_told():
    def rebinds(params):
        for key in list(params):
            params[key] = params[key] - 1.0
        return params

    run = record(rebinds, {"W": np.ones(2), "b": np.zeros(2)})
    (note,) = run.notes
    assert note.text.startswith("Other arrays were put into params while")


def test_an_array_in_a_dict_that_is_written_in_place_is_no_other_one():
    def updates(params):
        for key in params:
            params[key] -= 1.0
        return params

    assert not record(updates, {"W": np.ones(2), "b": np.zeros(2)}).notes
