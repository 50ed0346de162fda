"""How long it takes to look at any step of a long recording, and whether what is seen is so."""

from __future__ import annotations

import sys
import time
import types
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

import numpy as np

from tests.benchmarks import runs
from tests.benchmarks.peers_lines import FUNCTION
from tests.benchmarks.table import Row, at_least, under
from tests.benchmarks.timing import percentile
from tests.trace.oracle import copied, same
from tutor.nets import numerical_gradient
from tutor.trace import Recorder, Recording

_SEED = 7
_WINDOW = 12
_MOST = 30.0  # us
_ENTRY = 0  # the line of a call's first step: its arguments are there, no line has run
Moment = tuple[int, Mapping[str, object]]


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield the times of random looks at the recording of every parameter, and its truth."""
    sizes = (20, 5, 4) if quick else runs.SIZES
    run = runs.every_parameter(sizes)
    recording = Recorder(numerical_gradient).run(lambda: run.call(numerical_gradient))
    assert isinstance(recording, Recording)
    rng = np.random.default_rng(_SEED)
    steps = rng.integers(len(recording), size=100 if quick else 3000).tolist()
    yield Row("recording", len(recording), "steps", how=run.name)
    yield from _times(recording, steps)
    yield from _truth(recording, sizes, rng.choice(len(recording), 60, replace=False).tolist())


def _times(recording: Recording, steps: list[int]) -> Iterator[Row]:
    for step in steps[:50]:
        _look(recording, step)
    states = [_us(lambda step=step: recording.state(step)) for step in steps]
    looks = [_us(lambda step=step: _look(recording, step)) for step in steps]
    count = f"{len(steps):,} random steps"
    yield Row("state, median", median(states), "us", under(_MOST), count)
    yield Row("state, p95", percentile(states, 95), "us")
    how = f"the current element of x, and {_WINDOW}x{_WINDOW} around it"
    yield Row("state and reads, median", median(looks), "us", under(_MOST), how)
    yield Row("state and reads, p95", percentile(looks, 95), "us")
    fifths = [
        [t for s, t in zip(steps, looks, strict=True) if s * 5 // len(recording) == n]
        for n in range(5)
    ]
    medians = [median(found) for found in fifths]
    how = "medians " + ", ".join(f"{one:.1f}" for one in medians) + " us"
    yield Row(
        "  slowest fifth of the run over the fastest", max(medians) / min(medians), "x", how=how
    )


def _us(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e6


def _look(recording: Recording, step: int) -> object:
    """Return what a screen asks for at a step: the state, an element, a window around it."""
    state = recording.state(step)
    x: Any = state.names["x"]
    idx = state.idx or (0,) * len(x.shape)
    row, column = (0, *idx)[-2:]
    rows, columns = (slice(max(at - 6, 0), max(at - 6, 0) + _WINDOW) for at in (row, column))
    return state, x[idx], x.window(rows, columns)


# -- what really was ------------------------------------------------------------------------------


def _truth(recording: Recording, sizes: tuple[int, int, int], steps: list[int]) -> Iterator[Row]:
    observed, count = observe(sizes, frozenset(steps))
    how = "names and whole arrays, as copied by sys.settrace in another run of the same net"
    right = sum(_agrees(recording, step, observed.get(step)) for step in steps)
    yield Row("steps that settrace saw", count, "steps", at_least(len(recording)), "as many")
    yield Row(
        "states equal to the real run's", right, f"of {len(steps)}", at_least(len(steps)), how
    )


def _agrees(recording: Recording, step: int, moment: Moment | None) -> bool:
    if moment is None:
        return False
    state, (line, names) = recording.state(step), moment
    return (
        line in (_ENTRY, state.line)
        # A name that this iteration has not computed yet still holds the last one's value.
        and set(state.names) == set(names) - set(state.blank)
        and all(same(shown, names[name]) for name, shown in state.names.items())
    )


def observe(sizes: tuple[int, int, int], wanted: frozenset[int]) -> tuple[dict[int, Moment], int]:
    """Make the run again under `sys.settrace`; return the wanted moments, and how many there were.

    A step is over when the next line begins, or the call returns. It is told here from Python's
    own events, with nothing of the recorder.
    """
    found: dict[int, Moment] = {}
    step, line = -1, _ENTRY

    def over(frame: types.FrameType) -> None:
        nonlocal step
        step += 1
        if step in wanted:
            found[step] = line, {name: copied(v) for name, v in frame.f_locals.items()}

    def local(frame: types.FrameType, event: str, _: object) -> Any:
        nonlocal line
        if event in ("line", "return"):
            over(frame)
            line = frame.f_lineno
        return local

    def entered(frame: types.FrameType, event: str, _: object) -> Any:
        nonlocal line
        if frame.f_code is not FUNCTION.__code__:
            return None
        line = _ENTRY
        return local

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        runs.every_parameter(sizes).call(numerical_gradient)
    finally:
        sys.settrace(before)
    return found, step + 1
