# ruff: noqa: RET504
"""What was there before a recording is there afterwards, whatever happened in between."""

from __future__ import annotations

import contextlib
import sys
import threading
import time

import numpy as np
import pytest

from tests.trace.corpus import CASES, matrix, point, range_size, skew
from tutor.nets.gradient import numerical_gradient
from tutor.trace import Recorder, RecordingError, record


class Failing:
    """A function that raises at one of its calls."""

    def __init__(self, at, error):
        self.left, self.error = at, error

    def __call__(self, x):
        self.left -= 1
        if self.left < 0:
            raise self.error
        return skew(x)


def ways_to_end():
    return {
        "well": skew,
        "error": Failing(2, ValueError("no")),
        "exit": Failing(2, SystemExit(3)),
        "interrupt": Failing(2, KeyboardInterrupt()),
        "generator exit": Failing(2, GeneratorExit()),
    }


def run(f, x):
    try:
        return record(range_size, f, x)
    except KeyboardInterrupt:
        return None


@pytest.mark.parametrize("way", ways_to_end())
def test_code_trace_function_and_print_options_are_as_before(way):
    code, seen = range_size.__code__, []

    def tracer(frame, event, arg):
        seen.append(event)

    before = sys.gettrace()
    options = np.get_printoptions()
    errors = np.geterr()
    threads = threading.gettrace()
    sys.settrace(tracer)
    try:
        run(ways_to_end()[way], point())
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)
    assert range_size.__code__ is code
    assert np.get_printoptions() == options
    assert np.geterr() == errors
    assert threading.gettrace() is threads
    np.testing.assert_array_equal(
        range_size(skew, point()), record(range_size, skew, point()).result
    )


@pytest.mark.parametrize("way", ways_to_end())
def test_the_arrays_end_as_they_do_without_a_recorder(way):
    bare, recorded = point(), point()
    with contextlib.suppress(BaseException):
        range_size(ways_to_end()[way], bare)
    run(ways_to_end()[way], recorded)
    np.testing.assert_array_equal(bare, recorded)


def test_an_interrupt_goes_on_to_the_caller():
    with pytest.raises(KeyboardInterrupt):
        record(range_size, Failing(1, KeyboardInterrupt()), point())


def test_an_exception_is_kept_with_its_place():
    recording = record(range_size, Failing(3, ValueError("no more")), point())
    last = recording.state(len(recording) - 1)
    assert isinstance(recording.exception, ValueError)
    assert recording.result is None
    assert last.exception == "ValueError: no more"
    assert recording.source.line(last.line).strip() == "fxh2 = f(x)"
    assert (last.iteration, last.idx) == (1, (1,))
    assert all(recording.state(s).exception is None for s in range(len(recording) - 1))


@pytest.mark.parametrize("name", CASES)
def test_recording_changes_nothing_that_a_function_does(name):
    _, call, args, kwargs = CASES[name].fresh()
    bare = outcome(call, args, kwargs)
    traced, call, args, kwargs = CASES[name].fresh()
    recording = Recorder(traced).run(call, *args, **kwargs)
    assert repr(recording.exception) == bare[1]
    assert text(recording.result) == bare[0]
    for value, before in zip(args, bare[2], strict=True):
        assert text(value) == before


def outcome(call, args, kwargs):
    try:
        result, error = call(*args, **kwargs), None
    except BaseException as raised:
        result, error = None, raised
    return text(result), repr(error), [text(value) for value in args]


def text(value):
    """Return what can be compared of a value: no addresses."""
    if isinstance(value, np.ndarray | list | dict | float | int | str | type(None)):
        return repr(value)
    if isinstance(value, tuple):
        return tuple(text(item) for item in value)
    return type(value).__name__


def test_the_function_keeps_its_name_defaults_and_attributes():
    def traced(x, h=3, *, k=4):
        y = x + h + k
        return y

    traced.mark = "kept"
    before = (traced.__name__, traced.__defaults__, traced.__kwdefaults__, traced.__code__)
    record(traced, 1)
    after = (traced.__name__, traced.__defaults__, traced.__kwdefaults__, traced.__code__)
    assert after == before
    assert after[3] is before[3]
    assert traced.mark == "kept"


def test_the_learners_function_sees_none_of_the_recorders_names():
    def looks(x):
        x[np.argmax(x) + 0] = 1.0
        x[0] += 2.0
        return sorted(locals())

    assert record(looks, point()).result == ["x"]


def test_the_traceback_of_an_exception_names_the_learners_lines():
    recording = record(range_size, Failing(0, ValueError("no")), point())
    trace, lines = recording.exception.__traceback__, []
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "range_size":
            lines.append(recording.source.line(trace.tb_lineno).strip())
        trace = trace.tb_next
    assert lines == ["fxh1 = f(x)"]


def test_a_recording_inside_a_recording_of_the_same_function_is_refused():
    said = []

    def f(x):
        try:
            record(range_size, skew, x.copy())
        except RecordingError as error:
            said.append(str(error))
        return skew(x)

    recording = record(range_size, f, point())
    assert len(said) == 6
    assert "range_size is being recorded already" in said[0]
    assert recording.exception is None
    assert record(range_size, skew, point()).exception is None


def test_a_recording_of_another_function_inside_a_recording_works():
    inner = []

    def f(x):
        inner.append(record(CASES["whole_array"].traced, x.copy()))
        return skew(x)

    recording = record(range_size, f, point())
    assert len(inner) == 6
    np.testing.assert_array_equal(recording.result, range_size(skew, point()))


def test_a_call_in_another_thread_is_recorded():
    def call(x):
        thread = threading.Thread(target=range_size, args=(skew, x))
        thread.start()
        thread.join()

    recording = Recorder(range_size).run(call, point())
    np.testing.assert_array_equal(
        recording.iterations["fxh1"], record(range_size, skew, point()).iterations["fxh1"]
    )


def test_calls_in_several_threads_at_once_give_one_whole_call_and_a_note():
    def slow(x):
        time.sleep(0.0005)
        return skew(x)

    def call():
        threads = [threading.Thread(target=range_size, args=(slow, point())) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    recording = Recorder(range_size).run(call)
    whole = record(range_size, skew, point()).iterations
    for number in range(len(recording.iterations) // 3):
        mine = recording.iterations[3 * number : 3 * number + 3]
        np.testing.assert_array_equal(mine["fxh1"], whole["fxh1"])
    assert recording.notes


def test_an_f_that_takes_gradients_itself_is_recorded_outside_and_noted():
    def f(x):
        return float(np.sum(numerical_gradient(lambda v: float(np.sum(v**2)), x.copy())))

    recording = record(numerical_gradient, f, matrix())
    assert len(recording.iterations) == 6
    np.testing.assert_allclose(recording.result, 2.0, atol=1e-6)
    assert any("inner calls are not recorded" in note.text for note in recording.notes)
    assert {recording.state(s).depth for s in range(len(recording))} == {0}


def test_an_f_that_writes_into_x_is_said():
    def f(x):
        x[-1] *= 2.0
        return skew(x)

    x = point()
    recording = record(range_size, f, x)
    assert any("other than a line" in note.text for note in recording.notes)
    last = recording.state(len(recording) - 1).names["x"]
    np.testing.assert_array_equal(last.to_numpy(), x)


def test_a_write_by_f_is_never_missed_at_the_end_of_a_call():
    def f(x):
        x[0] += 1.0

    def traced(f, x):
        y = f(x)
        return y

    def call(x):
        for _ in range(2000):
            traced(f, x)

    recording = Recorder(traced).run(call, np.zeros(3000))
    assert len(recording) == 6000
    wrong = [k for k in range(2000) if recording.state(3 * k + 2).names["x"][0] != k + 1]
    assert wrong == []


def test_exceptions_caught_in_a_loop_cost_time_in_proportion():
    def catches(n):
        y = 0
        for _ in range(n):
            try:
                y = 1 / 0
            except ZeroDivisionError:
                y = 2
        return y

    def seconds(n):
        begin = time.process_time()
        record(catches, n)
        return time.process_time() - begin

    seconds(100)
    few = min(seconds(500) for _ in range(3))
    assert min(seconds(4000) for _ in range(2)) < 8 * 4 * few  # squared it would be 64 times
