"""A recording that is looked at while it is made, and ended before its time."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from tutor.trace import Recorder, Recording
from tutor.trace.origin import Origin
from tutor.trace.printed import traced_frame
from tutor.trace.session import Session


class _Enough(BaseException):
    pass


class _Ender:
    """Ends a recording when enough steps are there, at the line that is running."""

    def __init__(self, most_steps: int) -> None:
        self.most_steps = most_steps
        self.looked = 0
        self.recording: Recording | None = None

    def begins(self, origin: Origin, session: Session) -> None:
        self.origin, self.session = origin, session

    def looks(self) -> None:
        self.looked += 1
        if self.session.steps >= self.most_steps:
            frame = traced_frame(self.session, sys._getframe())
            if frame is not None:
                self.session.stop(frame.f_lineno, "enough")
            self.recording = Recording(self.origin, self.session, None, None)
            raise _Enough


def slopes(x):
    grad = np.zeros_like(x)
    for i in range(x.size):
        keep = x[i]
        x[i] = keep + 1.0
        fxh1 = np.sum(x)
        grad[i] = fxh1
        x[i] = keep
    return grad


def product(x):
    return x * 2


def many(x, times):
    for _ in range(times):
        product(x)


def _ended(most_steps: int) -> Recording:
    ender = _Ender(most_steps)
    Recorder(slopes, ender).run(slopes, np.arange(5000.0))
    assert ender.recording is not None
    return ender.recording


@pytest.mark.parametrize("most_steps", [1, 10, 100, 2_000])
def test_a_recording_ends_near_the_step_that_was_asked_for(most_steps: int) -> None:
    found = _ended(most_steps)
    assert most_steps <= len(found) <= most_steps + max(most_steps // 10, 6 * 5)


def test_what_an_ended_recording_holds_is_what_the_whole_one_holds() -> None:
    found, whole = _ended(500), Recorder(slopes).run(slopes, np.arange(5000.0))
    for step in range(0, len(found) - 1, 7):
        mine, theirs = found.state(step), whole.state(step)
        assert (mine.line, mine.idx, mine.writes) == (theirs.line, theirs.idx, theirs.writes)
        assert mine.names["x"].to_numpy().tolist() == theirs.names["x"].to_numpy().tolist()
    last = found.state(len(found) - 1)
    assert last.exception == "enough"
    np.testing.assert_array_equal(
        found.iterations["grad"], whole.iterations["grad"][: len(found.iterations)]
    )


def test_calls_without_a_loop_are_looked_at_some_dozens_at_a_time() -> None:
    ender = _Ender(10**9)
    Recorder(product, ender).run(many, np.ones(2), 640)
    assert ender.looked == 10


def test_a_long_recording_is_looked_at_every_few_hundred_passes() -> None:
    ender = _Ender(10**9)
    Recorder(slopes, ender).run(slopes, np.arange(5000.0))
    assert 0 < ender.looked <= 4 + 5000 // 256 + 1


def test_steps_so_far_are_those_of_the_recording() -> None:
    ender = _Ender(10**9)
    run = Recorder(slopes, ender).run(slopes, np.arange(100.0))
    assert ender.session.steps == len(run)
