"""The element writes of a run: those of one line, and all of them as a table."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, PlainWrite
from tutor.trace.columns import Column
from tutor.trace.contents import Contents
from tutor.trace.events import Events, Ints
from tutor.trace.iterations import indices_of
from tutor.trace.layout import Store
from tutor.trace.names import Names
from tutor.trace.session import Call
from tutor.trace.state import Index, Write
from tutor.trace.timeline import Place, Timeline
from tutor.trace.views import RecordedView

_MOST_WRITES = 100


class BufferWrite(NamedTuple):
    """One cell of one buffer, written by a line; ``store`` says by which part of it."""

    buffer: int
    cell: int
    old: object
    new: object
    store: int


class Writes:
    """Answers which elements a line wrote, under which name, and which came first."""

    def __init__(
        self,
        timeline: Timeline,
        columns: list[Column],
        contents: Contents,
        names: Names,
        calls: Sequence[Call],
    ) -> None:
        self._timeline = timeline
        self._columns = columns
        self._contents = contents
        self._names = names
        self._calls = calls
        self._stores = contents.book.stores
        self._span = contents.book.span
        self._writing = self._writing_places()

    def at(
        self, step: int, place: Place, names: dict[str, object]
    ) -> tuple[tuple[Write, ...], int]:
        """Return what the line of a place wrote, in the terms of its source, and how much."""
        found = self.cells(place)
        if not found:
            return (), 0
        out = []
        for buffer, cell, old, new, store in found[:_MOST_WRITES]:
            name = self._stores[store].name if store >= 0 else ""
            view = names.get(name)
            ref: ArrayRef | None
            if isinstance(view, RecordedView) and view.ref.buffer == buffer:
                ref = view.ref
            else:
                name, ref = self._written_name(buffer, store, place)
            out.append(Write(step, name, (ref and ref.index(cell)) or (), old, new))
        return tuple(out), len(found)

    def cells(self, place: Place) -> list[BufferWrite]:
        """Return what the line of a place wrote, as cells of buffers."""
        here = (self._timeline.path[place.position], place.offset)
        call = self._timeline.call(place.position)
        if here not in self._writing and not self._contents.has_foreign(call):
            return []
        return [
            BufferWrite(number, *write)
            for number, history in self._contents.of_call(call)
            for write in history.writes(place)
        ]

    def bound(self, place: Place) -> list[tuple[str, ArrayRef]]:
        """Return the arrays that names reach: the function's own, then those around it."""
        call = self._timeline.call(place.position)
        names, _ = self._names.at(place, call, None)
        bound = [(n, v.ref) for n, v in names.items() if isinstance(v, RecordedView)]
        known = {name for name, _ in bound}
        bound += [(n, r) for n, r in self._calls[call].reached.items() if n not in known]
        return bound

    def first_index(self, iteration: int) -> Index | None:
        """Return the index that the first element write of an iteration goes to."""
        begin = self._timeline.iteration_begin(iteration)
        end = self._timeline.iteration_end(iteration)
        for block, offset, store in self._first_stores:
            where = self._timeline.where(block)
            at = bisect_left(where, begin)
            if at < len(where) and where[at] <= end:
                return self._index_at(store, Place(where[at], offset))
        return None

    @cached_property
    def _first_stores(self) -> list[tuple[int, int, Store]]:
        """The element writes inside the iterations' loops, in the order of the source."""
        inside = {b for n in self._timeline.loops for b in self._timeline.layout.loops[n].blocks}
        return sorted(
            (
                (place.block, place.offset, place.store)
                for place in self._stores
                if place.store is not None and place.block in inside
            ),
            key=lambda found: found[:2],
        )

    def _index_at(self, store: Store, place: Place) -> Index | None:
        if store.index is None:
            return self._written_index(store, place)
        parts = store.index if isinstance(store.index, tuple) else (store.index,)
        index: list[int] = []
        for part in parts:
            if part.name is None:
                index.append(part.constant)
                continue
            value = self._names.before(part.name, place)
            if isinstance(value, tuple) and all(isinstance(i, int) for i in value):
                index += value
            elif isinstance(value, int | np.integer):
                index.append(int(value))
            else:
                return None
        return tuple(index)

    def _written_index(self, store: Store, place: Place) -> Index | None:
        value = self._names.given(store.column, place)
        if isinstance(value, PlainWrite) and len(value.cells):
            return value.ref.index(int(value.cells[0]))
        return None

    def table(self) -> NDArray[np.void]:
        """Return every write; see `Recording.writes`."""
        parts = [self._rows(b, e) for b, e in sorted(self._contents.events().items())]
        width = max((part["index"].shape[1] for part in parts), default=0)
        kind = write_dtype(width)
        out = np.zeros(sum(len(part) for part in parts), kind)
        at = 0
        for part in parts:
            rows = out[at : at + len(part)]
            for name in ("step", "name", "old", "new"):
                rows[name] = part[name]
            rows["index"] = -1
            rows["index"][:, : part["index"].shape[1]] = part["index"]
            at += len(part)
        return out[np.argsort(out["step"], kind="stable")]

    def _writing_places(self) -> set[tuple[int, int]]:
        """Return the places whose lines may write an array: others need not be asked."""
        return {
            (place.block, place.offset)
            for place in self._stores
            if place.store is not None or self._columns[place.column].plain_writes()
        }

    def _written_name(self, buffer: int, store: int, place: Place) -> tuple[str, ArrayRef | None]:
        """Return the name and the array that a write went through, as the source says it."""
        wanted = self._stores[store].name if store >= 0 else None
        bound = self.bound(place)
        here = [(name, ref) for name, ref in bound if ref.buffer == buffer]
        for name, ref in here:
            if name == wanted:
                return name, ref
        if wanted is not None:
            place_of = self._stores[store]
            value = self._names.given(place_of.column, place)
            if isinstance(value, PlainWrite):
                return wanted, value.ref
        return here[0] if here else ("an array", None)

    def _rows(self, buffer: int, events: Events) -> NDArray[np.void]:
        old = np.full(len(events), np.nan)
        new = np.full(len(events), np.nan)
        starts = self._contents.starts(buffer)
        stretch = np.searchsorted(np.array(starts) * self._span, events.keys, "right") - 1
        for number in range(len(starts)):
            mine = np.flatnonzero(stretch == number)
            if len(mine) and events.values.dtype.kind in "fiub":
                initial = self._contents.initial(buffer, number)
                old[mine] = _previous(events.take(mine), initial)
        if events.values.dtype.kind in "fiub":
            new[:] = events.values
        positions, offsets = np.divmod(events.keys, self._span)
        names, index = self._names_and_indices(buffer, events, positions, offsets)
        out = np.zeros(len(events), write_dtype(index.shape[1]))
        out["step"] = self._timeline.steps_of(positions, offsets)
        out["name"], out["index"], out["old"], out["new"] = names, index, old, new
        return out

    def _names_and_indices(
        self, buffer: int, events: Events, positions: Ints, offsets: Ints
    ) -> tuple[NDArray[np.object_], Ints]:
        names, refs, which = self.named(buffer, events, positions, offsets)
        known = which >= 0
        width = max((len(refs[r].shape) for r in np.unique(which[known])), default=0)
        index = np.full((len(events), width), -1, np.int64)
        index[known] = indices_of(refs, which[known], events.cells[known], width)
        return names, index

    def named(
        self, buffer: int, events: Events, positions: Ints, offsets: Ints
    ) -> tuple[NDArray[np.object_], list[ArrayRef], Ints]:
        """Return by which name each write went, all arrays, and through which of them (or -1)."""
        names = np.empty(len(events), object)
        refs = list(self._contents.book.refs)
        which = events.refs.copy()
        for store in np.unique(events.stores):
            names[events.stores == store] = self._stores[store].name if store >= 0 else ""
        for at in np.flatnonzero(events.stores < 0):
            place = Place(int(positions[at]), int(offsets[at]))
            name, ref = self._written_name(buffer, -1, place)
            names[at] = name
            if ref is not None:
                refs.append(ref)
                which[at] = len(refs) - 1
        return names, refs, which


def _previous(events: Events, initial: NDArray[Any]) -> NDArray[Any]:
    """Return what each written cell held before."""
    order = np.lexsort((np.arange(len(events)), events.cells))
    cells, values = events.cells[order], events.values[order]
    before = np.empty(len(events), np.float64)
    before[1:] = values[:-1]
    first = np.diff(cells, prepend=-1) != 0
    before[first] = initial[cells[first]]
    out = np.empty(len(events), np.float64)
    out[order] = before
    return out


def write_dtype(width: int) -> np.dtype[np.void]:
    """Return the type of one row: step, name, index (``width`` integers), old, new."""
    return np.dtype(
        [("step", "i8"), ("name", "O"), ("index", "i8", (width,)), ("old", "f8"), ("new", "f8")]
    )
