"""The element writes of a run, put together from the columns that recorded them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, PlainWrite
from tutor.trace.columns import Column
from tutor.trace.layout import IndexPart, Site, Store
from tutor.trace.timeline import Timeline

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Events:
    """Writes into one buffer, in the order in which they were made.

    Each array has one entry a written element: ``keys`` (a time: position * sites + offset),
    ``cells``, ``values`` (read back after the write), ``stores`` (which store wrote, an index
    into `Book.stores`, -1 for something else than a line of the function) and ``refs`` (an
    index into `Book.refs`: the array through which it was written).
    """

    keys: Ints
    cells: Ints
    values: NDArray[Any]
    stores: Ints
    refs: Ints

    def __len__(self) -> int:
        return len(self.keys)

    def sorted(self) -> Events:
        """Return the events in the order of time; those of one line keep theirs."""
        order = np.argsort(self.keys, kind="stable")
        return self.take(order)

    def take(self, which: Any) -> Events:
        """Return some of the events."""
        return Events(
            self.keys[which],
            self.cells[which],
            self.values[which],
            self.stores[which],
            self.refs[which],
        )

    @staticmethod
    def joined(parts: list[Events]) -> Events:
        """Return several lots of events as one, sorted."""
        lots = [[getattr(part, name) for part in parts] for name in Events.__slots__]
        return Events(*(np.concatenate(lot) for lot in lots)).sorted()


@dataclass(frozen=True, slots=True)
class StorePlace:
    """A place of the function that writes elements (or a whole array)."""

    site: Site
    block: int
    offset: int
    column: int
    store: Store | None
    name: str


class Book:
    """Resolves what the columns hold into writes of cells."""

    def __init__(self, timeline: Timeline, columns: list[Column], names: NameEvents) -> None:
        self.timeline = timeline
        self.columns = columns
        self.names = names
        self.span = max((len(block.sites) for block in timeline.layout.blocks), default=0) + 1
        self.stores = list(_store_places(timeline))
        self.refs: list[ArrayRef] = []
        self._ref_numbers: dict[ArrayRef, int] = {}
        self._made_before: dict[int, Events] = {}

    def key(self, position: int, offset: int) -> int:
        """Return the time of a place as one number."""
        return position * self.span + offset

    def events(self, once_more: bool = False) -> dict[int, Events]:
        """Return every write, by the number of the buffer it went to.

        They take much room, and are kept for the next time only where that is asked for.
        """
        made = self._made_before or self._events()
        self._made_before = made if once_more else {}
        return made

    def events_between(self, first: int, after: int) -> dict[int, Events]:
        """Return the writes from one position to before another, by buffer."""
        return self._events(first, after)

    def forget(self) -> None:
        """Give up the numbers of arrays, by which events made so far name them."""
        self.refs.clear()
        self._ref_numbers.clear()

    def _events(self, first: int = 0, after: int | None = None) -> dict[int, Events]:
        until = len(self.timeline.path) if after is None else after
        parts: dict[int, list[Events]] = {}
        for number in range(len(self.stores)):
            for buffer, found in self._of_store(number, first, until):
                parts.setdefault(buffer, []).append(found)
        return {buffer: Events.joined(found) for buffer, found in parts.items()}

    def _of_store(self, number: int, first: int, after: int) -> Iterator[tuple[int, Events]]:
        place = self.stores[number]
        column = self.columns[place.column]
        where = np.asarray(self.timeline.where(place.block), np.int64)[: len(column)]
        begin, end = np.searchsorted(where, [first, after]).tolist()
        keys = where * self.span + place.offset
        for occurrence, value in column.plain_writes(begin, end):
            yield value.ref.buffer, self._of_write(value, keys[occurrence], number)
        if place.store is None:
            return
        plain = begin + np.flatnonzero(column.is_number(begin, end))
        if place.store.base is not None and len(plain):
            yield from self._of_elements(place.store, column, keys, plain, number)

    def _of_write(self, write: PlainWrite, key: int, store: int) -> Events:
        count = len(write.cells)
        same = np.full(count, key, np.int64)
        number = np.full(count, store, np.int64)
        ref = np.full(count, self.number_of(self._named(write.ref, store, key)), np.int64)
        return Events(same, write.cells, write.values, number, ref)

    def _named(self, ref: ArrayRef, store: int, key: int) -> ArrayRef:
        """Return the array of the name that a line writes through: x, for ``x[0][1] = ...``."""
        times = np.array([key])
        (which,) = self.names.arrays(self.stores[store].name, times, self.number_of)
        return self.refs[which] if which >= 0 and self.refs[which].buffer == ref.buffer else ref

    def _of_elements(
        self, store: Store, column: Column, keys: Ints, occurrences: Ints, number: int
    ) -> Iterator[tuple[int, Events]]:
        assert store.base is not None
        times = keys[occurrences]
        values = column.as_floats(occurrences)
        refs = self.names.arrays(store.base, times, self.number_of)
        for which in self._alike(refs):
            ref = self.refs[refs[which[0]]]
            cells, known = self._cells(ref, store.index, times[which])
            chosen = which[known]
            found = Events(
                times[chosen],
                cells[known],
                values[chosen].astype(np.dtype(ref.dtype)),
                np.full(len(chosen), number, np.int64),
                refs[chosen],
            )
            yield from self._by_buffer(found)

    def _alike(self, refs: Ints) -> Iterator[Ints]:
        """Return the places of arrays that lie alike in their buffers, layout by layout."""
        layouts: dict[object, int] = {}
        alike = np.full(len(self.refs) + 1, -1, np.int64)  # the last one is no array
        for number in np.unique(refs[refs >= 0]):
            ref = self.refs[number]
            layout = (ref.offset, ref.shape, ref.strides, ref.dtype)
            alike[number] = layouts.setdefault(layout, len(layouts))
        for layout_number in range(len(layouts)):
            yield np.flatnonzero(alike[refs] == layout_number)

    def _by_buffer(self, events: Events) -> Iterator[tuple[int, Events]]:
        buffers = np.array([ref.buffer for ref in self.refs], np.int64)[events.refs]
        order = np.argsort(buffers, kind="stable")
        events, buffers = events.take(order), buffers[order]
        begins = np.flatnonzero(np.diff(buffers, prepend=-1)).tolist()
        for begin, end in pairwise([*begins, len(buffers)]):
            yield int(buffers[begin]), events.take(slice(begin, end))

    def _cells(
        self, ref: ArrayRef, index: IndexPart | tuple[IndexPart, ...] | None, times: Ints
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Return the cells that an index names at each time, and which are known."""
        rows = self.index_rows(index, times, len(ref.shape))
        shape = np.array(ref.shape, np.int64)
        known = ((rows < shape) & (rows >= -shape)).all(axis=1)
        rows = np.where(rows < 0, rows + shape, rows)
        return ref.offset + rows @ np.array(ref.strides, np.int64), np.asarray(known)

    def index_rows(
        self, index: IndexPart | tuple[IndexPart, ...] | None, times: Ints, width: int
    ) -> Ints:
        """Return the index that a subscript had at each time, shape (n, width)."""
        unknown = np.iinfo(np.int64).min
        if isinstance(index, IndexPart) and index.name is not None:
            return self.names.rows(index.name, times, width, unknown)
        parts = index if isinstance(index, tuple) else (index,) if index else ()
        out = np.full((len(times), width), unknown, np.int64)
        for axis, part in enumerate(parts[:width]):
            if part.name is None:
                out[:, axis] = part.constant
            else:
                out[:, axis] = self.names.rows(part.name, times, 1, unknown)[:, 0]
        return out

    def number_of(self, ref: ArrayRef) -> int:
        """Return the number of an array, by which events name it."""
        if ref not in self._ref_numbers:
            self._ref_numbers[ref] = len(self.refs)
            self.refs.append(ref)
        return self._ref_numbers[ref]


class NameEvents:
    """What a name was at any time, for many times at once."""

    def __init__(
        self, timeline: Timeline, columns: list[Column], inside: dict[int, Ints], span: int
    ) -> None:
        self.timeline = timeline
        self.columns = columns
        self.inside = inside
        self.span = span
        self.sources: dict[str, list[tuple[int, int, int]]] = {}
        self._calls: dict[int, str] = {}
        for block in timeline.layout.blocks:
            for offset, number in enumerate(block.sites):
                for assign in timeline.layout.sites[number].assigns:
                    source = (block.number, offset, assign.column)
                    self.sources.setdefault(assign.name, []).append(source)
                    if assign.from_call:
                        self._calls[assign.column] = assign.from_call

    def is_call(self, source: tuple[int, int, int]) -> bool:
        """Tell whether a source's values are what a called function returned."""
        return source[2] in self._calls

    def times(self, source: tuple[int, int, int]) -> Ints:
        """Return the times at which a source gave its name a value."""
        block, offset, column = source
        if column in self.inside:
            return self.inside[column] * self.span + offset
        where = np.asarray(self.timeline.where(block), np.int64)
        return where[: len(self.columns[column])] * self.span + offset

    def _last(self, name: str, times: Ints) -> tuple[Ints, Ints, list[tuple[int, int, int]]]:
        """Return which source, and which occurrence of it, a name's value stems from."""
        sources = self.sources.get(name, [])
        best = np.full(len(times), -1, np.int64)
        chosen = np.full(len(times), -1, np.int64)
        occurrence = np.zeros(len(times), np.int64)
        for number, source in enumerate(sources):
            given = self.times(source)
            if not len(given):
                continue
            at = np.searchsorted(given, times, "left") - 1
            found = np.where(at >= 0, given[np.maximum(at, 0)], -1)
            later = found > best
            best = np.where(later, found, best)
            chosen = np.where(later, number, chosen)
            occurrence = np.where(later, at, occurrence)
        return chosen, occurrence, sources

    def arrays(self, name: str, times: Ints, number_of: Callable[[ArrayRef], int]) -> Ints:
        """Return the number of the array that a name was at each time, -1 where it was none."""
        chosen, occurrences, sources = self._last(name, times)
        out = np.full(len(times), -1, np.int64)
        for number, source in enumerate(sources):
            mine = np.flatnonzero(chosen == number)
            if len(mine):
                found, at = np.unique(occurrences[mine], return_inverse=True)
                out[mine] = self._numbers(self.columns[source[2]], found, number_of)[at]
        return out

    def _numbers(
        self, column: Column, occurrences: Ints, number_of: Callable[[ArrayRef], int]
    ) -> Ints:
        out = np.full(len(occurrences), -1, np.int64)
        buffers = column.whole_buffers(occurrences)
        whole, at = np.unique(buffers, return_inverse=True)
        numbers = [number_of(column.whole(b)) if b >= 0 and column.whole else -1 for b in whole]
        out[:] = np.array(numbers, np.int64)[at]
        for place in np.flatnonzero(buffers < 0):
            value = column[int(occurrences[place])]
            ref = value.ref if isinstance(value, PlainWrite) else value
            if isinstance(ref, ArrayRef):
                out[place] = number_of(ref)
        return out

    def rows(self, name: str, times: Ints, width: int, unknown: int) -> Ints:
        """Return a name's integers at each time, shape (n, width)."""
        out = np.full((len(times), width), unknown, np.int64)
        chosen, occurrences, sources = self._last(name, times)
        for number, source in enumerate(sources):
            mine = np.flatnonzero(chosen == number)
            if len(mine):
                out[mine] = self.columns[source[2]].as_rows(occurrences[mine], width, unknown)
        return out


def _store_places(timeline: Timeline) -> Iterator[StorePlace]:
    layout = timeline.layout
    for block in layout.blocks:
        for offset, number in enumerate(block.sites):
            site = layout.sites[number]
            for store in site.stores:
                yield StorePlace(site, block.number, offset, store.column, store, _root(store.text))
            for assign in site.assigns:
                yield StorePlace(site, block.number, offset, assign.column, None, assign.name)


def _root(text: str) -> str:
    """Return the name that an expression begins with, if all that follows are subscripts."""
    root = text.partition("[")[0].removesuffix(".flat")
    return root if root.isidentifier() else text
