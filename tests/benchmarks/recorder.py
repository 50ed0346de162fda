"""What recording costs: time over the bare run, bytes an iteration, and the writes it shows."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any
from unittest import mock

import numpy as np

from tests.benchmarks import runs
from tests.benchmarks.peers_lines import PEERS, Peer, Shown
from tests.benchmarks.runs import Run
from tests.benchmarks.table import Row, Target, at_least, at_most
from tests.benchmarks.timing import (
    TOTAL,
    Parts,
    Round,
    Span,
    bare_seconds,
    interleaved,
    now,
    ratio,
    timed,
)
from tutor.nets import numerical_gradient
from tutor.trace import Recorder, Recording
from tutor.trace import recorder as recorder_module
from tutor.trace.buffers import Buffer
from tutor.trace.session import Session

READY, WHILE_IT_RUNS, CLOSING = "ready", "while it runs", "closing"


@dataclass(frozen=True, slots=True)
class Plan:
    """A run, what its recording should cost, and how much of it a peer is given."""

    run: Run
    most: float
    rounds: int
    for_peers: Run
    for_copies: Run


def plans(quick: bool) -> list[Plan]:
    if quick:
        return [Plan(runs.descent(5), 1.10, 1, runs.descent(2), runs.descent(2))]
    long_call, every = runs.long_call(100), runs.every_parameter()
    some = runs.descent(100)
    return [
        Plan(runs.descent(1000), 1.10, 15, some, some),
        Plan(long_call, 1.10, 15, runs.cut(long_call, 200), runs.cut(long_call, 40)),
        Plan(every, 1.05, 5, runs.cut(every, 200), runs.cut(every, 40)),
    ]


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield the rows of every plan: ours first, then the peers."""
    rounds = 1 if quick else 3
    chosen = plans(quick)
    # Nothing of ours is measured once a peer was at work: snoop marks the syntax tree nodes that
    # all trees of the process share, and whoever copies a tree after that copies snoop's as well.
    ours = [[*_ours(plan), *_sizes(plan.run), _beside(plan.for_peers, rounds)] for plan in chosen]
    for plan, rows in zip(chosen, ours, strict=True):
        yield from rows
        yield from _peers(plan, rounds)


# -- time -----------------------------------------------------------------------------------------


def recorded(run: Run) -> Parts:
    """Record a run; return the time before the call, in it, and after it."""
    moments: list[Span] = []

    def call() -> None:
        moments.append(now())
        run.call(numerical_gradient)
        moments.append(now())

    start = now()
    recording = Recorder(numerical_gradient).run(call)
    stop = now()
    assert recording.exception is None
    began, ended = moments
    parts = {READY: began - start, WHILE_IT_RUNS: ended - began, CLOSING: stop - ended}
    return {**parts, TOTAL: stop - start}


def _ours(plan: Plan) -> Iterator[Row]:
    run = plan.run
    rounds = interleaved(runs.bare(run), partial(recorded, run), plan.rounds)
    each = bare_seconds(rounds) / run.iterations
    target = at_most(plan.most)
    yield Row(f"{run.name}: bare", each * 1e6, "us/it", how=f"{run.iterations:,} iterations")
    yield _part("  recording, while it runs", rounds, WHILE_IT_RUNS, target)
    yield _part("  + instrumenting", rounds, READY)
    yield _part("  + closing", rounds, CLOSING)
    yield _part("  total", rounds, TOTAL, target)


def _part(what: str, rounds: list[Round], part: str, target: Target | None = None) -> Row:
    """Return a part's share of the bare run; how much it scatters; what the cpu clock says."""
    spread = sorted(one.ratio(part) for one in rounds)
    spent = median(one.parts[part].wall for one in rounds) * 1e3
    how = (
        f"{spent:,.1f} ms; {len(rounds)} rounds, {spread[0]:.3f} to {spread[-1]:.3f}; "
        f"cpu {ratio(rounds, part, 'cpu'):.3f}"
    )
    return Row(what, ratio(rounds, part), "x", target, how)


# -- bytes, and writes shown ----------------------------------------------------------------------


def raw_bytes(session: Session) -> int:
    """Return what a recording holds before it is closed.

    The buffers of the columns as they were allocated, 8 bytes for each mark of the path (as
    allocated), the places of values from inside a line, the copies of arrays, and a row for each
    call and each of its arrays.
    """
    columns = sum(sys.getsizeof(c.floats) + sys.getsizeof(c.ints) for c in session.columns)
    inside = sum(sys.getsizeof(places) for places in session.inside.values())
    buffers = [b for b in session.tracker.buffers if isinstance(b, Buffer)]
    copies = [snapshot.cells for b in buffers for snapshot in b.snapshots]
    copies += [check.cells for check in session.checks if check.cells is not None]
    held = sum(map(_held, copies)) + session.calls.looks.nbytes
    return columns + sys.getsizeof(session.path) + inside + held


def _held(cells: np.ndarray[Any, Any]) -> int:
    return cells.itemsize if set(cells.strides) == {0} else cells.nbytes


def inspected(run: Run, look: Callable[[Session], None]) -> Recording:
    """Record a run, with a look at the session before the recording is made of it."""

    def closing(origin: Any, session: Session, *rest: Any) -> Recording:
        look(session)
        return Recording(origin, session, *rest)

    with mock.patch.object(recorder_module, "Recording", closing):
        recording = Recorder(numerical_gradient).run(lambda: run.call(numerical_gradient))
    assert isinstance(recording, Recording)
    return recording


def _sizes(run: Run) -> Iterator[Row]:
    raw: list[int] = []
    recording = inspected(run, lambda session: raw.append(raw_bytes(session)))
    formula = "columns and path as allocated, copies of arrays"
    yield Row("  raw", raw[0] / run.iterations, "B/it", at_most(160), formula)
    yield Row("  closed", recording.nbytes / run.iterations, "B/it", at_most(80), "nbytes")
    before, after = _allocated(run)
    yield Row("  raw, as tracemalloc sees it", before / run.iterations, "B/it")
    yield Row("  closed, as tracemalloc sees it", after / run.iterations, "B/it")
    yield _writes_row(recording, run)


def _allocated(run: Run) -> tuple[int, int]:
    """Return what is allocated at the end of the call and once closed, in a run of its own."""
    inspected(run, lambda _: None)  # what is imported or kept at the first time is there before
    held: list[int] = []
    tracemalloc.start()
    try:
        start = _in_use()
        recording = inspected(run, lambda _: held.append(_in_use()))
        recording.result = None
        return held[0] - start, _in_use() - start
    finally:
        tracemalloc.stop()


def _in_use() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _writes_row(recording: Recording, run: Run) -> Row:
    """Return how many of the run's own writes to x are in the recording."""
    writes = recording.writes()
    writes = writes[writes["name"] == "x"]
    own = [recording.iteration_of(int(step)) is not None for step in writes["step"]]
    how = "rows of writes() named x, in an iteration"
    if len(own) > sum(own):
        how += f"; {len(own) - sum(own):,} more outside"
    return Row("  writes to x shown", sum(own), f"of {run.writes:,}", at_least(run.writes), how)


# -- peers ----------------------------------------------------------------------------------------


def _beside(run: Run, rounds: int) -> Row:
    """Return what ours takes on the run that the peers are given."""
    measured = interleaved(runs.bare(run), partial(recorded, run), rounds)
    how = f"ours, in total; {ratio(measured, WHILE_IT_RUNS):.3f} while it runs"
    return Row(f"  beside peers: {run.name}", ratio(measured), "x", how=how)


def _peers(plan: Plan, rounds: int) -> Iterator[Row]:
    for peer in PEERS:
        if peer.version:
            run = plan.for_copies if peer.copies_arrays else plan.for_peers
            yield from _peer(peer, run, rounds)


def _peer(peer: Peer, run: Run, rounds: int) -> Iterator[Row]:
    counts: list[Callable[[], Shown]] = []

    def measured() -> Parts:
        return {TOTAL: timed(lambda: counts.append(peer.watch(run)))}

    taken = ratio(interleaved(runs.bare(run), measured, rounds, warm=0))
    shown = counts[-1]()
    each = f"{shown.nbytes / run.iterations:,.0f} B/it"
    how = f"{peer.version}; {run.iterations:,} iterations, {each}"
    yield Row(f"    {peer.name}", taken, "x", how=how)
    unit = f"of {run.writes:,}"
    yield Row("      writes to x shown", shown.writes, unit, how=peer.counted)
