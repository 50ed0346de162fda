"""A memory that is laid out once is drawn as one that is laid out at every step."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.trace import Recorder
from tutor.trace.recording import Recording
from tutor.ui.drawing.laid_out import LaidOut, written_of
from tutor.ui.drawing.memory import memory


def rows_are_written(x: np.ndarray) -> np.ndarray:
    y = x
    for i in range(3):
        row = x[i]
        row[1] = 5.0
        y[i, 0] += 1.0
        x[i, 2], x[i, 0] = 7.0, 8.0
    x += 1
    x = x.T
    x[0, 1] = 2.0
    return y


def all_at_once(x: np.ndarray) -> None:
    x[:] = 1.0
    x[0, :2] = 3.0


def recorded(function: object, size: tuple[int, int] = (3, 3)) -> Recording:
    recording = Recorder(function).run(function, np.zeros(size))
    assert isinstance(recording, Recording)
    return recording


def check(recording: Recording, cells: int) -> int:
    """Draw every step from every layout it can come from; return how many did so."""
    layouts = [LaidOut(recording.memory(step)) for step in range(len(recording))]
    told = 0
    for step in range(len(recording)):
        whole = recording.memory(step)
        layout = next(one for one in layouts if one.buffers == layouts[step].buffers)
        assert layout.lines(cells, written_of(whole)) == memory(whole, cells)
        written = layout.written(recording.state(step))
        if written is not None:
            told += bool(written)
            assert layout.lines(cells, written) == memory(whole, cells)
    return told


@pytest.mark.parametrize("cells", [24, 40, 62])
def test_a_real_run(cells: int, mutated: Recording) -> None:
    # Each iteration writes x three times and grad once.
    assert check(mutated, cells) == 4 * mutated.passes


@pytest.mark.parametrize("cells", [24, 62])
def test_views_and_names_that_change_their_array(cells: int) -> None:
    assert check(recorded(rows_are_written), cells) >= 9


def test_a_line_that_gives_its_name_a_value_does_not_tell() -> None:
    recording = recorded(rows_are_written)
    states = [recording.state(step) for step in range(len(recording))]
    state = next(s for s in states if "x" in s.assigned and s.writes)
    assert LaidOut(recording.memory(state.step)).written(state) is None


def test_more_elements_than_a_state_lists_are_left_to_the_recording() -> None:
    recording = recorded(all_at_once, (20, 20))
    states = [recording.state(step) for step in range(len(recording))]
    state = next(s for s in states if s.written > len(s.writes))
    assert LaidOut(recording.memory(state.step)).written(state) is None
    check(recording, 60)
