"""A run that was saved and opened is the run, step by step."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.trace.corpus import CASES, matrix
from tests.trace.programs import arrays, f, loaded, programs
from tests.trace.saved.alike import differences, plain_state
from tutor.nets import SimpleNet, numerical_gradient
from tutor.trace import Recorder, record
from tutor.trace.errors import RecordingError
from tutor.trace.saved import Run, Saved, SavedRun, dump, load
from tutor.trace.saved.document import data_of

X, T = np.array([0.6, 0.9]), np.array([0, 0, 1])
CALLS = 60
# Stepped into twice, the counter that it changes from call to call has gone on.
CHANGES_WHEN_CALLED = {"nonlocal_counter"}


def opened(*recordings: Any) -> list[Any]:
    saved = Saved("runs", tuple(Run(str(n), one) for n, one in enumerate(recordings)))
    return [run.steps for run in load(dump(saved)).runs]


@pytest.fixture(scope="module")
def puzzle():
    net = SimpleNet(matrix())
    return record(numerical_gradient, lambda W: net.loss(X, T), net.W)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore")
def test_every_state_is_the_one_that_was_recorded(name):
    traced, call, args, kwargs = CASES[name].fresh()
    recording = Recorder(traced).run(call, *args, **kwargs)
    (saved,) = opened(recording)
    assert list(differences(recording, saved)) == []
    if name not in CHANGES_WHEN_CALLED:
        for step in saved.data.inside:
            deep = recording.step_into(step)
            assert list(differences(deep, saved.step_into(step))) == [], step


@settings(max_examples=60, deadline=None)
@given(programs(), arrays())
def test_any_program_comes_back_as_it_was(text, x):
    recording = record(loaded(text), f, x)
    assert list(differences(recording, opened(recording)[0])) == []


def test_many_calls_come_back_with_what_happened_between_them():
    net = SimpleNet(matrix())

    def descend():
        for _ in range(CALLS):
            net.W -= 0.1 * numerical_gradient(lambda W: net.loss(X, T), net.W)

    recording = Recorder(numerical_gradient).run(descend)
    assert list(differences(recording, opened(recording)[0])) == []


def test_what_was_opened_can_be_saved_again(puzzle):
    (first,) = opened(puzzle)
    (second,) = opened(first)
    assert list(differences(first, second)) == []


def test_a_run_that_raised_says_so():
    def breaks(x):
        y = x * 2
        return y[7]

    recording = record(breaks, np.arange(3.0))
    (saved,) = opened(recording)
    assert saved.state(-1).exception == recording.state(-1).exception
    assert str(saved.exception).startswith("IndexError: index 7")


def test_only_the_first_iteration_can_be_stepped_into_and_the_others_say_which(puzzle):
    (saved,) = opened(puzzle)
    inside = [step for step in range(len(saved)) if saved.can_step_into(step)]
    assert len(inside) == 2  # f(x + h) and f(x - h)
    assert {saved.iteration_of(step) for step in inside} == {0}
    later = inside[0] + saved.iteration_start(1) - saved.iteration_start(0)
    assert f"step {inside[0] + 1} " in saved.why_not_into(later)
    with pytest.raises(RecordingError, match="go there"):
        saved.step_into(later)
    assert saved.why_not_into(0) == ""


def test_the_document_names_its_format_and_is_plain_json(puzzle):
    document = json.loads(dump(Saved("the puzzle", (Run("net.W", puzzle),), ("a note",))))
    assert (document["format"], document["version"]) == ("gradtutor run", 1)
    assert document["runs"][0]["title"] == "net.W"
    assert document["notes"] == ["a note"]


def test_numbers_that_json_has_no_word_for_come_back():
    def odd(x):
        low, high, none = -np.inf, np.float32(np.inf), float("nan")  # noqa: F841
        large, zero = 10**30, -0.0  # noqa: F841
        return x

    (saved,) = opened(record(odd, np.array([np.nan, 1.0])))
    names = saved.state(-1).names
    assert names["low"] == -np.inf
    assert type(names["high"]) is np.float32
    assert names["none"] != names["none"]
    assert names["large"] == 10**30
    assert str(names["zero"]) == "-0.0"


def test_a_long_double_comes_back():
    def wide(x):
        third = np.longdouble(1) / 3  # noqa: F841
        return x

    recording = record(wide, np.ones(2, np.longdouble))
    assert list(differences(recording, opened(recording)[0])) == []


def test_the_same_run_is_the_same_document():
    def twice(x):
        y = x * 2
        return y[1:], y

    x = np.arange(3.0)
    first, second = (dump(Saved("a", (Run("a", record(twice, x)),))) for _ in range(2))
    assert first == second


def test_the_result_comes_back(puzzle):
    (saved,) = opened(puzzle)
    assert np.array_equal(saved.result, puzzle.result)


def test_a_long_run_is_small_and_lies_in_columns():
    x = np.linspace(-1, 1, 3000)
    recording = record(numerical_gradient, lambda x: float(np.sum(x[:3] ** 2)), x)
    data = dump(Saved("long", (Run("one", recording),)))
    assert len(data) < 200 * recording.passes
    (run,) = (run.steps for run in load(data).runs)
    assert isinstance(run, SavedRun)
    for step in range(0, len(run), 997):
        assert plain_state(run.state(step)) == plain_state(recording.state(step))


def test_what_is_no_recording_cannot_be_saved():
    with pytest.raises(TypeError, match="a list cannot be saved"):
        data_of([])  # type: ignore[arg-type]


def test_arrays_with_gaps_do_not_come_to_share_memory():
    def takes(first, second, third):
        return first[0]

    recording = record(takes, *(np.ones(100, complex).real for _ in range(3)))
    assert list(differences(recording, opened(recording)[0])) == []
