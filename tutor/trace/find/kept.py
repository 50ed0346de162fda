"""A saved run, to be searched: the trails of its names, out of its tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutor.trace.buffers import ArrayRef
from tutor.trace.columns import MISSING
from tutor.trace.find.trail import (
    BLANK,
    Ints,
    Lives,
    Trail,
    assemble,
    binding_of,
    cells_of,
)
from tutor.trace.memory import overlap
from tutor.trace.saved.data import NameTable
from tutor.trace.saved.parts import NOBODY
from tutor.trace.saved.picked import Picked, ViewNumber
from tutor.trace.saved.run import SavedRun
from tutor.trace.state import Index


class Kept:
    """A run of one function that was saved; see `Searchable`."""

    def __init__(self, run: SavedRun) -> None:
        self._run = run
        self._data = run.data
        self._tables = {table.name: table for table in run.data.tables}
        iterations = run.data.iterations
        self._lives = Lives(run.data.calls, iterations.starts, iterations.ends)
        self.names = run.names

    def __len__(self) -> int:
        return len(self._run)

    def lines(self) -> Ints:
        """Return the line of every step."""
        of_site = np.array([site.line for site in self._data.sites], np.int64)
        return np.asarray(of_site[np.asarray(self._data.path, np.int64)])

    def trail(self, name: str) -> Trail:
        """Return what a name was, all along."""
        table = self._tables.get(name)
        if table is None:
            nothing = np.zeros(0, np.int64)
            return assemble(nothing, lambda given, step: BLANK, self._lives, False)
        picked = Picked(table.values, self._data.objects)

        def value(given: int, step: int) -> object:
            found = picked[given]
            if isinstance(found, ViewNumber):
                return self._run._shown(found, step)
            return BLANK if found is MISSING else found

        written = self._written(_buffers(table, self._data.views.buffer))
        given = np.asarray(table.steps, np.int64)
        return assemble(given, value, self._lives, table.of_iteration, written)

    def writers(self, name: str, idx: Index | None, step: int) -> Ints | None:
        """Return the steps that wrote the array, or one element, that a name is at a step."""
        ref = binding_of(self._run.memory(step), name)
        if ref is None:
            return None
        return np.unique(np.concatenate([np.zeros(0, np.int64), *self._wrote(ref, idx)]))

    def _wrote(self, ref: ArrayRef, idx: Index | None) -> Iterator[Ints]:
        cells = cells_of(ref, idx)
        for table in self._data.writes:
            other = [b for b in np.unique(table.buffer).tolist() if self._overlaps(ref, b)]
            mine = (table.buffer == ref.buffer) & np.isin(table.cell, cells)
            yield table.steps[(mine | np.isin(table.buffer, other)) & (table.name != NOBODY)]

    def _overlaps(self, ref: ArrayRef, buffer: int) -> bool:
        """Tell whether another buffer is the same memory, told apart by its elements' type."""
        owner = self._run._ref(int(self._data.buffers.owner[buffer]))
        return buffer != ref.buffer and overlap(ref, owner)

    def _written(self, buffers: Ints) -> list[Ints]:
        if not len(buffers):
            return []
        return [table.steps[np.isin(table.buffer, buffers)] for table in self._data.writes]


def _buffers(table: NameTable, buffer_of: Ints) -> Ints:
    """Return the buffers of all arrays that a name was."""
    arrays = [kind.data for kind in table.values.kinds if kind.name == "array"]
    views = np.unique(np.concatenate([np.zeros(0, np.int64), *arrays])).astype(np.int64)
    return np.unique(buffer_of[views])
