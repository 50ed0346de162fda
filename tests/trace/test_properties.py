"""What holds for the recording of any function, tried on functions written at random."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.trace.oracle import check, copied, observe, same
from tests.trace.programs import arrays, f, loaded, programs
from tutor.trace import Cursor, Recording, State, record

some = settings(
    max_examples=40,
    phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes: the slow test does it
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
many = settings(some, max_examples=1500, derandomize=False, phases=tuple(Phase))


def frozen(state: State) -> dict[str, object]:
    """Return a state with its arrays read, so that two can be compared."""
    return {
        "place": (state.step, state.line, state.call, state.iteration, state.idx, state.blank),
        "names": {name: _read(value) for name, value in state.names.items()},
        "writes": [(w.step, w.name, w.index, w.old, w.new) for w in state.writes],
        "rest": (state.assigned, [r.callee for r in state.returned], state.exception),
    }


def _read(value: object) -> object:
    if hasattr(value, "to_numpy"):
        held = value.to_numpy()
        return held.dtype.str, held.shape, held.tobytes()
    return type(value).__name__, value


def run(text: str, x: np.ndarray) -> Recording:
    recording = record(loaded(text), f, x)
    assert isinstance(recording, Recording), recording.notes
    return recording


def the_states_are_what_really_was(text: str, x: np.ndarray) -> None:
    function = loaded(text)
    recording = record(function, f, x.copy())
    observed = observe(function, function, (f, x.copy()), {})
    assert type(recording.exception) is type(observed.exception)
    check(recording, observed)
    if observed.exception is None:
        for mine, real in zip(np.ravel(recording.result), np.ravel(observed.result), strict=True):
            assert same(mine, copied(real))


@some
@given(programs(), arrays())
def test_the_states_of_any_function_are_what_really_was(text, x):
    the_states_are_what_really_was(text, x)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@many
@given(programs(), arrays())
def test_the_states_of_very_many_functions_are_what_really_was(text, x):
    the_states_are_what_really_was(text, x)


@some
@given(programs(), arrays())
def test_stepping_back_from_the_end_passes_the_very_same_states(text, x):
    cursor = Cursor(run(text, x))
    forth = [frozen(cursor.state)]
    while cursor.forward():
        forth.append(frozen(cursor.state))
    assert cursor.at_end
    back = [frozen(cursor.state)]
    while cursor.back():
        back.append(frozen(cursor.state))
    assert cursor.at_start
    assert back[::-1] == forth
    assert len(forth) == len(cursor.recording)


@some
@given(programs(), arrays(), st.randoms(use_true_random=False))
def test_any_order_of_looking_shows_the_same_states(text, x, random):
    recording = run(text, x)
    in_order = [frozen(recording.state(step)) for step in range(len(recording))]
    steps = [*range(len(recording))] * 2
    random.shuffle(steps)
    for step in steps:
        assert frozen(recording.state(step)) == in_order[step]


@some
@given(programs(), arrays())
def test_the_writes_of_each_step_lead_from_the_state_before_to_the_state_after(text, x):
    recording = run(text, x)
    for step in range(1, len(recording)):
        before, after = recording.state(step - 1), recording.state(step)
        for write in after.writes:
            if write.name in before.names and write.name not in after.assigned:
                assert before.names[write.name][write.index] == pytest.approx(
                    _first_old(after.writes, write), nan_ok=True
                )
            if write.name in after.names and write.index:
                last = [w for w in after.writes if (w.name, w.index) == (write.name, write.index)]
                assert after.names[write.name][write.index] == pytest.approx(
                    last[-1].new, nan_ok=True
                )


def _first_old(writes, wanted):
    return next(w.old for w in writes if (w.name, w.index) == (wanted.name, wanted.index))


@some
@given(programs(), arrays())
def test_the_writes_played_again_turn_the_first_array_into_the_last(text, x):
    first = x.copy()
    recording = run(text, x)
    shared = {
        name
        for step in range(len(recording))
        for name in recording.names
        if recording.memory(step).shares("x", name)
    }
    played = first.reshape(-1)
    cells = np.arange(first.size).reshape(first.shape)
    for row in recording.writes():
        view = recording.state(int(row["step"])).names.get(row["name"])
        if row["name"] not in shared or view is None:
            continue
        if not recording.memory(int(row["step"])).shares("x", row["name"]):
            continue
        cell = _cell(recording, int(row["step"]), row, cells)
        assert played[cell] == pytest.approx(row["old"], nan_ok=True)
        played[cell] = row["new"]
    np.testing.assert_array_equal(first, x)


def _cell(recording, step, row, cells):
    """Return which element of x a row of the table is about."""
    refs = {b.name: b.ref for buffer in recording.memory(step).buffers for b in buffer.bindings}
    shape = refs[row["name"]].shape
    index = tuple(int(i) for i in row["index"][: len(shape)])
    assert all(0 <= i < n for i, n in zip(index, shape, strict=True)), (row, shape)
    wanted = refs[row["name"]].cell(index)
    return int(cells[refs["x"].cells() == wanted][0])


@some
@given(programs(), arrays())
def test_recording_changes_nothing_that_a_function_does(text, x):
    function = loaded(text)
    bare, recorded = x.copy(), x.copy()
    try:
        result, error = function(f, bare), None
    except Exception as raised:
        result, error = None, raised
    recording = record(function, f, recorded)
    np.testing.assert_array_equal(bare, recorded)
    assert repr(recording.exception) == repr(error)
    if error is None:
        np.testing.assert_array_equal(np.ravel(recording.result), np.ravel(result))
