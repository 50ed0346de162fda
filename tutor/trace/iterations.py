"""The iterations of a run: which element was perturbed, what f returned, what was stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef
from tutor.trace.columns import Column
from tutor.trace.contents import Contents
from tutor.trace.events import Events, Ints, NameEvents
from tutor.trace.timeline import Place, Timeline


def iteration_dtype(width: int) -> np.dtype[np.void]:
    """Return the type of one row: call, idx (``width`` integers), fxh1, fxh2, grad."""
    return np.dtype(
        [("call", "i8"), ("idx", "i8", (width,)), ("fxh1", "f8"), ("fxh2", "f8"), ("grad", "f8")]
    )


def iteration_table(
    timeline: Timeline, contents: Contents, names: NameEvents, columns: list[Column]
) -> tuple[NDArray[np.void], Ints]:
    """Return one row for each element that was perturbed, and the pass that each belongs to.

    See `Recording.iterations`.
    """
    written = _all_writes(timeline, contents)
    if not len(written.keys) or not timeline.iterations:
        return _nothing()
    span = contents.book.span
    iteration = timeline.iterations_of(written.keys // span)
    keep = iteration >= 0
    written, iteration = written.take(keep), iteration[keep]
    if not len(iteration):
        return _nothing()
    firsts = np.flatnonzero(np.diff(iteration, prepend=-1))
    numbers = iteration[firsts]
    first_keys = written.keys[firsts]
    perturbed = written.refs[firsts]
    refs = contents.book.refs
    width = max((len(refs[ref].shape) for ref in np.unique(perturbed)), default=0)
    table = np.zeros(len(firsts), iteration_dtype(width))
    starts = np.array([timeline.iteration_begin(int(n)) for n in numbers], np.int64)
    table["call"] = np.searchsorted(np.array(timeline.calls), starts, "right") - 1
    table["idx"] = indices_of(refs, perturbed, written.cells[firsts], width)
    table["fxh1"], table["fxh2"] = _returned(
        timeline, names, columns, contents, numbers, first_keys
    )
    table["grad"] = _stored(refs, written, iteration, numbers, perturbed)
    useful = ~np.isnan(table["fxh1"]) | ~np.isnan(table["grad"])
    return table[useful], numbers[useful]


def _nothing() -> tuple[NDArray[np.void], Ints]:
    return np.zeros(0, iteration_dtype(0)), np.zeros(0, np.int64)


def _all_writes(timeline: Timeline, contents: Contents) -> Events:
    parts = [events for events in contents.events().values() if len(events)]
    parts = [part.take(part.refs >= 0) for part in parts]
    if not parts:
        none = np.zeros(0, np.int64)
        return Events(none, none, none, none, none)
    values = [Events(p.keys, p.cells, _floats(p.values), p.stores, p.refs) for p in parts]
    return Events.joined(values)


def _floats(values: NDArray[Any]) -> NDArray[np.float64]:
    if values.dtype.kind in "fiub":
        return values.astype(np.float64)
    return np.full(len(values), np.nan)


def indices_of(refs: list[ArrayRef], which: Ints, cells: Ints, width: int) -> Ints:
    """Return the index of each cell in the array through which it was written."""
    out = np.full((len(cells), width), -1, np.int64)
    for number in np.unique(which):
        ref = refs[number]
        mine = which == number
        flat = ref.cells().reshape(-1)
        order = np.argsort(flat, kind="stable")
        at = order[np.searchsorted(flat, cells[mine], sorter=order)]
        if ref.shape:
            out[mine, : len(ref.shape)] = np.stack(np.unravel_index(at, ref.shape), axis=1)
    return out


def _returned(
    timeline: Timeline,
    names: NameEvents,
    columns: list[Column],
    contents: Contents,
    numbers: Ints,
    first_keys: Ints,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first and the second value of f in each iteration after its first write."""
    keys: list[Ints] = []
    values: list[NDArray[np.float64]] = []
    for sources in names.sources.values():
        for source in sources:
            if names.is_call(source):
                times = names.times(source)
                keys.append(times)
                values.append(_values(columns[source[2]], times, contents))
    first = np.full(len(numbers), np.nan)
    second = first.copy()
    if not keys:
        return first, second
    every, value = np.concatenate(keys), np.concatenate(values)
    good = ~np.isnan(value) | np.isin(every, np.concatenate(keys))
    order = np.argsort(every[good], kind="stable")
    every, value = every[good][order], value[good][order]
    iteration = timeline.iterations_of(every // contents.book.span)
    row = np.searchsorted(numbers, iteration)
    fits = (row < len(numbers)) & (iteration >= 0)
    fits &= numbers[np.minimum(row, len(numbers) - 1)] == iteration
    fits &= every > first_keys[np.minimum(row, len(numbers) - 1)]
    row, value = row[fits], value[fits]
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    rank = np.arange(len(row)) - np.repeat(begins, np.diff(np.append(begins, len(row))))
    first[row[rank == 0]] = value[rank == 0]
    second[row[rank == 1]] = value[rank == 1]
    return first, second


def _values(column: Column, times: Ints, contents: Contents) -> NDArray[np.float64]:
    """Return a column's numbers, those among them that are arrays of one number."""
    out = column.as_floats(np.arange(len(times)))
    for occurrence, value in column.objects():
        if isinstance(value, ArrayRef) and value.size == 1:
            place = Place(*divmod(int(times[occurrence]), contents.book.span))
            history = contents.history(value.buffer, place.position)
            if history is not None and history.initial.dtype.kind in "fiub":
                out[occurrence] = history.values(value.cells().reshape(-1), place)[0]
    return out


def _stored(
    refs: list[ArrayRef], written: Events, iteration: Ints, numbers: Ints, perturbed: Ints
) -> NDArray[np.float64]:
    """Return the last value that each iteration wrote into another array than the perturbed."""
    buffers = np.array([ref.buffer for ref in refs])
    row = np.searchsorted(numbers, iteration)
    other = buffers[written.refs] != buffers[perturbed[row]]
    out = np.full(len(numbers), np.nan)
    out[row[other]] = written.values[other]
    return out
