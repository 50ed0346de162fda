"""A recording, to be searched: the trails of its names, out of its columns and writes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from tutor.trace.buffers import ArrayRef, PlainWrite
from tutor.trace.columns import MISSING
from tutor.trace.events import Events
from tutor.trace.find.trail import BLANK, Ints, Lives, Trail, assemble, binding_of, cells_of
from tutor.trace.memory import overlap
from tutor.trace.names import NameSource
from tutor.trace.recording import Recording
from tutor.trace.state import Index


class Recorded:
    """A recording made in this process; see `Searchable`."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._timeline = recording._timeline
        self._span = recording._contents.book.span
        self.names = recording.names

    def __len__(self) -> int:
        return len(self._recording)

    def lines(self) -> Ints:
        """Return the line of every step."""
        timeline, layout = self._timeline, self._timeline.layout
        blocks = [[layout.sites[site].line for site in block.sites] for block in layout.blocks]
        first = np.cumsum([0, *map(len, blocks)])
        flat = np.array([line for block in blocks for line in block], np.int64)
        steps = np.arange(len(self))
        begins = timeline.steps_of(np.arange(len(timeline.path)), 0)
        at = np.searchsorted(begins, steps, "right") - 1
        return np.asarray(flat[first[timeline.path[at]] + steps - begins[at]])

    def trail(self, name: str) -> Trail:
        """Return what a name was, all along."""
        sources, loop = self._sources.get(name, ([], None))
        keys, which, occurrences = _given(sources, self._span)
        read = _Reader(self._recording, sources, which.tolist(), occurrences.tolist())
        buffers = {ref.buffer for ref in _arrays(sources)}
        written = [self._steps(self._events[b].keys) for b in buffers if b in self._events]
        return assemble(self._steps(keys), read, self._lives, loop is not None, written)

    def writers(self, name: str, idx: Index | None, step: int) -> Ints | None:
        """Return the steps that wrote the array, or one element, that a name is at a step."""
        ref = binding_of(self._recording.memory(step), name)
        if ref is None:
            return None
        keys = [np.zeros(0, np.int64), *self._keys(ref, cells_of(ref, idx))]
        return self._steps(np.unique(np.concatenate(keys)))

    def _keys(self, ref: ArrayRef, cells: Ints) -> Iterator[Ints]:
        owners = self._recording._owners
        for number, events in self._events.items():
            if number == ref.buffer:
                yield events.keys[np.isin(events.cells, cells)]
            elif overlap(ref, owners[number]):
                yield events.keys  # one memory, told apart by the type of its elements

    def _steps(self, keys: Ints) -> Ints:
        positions, offsets = np.divmod(keys, self._span)
        return self._timeline.steps_of(positions, offsets)

    @cached_property
    def _events(self) -> dict[int, Events]:
        return self._recording._contents.events()

    @cached_property
    def _sources(self) -> dict[str, tuple[list[NameSource], int | None]]:
        return {n: (found, loop) for n, found, loop in self._recording._names._look_ups}

    @cached_property
    def _lives(self) -> Lives:
        recording, timeline = self._recording, self._timeline
        passes = range(recording.passes)
        starts = np.array([recording.iteration_start(i) for i in passes], np.int64)
        ends = np.array([recording.iteration_end(i) for i in passes], np.int64)
        return Lives(timeline.steps_of(np.array(timeline.calls, np.int64), 0), starts, ends)


class _Reader:
    """Reads the value that a name was given, as it stood at a step."""

    def __init__(
        self,
        recording: Recording,
        sources: list[NameSource],
        which: list[int],
        occurrences: list[int],
    ) -> None:
        self._recording = recording
        self._columns = [source.column for source in sources]
        self._which = which
        self._occurrences = occurrences

    def __call__(self, given: int, step: int) -> object:
        value = self._columns[self._which[given]][self._occurrences[given]]
        if isinstance(value, ArrayRef | PlainWrite):
            return self._recording._names.shown(value, self._recording._timeline.place(step))
        return BLANK if value is MISSING else value


def _given(sources: list[NameSource], span: int) -> tuple[Ints, Ints, Ints]:
    """Return when a name was given values, in order, by which source, and as which of its own."""
    parts = [(np.zeros(0, np.int64),) * 3]
    for number, source in enumerate(sources):
        where = np.asarray(source.positions, np.int64)[: len(source.column)]
        kept = np.setdiff1d(np.arange(len(where)), list(source.column.failed))
        parts.append((where[kept] * span + source.offset, np.full(len(kept), number), kept))
    keys, which, occurrences = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(keys, kind="stable")
    return keys[order], which[order], occurrences[order]


def _arrays(sources: list[NameSource]) -> Iterator[ArrayRef]:
    """Return the arrays that a name was."""
    for source in sources:
        for _, value in source.column.objects():
            ref = value.ref if isinstance(value, PlainWrite) else value
            if isinstance(ref, ArrayRef):
                yield ref
