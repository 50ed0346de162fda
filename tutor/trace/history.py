"""What a buffer held at any moment, without keeping it for every moment.

A run that takes one element after the other leaves a regular trail: each iteration touches
one cell, and no cell is touched by two. Then the contents at any step are the beginning, the
end for the cells that are done, and one patch. Where that cannot be proved, an index of the
writes by cell answers in the logarithm of their number.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tutor.trace.columns import Column
from tutor.trace.events import Book, Events, Ints
from tutor.trace.timeline import Place, Timeline

FOREIGN = -1


class CellWrite(NamedTuple):
    """One cell written at one moment; ``store`` is an index into the book's stores."""

    cell: int
    old: object
    new: object
    store: int


class History(Protocol):
    """The cells of one buffer from one snapshot to the next."""

    @property
    def initial(self) -> NDArray[Any]:
        """Return the cells at the beginning."""

    @property
    def nbytes(self) -> int:
        """Return the bytes kept for this buffer alone."""

    def values(self, cells: Ints, place: Place) -> NDArray[Any]:
        """Return what some cells held at a place."""

    def writes(self, place: Place) -> list[CellWrite]:
        """Return what the line of a place wrote, without the cells that it only looked at."""

    def touched(self, place: Place) -> list[int]:
        """Return the cells written in this iteration so far that are not what they were."""


class Still:
    """A buffer that nothing wrote."""

    def __init__(self, initial: NDArray[Any]) -> None:
        self.initial = initial

    @property
    def nbytes(self) -> int:
        """Return the bytes kept for this buffer alone."""
        return _bytes(self.initial)

    def values(self, cells: Ints, place: Place) -> NDArray[Any]:
        """Return what some cells held."""
        return self.initial[cells]

    def writes(self, place: Place) -> list[CellWrite]:
        """Return nothing."""
        return []

    def touched(self, place: Place) -> list[int]:
        """Return nothing."""
        return []


class _Source(NamedTuple):
    """A line that writes the buffer: where in its stretch, into which column, as which store."""

    offset: int
    column: int
    store: int


class _Stood(NamedTuple):
    """How things stood at a place.

    ``done`` iterations of the buffer had begun before the current one; ``cell`` is the one that
    this iteration writes, ``last`` the column and occurrence of its last write so far, ``value``
    what that write left.
    """

    done: int
    cell: int | None
    last: tuple[int, int] | None
    value: Any


class OneByOne:
    """A buffer of which each iteration writes one cell, and no two the same.

    ``order`` holds the cell of each iteration from ``first`` on, or is None where they are
    0, 1, 2, ...; ``final`` is None where every cell was given its first value back.
    """

    def __init__(
        self,
        timeline: Timeline,
        columns: list[Column],
        sources: list[tuple[int, int, int, int]],
        initial: NDArray[Any],
        final: NDArray[Any] | None,
        first: int,
        order: NDArray[Any] | None,
    ) -> None:
        self.timeline = timeline
        self.columns = columns
        self.initial = initial
        self.final = final
        self.first = first
        self.order = order
        self._by_block: dict[int, list[_Source]] = {}
        for block, *source in sorted(sources, key=lambda source: -source[1]):
            self._by_block.setdefault(block, []).append(_Source(*source))
        self._blocks = [(timeline.where(block), found) for block, found in self._by_block.items()]
        self._seen = Place(-1, -1), _Stood(0, None, None, None)
        self._place_of: NDArray[Any] | None = None
        if order is not None and final is not None:
            self._place_of = np.full(len(initial), np.iinfo(np.int32).max, np.int32)
            self._place_of[order] = np.arange(len(order), dtype=np.int32)

    @property
    def nbytes(self) -> int:
        """Return the bytes kept for this buffer alone."""
        held = (self.initial, self.final, self.order, self._place_of)
        return sum(_bytes(part) for part in held if part is not None and part.base is None)

    def values(self, cells: Ints, place: Place) -> NDArray[Any]:
        """Return what some cells held at a place."""
        stood = self._at(place)
        out = self.initial[cells]
        if self.final is not None:
            rank = cells if self._place_of is None else self._place_of[cells]
            early = np.flatnonzero(rank < stood.done)
            if early.size:
                out[early] = self.final[cells[early]]
        if stood.last is not None:
            out[cells == stood.cell] = stood.value
        return out

    def writes(self, place: Place) -> list[CellWrite]:
        """Return what the line of a place wrote."""
        position, offset = place
        for source in self._by_block.get(self.timeline.path[position], ()):
            if source.offset == offset:
                stood = self._at(place)
                if stood.cell is None or stood.last is None:
                    return []
                before = self._last(position, offset - 1, stood.done)
                old = self.initial[stood.cell] if before is None else self._value(before)
                return [CellWrite(stood.cell, old, self._value(stood.last), source.store)]
        return []

    def touched(self, place: Place) -> list[int]:
        """Return the cell of this iteration while it is not what it was."""
        stood = self._at(place)
        if stood.last is None or stood.cell is None or stood.value == self.initial[stood.cell]:
            return []
        return [stood.cell]

    def _at(self, place: Place) -> _Stood:
        """Return how things stood at a place, kept for what is asked next: it is the same place."""
        seen = self._seen
        if seen[0] != place:
            self._seen = seen = place, self._look(*place)
        return seen[1]

    def _look(self, position: int, offset: int) -> _Stood:
        iteration = self.timeline.iteration(position)
        if iteration is None:
            return _Stood(self._begun(position) - self.first, None, None, None)
        done = iteration - self.first
        cell = self._cell(done)
        last = None if cell is None else self._last(position, offset, done)
        return _Stood(done, cell, last, None if last is None else self._value(last))

    def _begun(self, position: int) -> int:
        """Return how many iterations have begun at a position outside the loops."""
        timeline = self.timeline
        end = timeline.call_end(timeline.call(position))
        return min(bisect_right(timeline._start, position), bisect_left(timeline._start, end))

    def _cell(self, done: int) -> int | None:
        count = len(self.order) if self.order is not None else len(self.initial)
        if not 0 <= done < count:
            return None
        return int(self.order[done]) if self.order is not None else done

    def _last(self, position: int, offset: int, done: int) -> tuple[int, int] | None:
        """Return the column and occurrence of the last write in this iteration up to a place."""
        iteration = self.first + done
        best: tuple[int, int] | None = None
        when = (self.timeline.iteration_begin(iteration), -1)
        for where, sources in self._blocks:
            at = last_run(where, position, iteration)
            if at < 0:
                continue
            here = where[at] == position
            found = self._first_kept(sources, at, -1, offset if here else None)
            if found is None and here and at:  # none of them has written here yet
                at -= 1
                found = self._first_kept(sources, at, offset, None)
            if found is not None and (where[at], found.offset) > when:
                when, best = (where[at], found.offset), (found.column, at)
        return best

    def _first_kept(
        self, sources: list[_Source], at: int, after: int, until: int | None
    ) -> _Source | None:
        """Return the last line in a range of offsets that has an occurrence."""
        for source in sources:
            inside = source.offset > after and (until is None or source.offset <= until)
            if inside and at < len(self.columns[source.column]):
                return source
        return None

    def _value(self, found: tuple[int, int]) -> Any:
        return self.initial.dtype.type(self.columns[found[0]].floats[found[1]])


def last_run(positions: Any, position: int, guess: int) -> int:
    """Return which of the sorted positions is the last up to one, -1 for none.

    In most loops each iteration runs a stretch once, so its number is a good guess.
    """
    count = len(positions)
    guessed = 0 <= guess < count and positions[guess] <= position
    if guessed and (guess + 1 == count or positions[guess + 1] > position):
        return guess
    return bisect_right(positions, position) - 1


class Indexed:
    """Any other buffer: its writes, sorted by cell and by time."""

    def __init__(
        self, timeline: Timeline, span: int, initial: NDArray[Any], events: Events
    ) -> None:
        self.timeline = timeline
        self.span = span
        self.initial = initial
        self.events = events
        self.last_key = int(events.keys[-1]) + 2
        self._order = np.lexsort((np.arange(len(events)), events.cells))
        self._sorted = events.cells[self._order] * self.last_key + events.keys[self._order]

    @property
    def nbytes(self) -> int:
        """Return the bytes kept for this buffer alone."""
        parts = [getattr(self.events, name) for name in Events.__slots__]
        held = [*parts, self.initial, self._order, self._sorted]
        return sum(_bytes(part) for part in held)

    def values(self, cells: Ints, place: Place) -> NDArray[Any]:
        """Return what some cells held at a place."""
        return self._values(cells, place.position * self.span + place.offset)

    def _values(self, cells: Ints, key: int) -> NDArray[Any]:
        wanted = cells * self.last_key + min(max(key, -1), self.last_key - 1)
        at = np.searchsorted(self._sorted, wanted, "right") - 1
        found = self._order[np.maximum(at, 0)]
        written = (at >= 0) & (self.events.cells[found] == cells)
        return np.where(written, self.events.values[found], self.initial[cells]).astype(
            self.initial.dtype, copy=False
        )

    def writes(self, place: Place) -> list[CellWrite]:
        """Return what the line of a place wrote."""
        key = place.position * self.span + place.offset
        first, after = np.searchsorted(self.events.keys, [key, key + 1])
        found = self.events.take(slice(first, after))
        before = self._values(found.cells, key - 1)
        return [
            CellWrite(int(cell), old, new, int(store))
            for cell, old, new, store in zip(
                found.cells, before, found.values, found.stores, strict=True
            )
        ]

    def touched(self, place: Place) -> list[int]:
        """Return the cells that this iteration has changed."""
        iteration = self.timeline.iteration(place.position)
        if iteration is None:
            return []
        begin = self.timeline.iteration_begin(iteration) * self.span
        key = place.position * self.span + place.offset
        first, after = np.searchsorted(self.events.keys, [begin, key + 1])
        cells = np.unique(self.events.cells[first:after])
        now, before = self._values(cells, key), self._values(cells, begin - 1)
        return [int(cell) for cell in cells[~same_values(now, before)]]


def make_history(book: Book, initial: NDArray[Any], events: Events | None) -> History:
    """Return the history of a buffer: the leanest that its writes allow."""
    if events is None or not len(events):
        return Still(initial)
    regular = _one_by_one(book, initial, events)
    return regular or Indexed(book.timeline, book.span, initial, events)


def _one_by_one(book: Book, initial: NDArray[Any], events: Events) -> OneByOne | None:
    """Return the regular history, if the writes prove to be regular."""
    timeline = book.timeline
    if initial.dtype.kind not in "fiub" or (events.stores == FOREIGN).any():
        return None
    if any(book.stores[n].store is None for n in np.unique(events.stores)):
        return None
    iterations = timeline.iterations_of(events.keys // book.span)
    firsts = np.flatnonzero(np.diff(iterations, prepend=-2))
    order = events.cells[firsts]
    first = int(iterations[0])
    groups = np.cumsum(np.diff(iterations, prepend=iterations[0] - 1) != 0) - 1
    if (iterations < 0).any() or not np.array_equal(order[groups], events.cells):
        return None
    if not np.array_equal(iterations[firsts], np.arange(first, first + len(firsts))):
        return None
    if len(np.unique(order)) != len(order):
        return None
    numbers = np.unique(events.stores)
    sources = [
        (place.block, place.offset, place.column, int(number))
        for number in numbers
        for place in [book.stores[number]]
    ]
    if not _columns_are_plain(book, sources):
        return None
    lasts = np.append(firsts[1:], len(events)) - 1
    final: NDArray[Any] | None = np.array(initial)
    assert final is not None
    final[order] = events.values[lasts]
    if same_values(final, initial).all():
        final = None
    identity = len(order) == len(initial) and bool((order == np.arange(len(order))).all())
    kept = None if identity else order.astype(np.int32)
    final = _shared(final, book.columns, sources)
    return OneByOne(timeline, book.columns, sources, initial, final, first, kept)


def _columns_are_plain(book: Book, sources: list[tuple[int, int, int, int]]) -> bool:
    return all(not book.columns[column].objects() for _, _, column, _ in sources)


def _shared(
    values: NDArray[Any] | None, columns: list[Column], sources: list[tuple[int, int, int, int]]
) -> NDArray[Any] | None:
    """Return a part of a column that holds the same values, to keep them once."""
    if values is None or values.dtype != np.float64:
        return values
    return shared_part(values, [columns[column].floats for _, _, column, _ in sources])


def shared_part(values: NDArray[Any], stores: list[Any]) -> NDArray[Any]:
    """Return a slice of one of the stores that equals the values, or the values themselves."""
    if values.dtype != np.float64 or values.size == 0 or values.strides == (0,):
        return values
    bits = np.ascontiguousarray(values).view(np.int64)
    for store in stores:
        if not isinstance(store, np.ndarray) or store.strides == (0,):
            continue
        held = store.view(np.int64)
        for start in np.flatnonzero(held[: max(len(held) - len(bits) + 1, 0)] == bits[0])[:8]:
            if np.array_equal(held[start : start + len(bits)], bits):
                return store[start : start + len(bits)]
    return values


def same_values(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.bool_]:
    """Compare two arrays element by element; a NaN is the same as a NaN."""
    if first.dtype.kind in "fc":
        return np.asarray((first == second) | (np.isnan(first) & np.isnan(second)))
    return np.asarray(first == second)


def differing_cells(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell of each cell whether its bytes differ."""
    width = first.dtype.itemsize
    mine = np.ascontiguousarray(first).view(np.uint8).reshape(-1, width)
    theirs = np.ascontiguousarray(second).view(np.uint8).reshape(-1, width)
    return np.asarray((mine != theirs).any(axis=1))


def _bytes(values: NDArray[Any]) -> int:
    """Return the bytes that an array takes, one value for one that only looks like many."""
    return values.itemsize if values.strides == (0,) else values.nbytes
