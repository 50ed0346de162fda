"""Every state of a recording is what an independent observer saw in the same run."""

from __future__ import annotations

import numpy as np
import pytest

from tests.trace.corpus import CASES
from tests.trace.oracle import check, observe
from tutor.trace import Recorder, record
from tutor.trace.origin import plain_function


@pytest.mark.parametrize("name", CASES)
def test_every_state_is_what_really_was(name):
    traced, call, args, kwargs = CASES[name].fresh()
    recording = Recorder(traced).run(call, *args, **kwargs)
    _, call, args, kwargs = CASES[name].fresh()
    extra = tuple(recording.names)
    observed = observe(plain_function(traced), call, args, kwargs, extra)
    check(recording, observed)


def test_the_name_of_a_handled_exception_is_gone_after_its_handler():
    def handles(x):
        try:
            y = x[9]
        except IndexError as error:
            y = str(error)
        z = 1
        return y, z

    recording = record(handles, np.zeros(3))
    shown = ["error" in recording.state(step).names for step in range(len(recording))]
    assert shown == [False, False, True, True, False, False]


@pytest.mark.parametrize("value", [3.5, None, "seven", (1, 2.0)])
def test_a_line_that_returns_says_what(value):
    def gives(x):
        y = [x]
        return y[0]

    recording = record(gives, value)
    assert [recording.state(step).result for step in range(3)] == [(), (), (value,)]
    deep = record(lambda f, x: f(x), gives, value)
    assert deep.state(len(deep) - 1).result == (value,)


def test_a_line_that_writes_very_many_elements_says_how_many():
    def fills(x):
        x[:] = 1.0
        return x

    state = record(fills, np.zeros((30, 40))).state(1)
    assert len(state.writes) == 100
    assert state.written == 1200
