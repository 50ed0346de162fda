"""What every buffer of a saved run held at any step."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutor.trace.history import same_values
from tutor.trace.saved.data import Buffers, Ints, RunData, WriteTable
from tutor.trace.saved.parts import NOBODY
from tutor.trace.timeline import Place


class Change(NamedTuple):
    """One cell that a line wrote; ``name`` and ``view`` say by which name and array."""

    buffer: int
    cell: int
    old: object
    new: object
    name: int
    view: int


class Cells:
    """The cells of one buffer at any step; a `History` whose places are steps.

    A time is twice a step for what no line made, and one more for what its line wrote.
    """

    def __init__(
        self,
        initial: NDArray[Any],
        times: Ints,
        cells: Ints,
        values: NDArray[Any],
        begin_of: Callable[[int], int | None],
    ) -> None:
        self.initial = initial
        self._times, self._cells, self._values = times, cells, values
        self._begin_of = begin_of
        self._span = int(times[-1]) + 2 if len(times) else 1
        self._order = np.lexsort((np.arange(len(times)), cells))
        self._keys = cells[self._order] * self._span + times[self._order]

    @property
    def nbytes(self) -> int:
        """Return the bytes of the contents and the changes."""
        held = (self.initial, self._times, self._cells, self._values, self._order, self._keys)
        return sum(part.nbytes for part in held)

    def values(self, cells: Ints, place: Place) -> NDArray[Any]:
        """Return what some cells held after a step."""
        return self.at_time(cells, 2 * place.position + 1)

    def at_time(self, cells: Ints, time: int) -> NDArray[Any]:
        """Return what some cells held at a time."""
        if not len(self._keys):
            return self.initial[cells]
        wanted = cells * self._span + min(max(time, -1), self._span - 1)
        at = np.searchsorted(self._keys, wanted, "right") - 1
        found = self._order[np.maximum(at, 0)]
        written = (at >= 0) & (self._cells[found] == cells)
        return np.where(written, self._values[found], self.initial[cells])

    def replaced(self) -> NDArray[Any]:
        """Return what each change has replaced, in the order of the run."""
        cells = self._cells[self._order]
        before = self.initial[cells]
        again = np.flatnonzero(np.diff(cells, prepend=-1) == 0)
        before[again] = self._values[self._order[again - 1]]
        out = np.empty_like(before)
        out[self._order] = before
        return out

    def touched(self, place: Place) -> list[int]:
        """Return the cells that this iteration has changed."""
        begin = self._begin_of(place.position)
        if begin is None:
            return []
        first, after = np.searchsorted(self._times, [2 * begin + 1, 2 * place.position + 2])
        if first == after:
            return []
        cells = np.unique(self._cells[first:after])
        now = self.at_time(cells, 2 * place.position + 1)
        changed = cells[~same_values(now, self.at_time(cells, 2 * begin))]
        return [int(cell) for cell in changed]

    def writes(self, place: Place) -> list[Any]:
        """Return nothing: what a line wrote is told for all buffers at once."""
        return []


class Contents:
    """All buffers of a run, and what was written into them.

    Parameters
    ----------
    begin_of : callable
        Returns the first step of the iteration that a step belongs to, or None.
    """

    def __init__(self, data: RunData, begin_of: Callable[[int], int | None]) -> None:
        self._data = data
        self._begin_of = begin_of
        self._firsts = _firsts(data.buffers)
        self._cells: dict[int, Cells] = {}
        self._tables = [table for table in data.writes if len(table.steps)]
        self._times = [2 * table.steps + (table.name != NOBODY) for table in self._tables]
        self._steps = [np.ascontiguousarray(t.steps, np.int64).data for t in self._tables]
        self._rows: dict[int, tuple[int, Ints]] = {}
        for number, table in enumerate(self._tables):
            order = np.argsort(table.buffer, kind="stable")
            found, first = np.unique(table.buffer[order], return_index=True)
            for buffer, rows in zip(found.tolist(), np.split(order, first[1:]), strict=True):
                self._rows[buffer] = number, rows

    def of(self, buffer: int) -> Cells:
        """Return the cells of a buffer."""
        found = self._cells.get(buffer)
        if found is None:
            found = self._cells[buffer] = self._made(buffer)
        return found

    def changes(self, step: int) -> list[Change]:
        """Return the cells that the line of a step wrote, in their order."""
        out: list[Change] = []
        for number, table in enumerate(self._tables):
            steps = self._steps[number]
            first, after = bisect_left(steps, step), bisect_left(steps, step + 1)
            rows = [row for row in range(first, after) if table.name[row] != NOBODY]
            for row in rows:
                buffer, cell = int(table.buffer[row]), int(table.cell[row])
                old = self.of(buffer).at_time(np.array([cell]), 2 * step)[0]
                new = table.value[row]
                out.append(
                    Change(buffer, cell, old, new, int(table.name[row]), int(table.view[row]))
                )
        return sorted(out, key=lambda change: change.buffer) if len(self._tables) > 1 else out

    def every_change(self) -> Iterator[tuple[WriteTable, Ints, NDArray[Any], NDArray[Any]]]:
        """Yield each table, the rows of it that lines wrote, and their old and new values."""
        for number, table in enumerate(self._tables):
            old = np.empty(len(table.steps), table.value.dtype)
            for buffer, (where, rows) in self._rows.items():
                if where == number:
                    old[rows] = self.of(buffer).replaced()
            kept = np.flatnonzero(table.name != NOBODY)
            yield table, kept, old[kept], table.value[kept]

    def _made(self, buffer: int) -> Cells:
        buffers = self._data.buffers
        kind, first = int(buffers.dtype[buffer]), int(self._firsts[buffer])
        initial = buffers.initial[kind][first : first + int(buffers.cells[buffer])]
        number, rows = self._rows.get(buffer, (0, np.zeros(0, np.int64)))
        if not len(rows):
            nothing = np.zeros(0, np.int64)
            return Cells(initial, nothing, nothing, initial[:0], self._begin_of)
        table = self._tables[number]
        times = self._times[number][rows]
        return Cells(initial, times, table.cell[rows], table.value[rows], self._begin_of)


def _firsts(buffers: Buffers) -> Ints:
    """Return where each buffer's cells begin in the store of its dtype."""
    out = np.zeros(len(buffers.cells), np.int64)
    for kind in range(len(buffers.dtypes)):
        mine = np.flatnonzero(buffers.dtype == kind)
        sizes = buffers.cells[mine]
        out[mine] = np.cumsum(sizes) - sizes
    return out
