"""Recording a block of code, and every call of a decorated function."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from tutor.nets import SimpleNet, TwoLayerNet, numerical_gradient
from tutor.trace import Recording, RecordingError, record
from tutor.trace.block import recorded, recording

X, T = np.array([0.6, 0.9]), np.array([0, 0, 1])


def square(x):
    total = 0.0
    for i in range(x.size):
        total += x[i] ** 2
    return total


def test_every_call_in_the_block_is_in_the_recording():
    net = TwoLayerNet(3, 2, 2, rng=0)
    x, t = np.ones((2, 3)), np.array([0, 1])
    with recording(numerical_gradient) as run:
        for W in net.params.values():
            numerical_gradient(lambda _: net.loss(x, t), W)
    assert isinstance(run.recording, Recording)
    assert len(run.recording.calls) == 4
    assert run.recording.passes == sum(W.size for W in net.params.values())


def test_it_is_the_recording_that_record_makes():
    net = SimpleNet(rng=0)
    with recording(numerical_gradient) as run:
        numerical_gradient(lambda W: net.loss(X, T), net.W)
    same = record(numerical_gradient, lambda W: net.loss(X, T), net.W)
    assert np.array_equal(run.recording.iterations, same.iterations)


def test_there_is_no_recording_before_the_block_ends():
    with (
        recording(square) as run,
        pytest.raises(RecordingError, match=r"no recording of square yet.*after the block"),
    ):
        run.recording  # noqa: B018


def test_afterwards_the_function_is_as_it_was():
    code = square.__code__
    with recording(square):
        assert square.__code__ is not code
    assert square.__code__ is code


def test_an_exception_goes_on_and_what_ran_is_kept():
    with pytest.raises(IndexError), recording(square) as run:
        square(np.ones((2, 2)))
    assert isinstance(run.recording.exception, IndexError)
    assert run.recording.state(len(run.recording) - 1).exception is not None
    assert square(np.ones(2)) == 2.0


def test_an_exception_of_the_block_itself_is_kept_too():
    with pytest.raises(KeyError), recording(square) as run:
        raise KeyError(square(np.ones(2)))
    assert isinstance(run.recording.exception, KeyError)
    assert len(run.recording) > 0


def test_a_keyboard_interrupt_leaves_everything_as_it_was():
    code = square.__code__
    with pytest.raises(KeyboardInterrupt), recording(square):
        raise KeyboardInterrupt
    assert square.__code__ is code
    with recording(square):
        pass


def test_a_block_in_a_block_gets_a_sentence():
    with (
        recording(square),
        pytest.raises(RecordingError, match="being recorded already"),
        recording(square),
    ):
        pass


def test_a_function_without_source_is_looked_at_from_outside():
    names: dict = {}
    exec("def hidden(x):\n    y = x + 1\n    return y", names)
    before = sys.gettrace()
    with recording(names["hidden"]) as run:
        assert names["hidden"](2) == 3
    assert sys.gettrace() is before
    assert run.recording.state(1).names["y"] == 3
    assert "from outside" in run.recording.notes[0].text


@recorded
def doubled(x, times=2):
    """Return x, times two."""
    if x < 0:
        raise ValueError("negative")
    y = times * x
    return y if y < 100 else doubled(y / 4)


def test_a_decorated_function_keeps_its_recordings():
    doubled.recordings.clear()
    assert doubled(3) == 6
    assert doubled(4, times=1) == 4
    assert [run.result for run in doubled.recordings] == [6, 4]
    assert doubled.__name__ == "doubled"
    assert doubled.__doc__ == "Return x, times two."


def test_it_raises_what_it_raised():
    doubled.recordings.clear()
    with pytest.raises(ValueError, match="negative"):
        doubled(-1)
    assert isinstance(doubled.recordings[-1].exception, ValueError)


def test_a_call_inside_its_own_call_is_a_part_of_it():
    doubled.recordings.clear()
    assert doubled(64) == 64.0
    assert len(doubled.recordings) == 1


def test_it_can_be_recorded_by_hand_too():
    doubled.recordings.clear()
    run = record(doubled, 3)
    assert run.result == 6
    assert not doubled.recordings


class Net:
    def __init__(self) -> None:
        self.W = np.ones(2)

    @recorded(keep=2)
    def loss(self, x):
        return float(x @ self.W)


def test_a_method_is_recorded_for_each_object():
    net = Net()
    assert [net.loss(np.full(2, n)) for n in range(4)] == [0, 2, 4, 6]
    assert [run.result for run in Net.loss.recordings] == [4, 6]


def test_what_cannot_be_recorded_is_refused_where_it_is_defined():
    with pytest.raises(RecordingError, match="generator"):

        @recorded
        def numbers():
            yield 1
