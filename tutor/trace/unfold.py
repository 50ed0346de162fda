"""What the calls of a run saw of their arrays, held against the writes that were recorded.

A call whose recorded writes lead from what it began with to what it ended with needs no more
than its beginning: its end is known. That is found out for all calls at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import Buffer, Snapshot
from tutor.trace.events import Events
from tutor.trace.looks import Stretches
from tutor.trace.session import Check

if TYPE_CHECKING:
    from tutor.trace.session import Session

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def unfold(
    session: Session, events: Mapping[int, Events], span: int
) -> tuple[list[Buffer], list[Check]]:
    """Return every buffer with what was seen of it, and the looks that say more than the writes.

    Parameters
    ----------
    events : mapping of int to Events
        Every write, by the number of the buffer it went to.
    span : int
        How many times there are to a position; see `Events`.
    """
    buffers = [
        found if isinstance(found, Buffer) else Buffer.gone(number, found)
        for number, found in enumerate(session.tracker.buffers)
    ]
    checks = list(session.checks)
    looks = session.calls.looks
    rows = looks.release(len(session.path))
    wrong = set(_wrong(rows, events, span).tolist())
    places = zip(rows.buffers.tolist(), rows.positions.tolist(), strict=True)
    firsts, looks.first = _firsts(rows, [column.floats for column in session.columns])
    for row, ((buffer, position), cells) in enumerate(zip(places, firsts, strict=True)):
        buffers[buffer].snapshots.append(Snapshot(position, cells))
        if row in wrong:
            stop, call = int(rows.ends[row]), int(rows.calls[row])
            checks.append(Check(call, stop, None, buffer, rows.last_of(row), 0))
    for found in buffers:
        found.snapshots.sort(key=_position)
    return buffers, checks


def _position(shot: Snapshot) -> int:
    return shot.position


def _firsts(rows: Stretches, stores: list[Floats]) -> tuple[Iterator[Floats], Floats]:
    """Return the cells that each stretch began with, and those of them that no column holds."""
    zeros = {size: np.zeros(size) for size in set(rows.sizes[rows.is_zero].tolist())}
    sizes = rows.sizes[~rows.is_zero]
    ends = np.cumsum(sizes)
    store, start = _found_in(stores, rows.first, ends - sizes, sizes)
    kept = rows.first[np.repeat(store < 0, sizes)]
    start[store < 0] = (np.cumsum(np.where(store < 0, sizes, 0)) - sizes)[store < 0]
    held = [*stores, kept]  # where -1 is the last one
    others = zip(store.tolist(), start.tolist(), sizes.tolist(), strict=True)

    def firsts() -> Iterator[Floats]:
        for size, is_zero in zip(rows.sizes.tolist(), rows.is_zero.tolist(), strict=True):
            if is_zero:
                yield zeros[size]
            else:
                number, begin, _ = next(others)
                yield held[number][begin : begin + size]

    return firsts(), kept


def _found_in(stores: list[Floats], values: Floats, begins: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Return which store holds each part of some values, and where: -1 for none.

    A part is looked for where its first value stands in a store for the first time: what an
    iteration has read of an array is a part of it, in order.
    """
    found, start = np.full(len(sizes), -1, np.int64), np.zeros(len(sizes), np.int64)
    bits = np.ascontiguousarray(values).view(np.int64)
    for number, store in enumerate(stores):
        todo = np.flatnonzero(found < 0)
        if store.strides == (0,) or not len(store) or not len(todo):
            continue
        held = store.view(np.int64)
        order = np.argsort(held, kind="stable")
        at = np.searchsorted(held, bits[begins[todo]], sorter=order)
        where = order[np.minimum(at, len(held) - 1)]
        for size in np.unique(sizes[todo]):
            mine = np.flatnonzero((sizes[todo] == size) & (where + size <= len(held)))
            parts = np.add.outer(begins[todo[mine]], np.arange(size))
            same = (bits[parts] == held[np.add.outer(where[mine], np.arange(size))]).all(axis=1)
            found[todo[mine[same]]], start[todo[mine[same]]] = number, where[mine[same]]
    return found, start


def _wrong(rows: Stretches, events: Mapping[int, Events], span: int) -> Ints:
    """Return the stretches whose end is not what the recorded writes lead to."""
    if not len(rows.buffers):
        return np.zeros(0, np.int64)
    offsets = np.cumsum(rows.sizes) - rows.sizes
    cells = rows.begun()
    which, written = _writes_of(rows, events, span)
    cells[offsets[which] + written.cells] = written.values  # the last write to a cell counts
    differs = cells.view(np.int64) != rows.last.view(np.int64)
    return np.unique(np.repeat(np.arange(len(rows.sizes)), rows.sizes)[differs])


def _writes_of(rows: Stretches, events: Mapping[int, Events], span: int) -> tuple[Ints, Events]:
    """Return the writes that fall into stretches, and the stretch of each."""
    lots = [(buffer, events[buffer]) for buffer in np.unique(rows.buffers) if buffer in events]
    none = np.zeros(0, np.int64)
    every = [Events(none, none, np.zeros(0), none, none), *(found for _, found in lots)]
    joined = Events(*(np.concatenate(lot) for lot in zip(*map(_columns, every), strict=True)))
    buffers = np.repeat([b for b, _ in lots], [len(found) for _, found in lots]).astype(np.int64)
    order = np.lexsort((rows.positions, rows.buffers))
    most = int(rows.ends.max()) + 1
    begins = (rows.buffers * most + rows.positions)[order]
    positions = joined.keys // span
    at = np.searchsorted(begins, buffers * most + positions, "right") - 1
    which = order[np.maximum(at, 0)]
    inside = (at >= 0) & (rows.buffers[which] == buffers) & (positions < rows.ends[which])
    return which[inside], joined.take(inside)


def _columns(events: Events) -> list[NDArray[np.generic]]:
    return [getattr(events, name) for name in Events.__slots__]
