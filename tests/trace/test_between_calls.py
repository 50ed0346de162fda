"""What changes between two calls of a traced function, or behind its back, is seen in each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest

from tests.trace.oracle import check, observe
from tutor.trace import Recorder, Recording

CALLS = 150  # more than are sorted in at once

Walk = Callable[[], object]
Made = tuple[Callable[..., object], Walk]


def slope(f, x):
    out = np.zeros_like(x)
    for i in range(x.size):
        kept = x[i]
        x[i] = kept + 0.5
        up = f(x)
        x[i] = kept
        out[i] = up - f(x)
    return out


def descent() -> Made:
    x = np.array([1.0, -2.0, 0.5])

    def walk():
        for _ in range(CALLS):
            x[:] -= 0.01 * slope(lambda values: float(values @ values), x)

    return slope, walk


def the_same_point_again() -> Made:
    x = np.array([1.0, 0.0, -0.0])
    return slope, lambda: [slope(np.sum, x) for _ in range(CALLS)]


def two_points_in_turn() -> Made:
    points = [np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])]
    return slope, lambda: [slope(np.sum, points[n % 2]) for n in range(CALLS)]


def the_same_point_with_another_shape() -> Made:
    x = np.arange(6.0)

    def traced(x):
        first = x[0]
        y = x * 2
        return first, y

    def walk():
        for n in range(CALLS):
            x.shape = (2, 3) if n % 3 else (6,)
            traced(x)
            x.reshape(-1)[0] += 1

    return traced, walk


def a_point_of_no_dimensions() -> Made:
    def traced(x):
        x[...] = x + 1.0
        return x

    x = np.array(1.0)
    return traced, lambda: [traced(x) for _ in range(CALLS)]


def a_view_with_another_shape() -> Made:
    traced, _ = the_same_point_with_another_shape()
    x = np.arange(7.0)[1:]

    def walk():
        for n in range(CALLS):
            x.shape = (2, 3) if n % 3 else (6,)
            traced(x)

    return traced, walk


def an_array_that_is_no_argument() -> Made:
    around = np.array([1.0, 2.0])

    def traced(x):
        seen = around
        again = around
        total = seen[0] + x[0]
        return total, again

    def walk():
        x = np.zeros(1)
        for n in range(CALLS):
            traced(x)
            around[n % 2] += 1.0

    return traced, walk


def views_of_what_was_shown() -> Made:
    def traced(x):
        y = x * 2
        row = y[1:]
        row[0] = 5.0
        x[0] += 1.0
        return y

    x = np.zeros(3)
    return traced, lambda: [traced(x) for _ in range(CALLS)]


def results_that_live_on() -> Made:
    def traced(x, earlier):
        y = x + 1.0
        y[0] += earlier[0]
        return y

    def walk():
        x, earlier = np.zeros(2), np.zeros(2)
        for n in range(CALLS):
            earlier = traced(x, earlier if n % 2 else x)
            earlier[1] -= 3.0  # the caller writes what it was given

    return traced, walk


def an_exception_in_some_calls() -> Made:
    def traced(x, n):
        y = x * 2
        y[1] = n
        if n % 7 == 3:
            y[9] = 1.0
        return y

    def walk():
        x = np.array([1.0, 2.0])
        for n in range(CALLS):
            try:
                traced(x, n)
            except IndexError:
                x[0] += 1

    return traced, walk


def a_return_that_lines_follow() -> Made:
    def traced(x):
        y = x + 1
        try:
            return y
        finally:
            y[0] = -1.0
            x[0] += 1.0

    x = np.zeros(2)
    return traced, lambda: [traced(x) for _ in range(CALLS)]


def numbers_and_arrays_in_one_name() -> Made:
    def traced(x, n):
        y = x if n % 3 == 0 else float(n) if n % 3 == 1 else (n, 1)
        z = x + 1 if n % 2 else n
        return y, z

    x = np.array([1.0, 2.0])
    return traced, lambda: [traced(x, n) for n in range(CALLS)]


def a_number_that_is_an_array() -> Made:
    def traced(n, x):
        at = n
        return x[at]

    n, x = np.array(0), np.array([4.0, 5.0])

    def walk():
        for _ in range(CALLS):
            traced(n, x)
            n[...] = 1 - n

    return traced, walk


MADE = [
    descent,
    the_same_point_again,
    two_points_in_turn,
    the_same_point_with_another_shape,
    a_point_of_no_dimensions,
    a_view_with_another_shape,
    an_array_that_is_no_argument,
    views_of_what_was_shown,
    results_that_live_on,
    an_exception_in_some_calls,
    a_return_that_lines_follow,
    numbers_and_arrays_in_one_name,
    a_number_that_is_an_array,
]


@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")
@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_every_state_of_every_call_is_what_really_was(make: Callable[[], Made]) -> None:
    traced, walk = make()
    recording = Recorder(traced).run(walk)
    traced, walk = make()
    check(recording, observe(traced, walk, (), {}, ()))


@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")
def test_an_array_keeps_the_shape_that_it_was_shown_with():
    def traced(x):
        y = x + 1
        y.shape = (3, 1)
        w = y
        y[2] = 7.0
        return w

    x = np.zeros(3)
    recording = Recorder(traced).run(lambda: [traced(x) for _ in range(CALLS)])
    for first in first_steps(recording):
        assert recording.state(first + 1).names["y"].shape == (3,)
        names = recording.state(first + 4).names
        np.testing.assert_array_equal(names["w"].to_numpy(), [[1.0], [1.0], [7.0]])


# -- what names reach ----------------------------------------------------------------------------


def reads(f, x):
    return f(x)


def first_steps(recording: Recording) -> list[int]:
    steps = range(len(recording))
    return [
        step for step in steps if step == 0 or recording.call_of(step - 1) < recording.call_of(step)
    ]


def reached(recording: Recording, name: str) -> list[bool]:
    """Return for each call whether a name reaches the buffer of x."""
    memories = [recording.memory(step) for step in first_steps(recording)]
    return [bool(memory.of("x")) and name in memory.of("x").names for memory in memories]


def exchanged_in_a_cell(x, other):
    held = other

    def f(_):
        return held.sum()

    for n in range(6):
        held = x if n in (2, 3) else other
        yield f


def exchanged_in_an_attribute(x, other):
    held = SimpleNamespace(W=other)

    def f(_):
        return held.W.sum()

    for n in range(6):
        held.W = x if n in (2, 3) else other
        yield f


def exchanged_in_a_list(x, other):
    held = [other]

    def f(_):
        return held[0].sum()

    for n in range(6):
        held[0] = x if n in (2, 3) else other
        yield f


def added_to_an_object(x, other):
    held = SimpleNamespace(count=0)

    def f(_):
        held.count += 1
        return 0.0

    for n in range(6):
        if n in (2, 3):
            held.W = x
        elif hasattr(held, "W"):
            del held.W
        yield f


def none_before(x, other):
    held = None

    def f(_):
        return 0.0 if held is None else held.sum()

    for n in range(6):
        held = x if n in (2, 3) else None
        yield f


def a_number_before(x, other):
    held = 0.0

    def f(_):
        return held + 1.0

    for n in range(6):
        held = x if n in (2, 3) else float(n)
        yield f


@pytest.mark.parametrize(
    ("exchanges", "name"),
    [
        (exchanged_in_a_cell, "held"),
        (exchanged_in_an_attribute, "held.W"),
        (exchanged_in_a_list, "held[0]"),
        (added_to_an_object, "held.W"),
        (none_before, "held"),
        (a_number_before, "held"),
    ],
)
def test_a_name_bound_anew_between_two_calls_reaches_another_array(exchanges, name):
    x, other = np.zeros(3), np.ones(3)
    recording = Recorder(reads).run(lambda: [reads(f, x) for f in exchanges(x, other)])
    assert reached(recording, name) == [False, False, True, True, False, False]


def test_a_global_name_bound_anew_between_two_calls_reaches_another_array():
    x, other = np.zeros(3), np.ones(3)
    space: dict[str, object] = {"held": other}
    exec("def f(_):\n    return held.sum()", space)

    def walk():
        for n in range(4):
            space["held"] = x if n == 2 else other
            reads(space["f"], x)

    assert reached(Recorder(reads).run(walk), "held") == [False, False, True, False]


# -- what a call ends with -----------------------------------------------------------------------


def test_a_returned_array_is_shown_as_it_was_when_it_was_returned():
    def gives(x):
        y = x + 1.0
        y[0] = 5.0
        return y

    def walk():
        for _ in range(100):
            gives(np.zeros(2))[:] = -1.0

    recording = Recorder(gives).run(walk)
    told = {str(recording.state(step).result[0]) for step in range(3, len(recording), 4)}
    assert told == {"array [5. 1.]"}


@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")
def test_a_result_has_the_shape_that_it_was_returned_with():
    def gives(x):
        y = x + 1.0
        y.shape = (1, 2)
        return y

    recording = Recorder(gives).run(lambda: [gives(np.zeros(2)) for _ in range(3)])
    assert str(recording.state(3).result[0]) == "array [[1. 1.]]"


def test_a_result_that_had_no_name_is_shown_as_it_was_when_it_was_returned():
    def gives(x):
        return x + 1.0

    def walk():
        for _ in range(100):
            gives(np.zeros(2))[:] = -1.0

    recording = Recorder(gives).run(walk)
    told = {str(recording.state(step).result[0]) for step in range(1, len(recording), 2)}
    assert told == {"array [1. 1.]"}


def test_an_array_of_many_numbers_is_returned_as_its_shape():
    def gives(x):
        return x + 1.0

    recording = Recorder(gives).run(lambda: [gives(np.zeros(13)) for _ in range(3)])
    assert str(recording.state(1).result[0]) == "array 13 float64"


def test_what_f_does_in_one_call_of_many_is_noted_at_the_end_of_that_call():
    turn = 0

    def f(x):
        nonlocal turn
        turn += 1
        if turn == 80:
            x[1] = 9.0
        return 0.0

    def walk():
        x = np.zeros(3)
        for _ in range(CALLS):
            reads(f, x)

    recording = Recorder(reads).run(walk)
    (note,) = recording.notes
    assert "other than a line" in note.text
    assert recording.call_of(note.step) == 79
    assert recording.state(note.step).names["x"][1] == 9.0
    assert recording.state(note.step - 1).names["x"][1] == 0.0


def test_what_f_does_before_it_fails_is_noted_too():
    turn = 0

    def f(x):
        nonlocal turn
        turn += 1
        if turn == 80:
            x[1] = 9.0
            raise ValueError("80")
        return 0.0

    def walk():
        x = np.zeros(3)
        for _ in range(CALLS):
            with suppress(ValueError):
                reads(f, x)

    recording = Recorder(reads).run(walk)
    (note,) = recording.notes
    assert recording.call_of(note.step) == 79
    assert recording.state(note.step).exception == "ValueError: 80"


def test_an_array_of_negative_zeros_is_none_of_zeros():
    def traced(x):
        y = -x
        return y[0]

    x = np.zeros(2)
    recording = Recorder(traced).run(lambda: [traced(x) for _ in range(CALLS)])
    for first in first_steps(recording):
        assert np.signbit(recording.state(first + 1).names["y"].to_numpy()).all()


def test_what_a_function_does_to_an_array_of_its_own_is_noted():
    def traced(f):
        y = np.zeros(2)
        return f(y)

    def f(y):
        y[0] = -0.0  # differs by one bit
        return 1.0

    recording = Recorder(traced).run(lambda: [traced(f) for _ in range(CALLS)])
    assert len(recording.notes) == 1


def test_what_calls_ended_with_is_not_kept_where_the_writes_say_it():
    traced, walk = descent()
    recording = Recorder(traced).run(walk)
    assert recording.calls.nbytes / CALLS < 2 * 3 * 8  # less than x and the result, three floats


def test_memory_used_again_by_another_call_is_not_the_same_array():
    def traced(n):
        y = np.full(2, float(n))
        y[0] += 1
        return n

    recording = Recorder(traced).run(lambda: [traced(n) for n in range(CALLS)])
    for call, step in enumerate(first_steps(recording)):
        np.testing.assert_array_equal(
            recording.state(step + 2).names["y"].to_numpy(), [call + 1, call]
        )
    assert recording.notes == ()
