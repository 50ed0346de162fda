"""A `Recording` turned into the plain tables that are saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.errors import RecordingError
from tutor.trace.frames import FrameRecording
from tutor.trace.history import differing_cells
from tutor.trace.layout import Kind as SiteKind
from tutor.trace.recording import Recording
from tutor.trace.saved.data import (
    NO_INDEX,
    PADDING,
    Ints,
    Iterations,
    NameTable,
    ReturnTable,
    RunData,
    SavedSite,
    WriteTable,
)
from tutor.trace.saved.gather import Gathered, Numbered, ViewNumbers
from tutor.trace.saved.parts import (
    NOBODY,
    buffer_table,
    joined,
    nobodys,
    result_of,
    said,
)
from tutor.trace.saved.walk import collect_frames

_MOST_INSIDE = 200  # steps of a run without iterations that are looked at for calls to step into


def collect(recording: Recording, deep: bool = True) -> RunData:
    """Return everything that a recording knows, as tables; ``deep`` adds the calls inside it."""
    return _Collector(recording).collect(deep)


class _Collector:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.timeline = recording._timeline
        self.layout = recording.layout
        self.contents = recording._contents
        self.views = ViewNumbers()
        self.texts = Numbered()
        self.objects = Numbered()
        self.first_steps = np.append(self.timeline._begins, self.timeline.steps).astype(np.int64)
        self.path = self._path()

    def collect(self, deep: bool) -> RunData:
        recording = self.recording
        ends = self._call_ends()
        results = {
            step: self.objects.number_value(found[0])
            for step in ends
            for found in [recording.state(step).result]
            if found
        }
        inside, calling = self._inside() if deep else ({}, set())
        reached, reached_by = self._reached()
        tables = tuple(self._names())
        returned = tuple(self._returned())
        writes = tuple(self._writes())
        buffers = buffer_table(recording._owners, self._initial, self.views)
        return RunData(
            name=recording.source.name,
            names=recording.names,
            sources=(recording.source,),
            sites=tuple(
                SavedSite(
                    0,
                    site.line,
                    site.end_line,
                    assigned=tuple(a.name for a in site.assigns if a.name),
                    calls=site.number in calling,
                )
                for site in self.layout.sites
            ),
            path=self.path,
            frames=None,
            calls=self.first_steps[np.array(self.timeline.calls, np.int64)],
            iterations=self._iterations(),
            tables=tables,
            returned=returned,
            views=self.views.table(),
            buffers=buffers,
            writes=writes,
            texts=tuple(self.texts.all),
            objects=tuple(self.objects.all),
            reached=reached,
            reached_by=reached_by,
            results=results,
            exceptions=self._exceptions(),
            printed=recording.printed,
            notes=recording.notes,
            inside=inside,
            result=result_of(recording.result),
            exception=said(recording.exception),
        )

    # -- steps --------------------------------------------------------------------------------

    def _path(self) -> Ints:
        """Return the site of each step."""
        blocks = self.layout.blocks
        widest = max((len(block.sites) for block in blocks), default=1)
        sites = np.zeros((max(len(blocks), 1), widest), np.int64)
        for block in blocks:
            sites[block.number, : len(block.sites)] = block.sites
        counts = np.diff(self.first_steps)
        positions = np.repeat(np.arange(len(counts)), counts)
        offsets = np.arange(self.timeline.steps) - self.first_steps[positions]
        return np.asarray(sites[np.asarray(self.timeline.path)[positions], offsets])

    def _call_ends(self) -> list[int]:
        """Return the last step of each call that ended in a return."""
        calls = [*self.timeline.calls, len(self.timeline.path)][1:]
        lasts = [int(self.first_steps[position]) - 1 for position in calls]
        return [s for s in lasts if s >= 0 and self._kind_at(s) is SiteKind.RETURN]

    def _kind_at(self, step: int) -> SiteKind:
        return self.layout.sites[int(self.path[step])].kind

    def _exceptions(self) -> dict[int, str]:
        positions = {*self.recording._cuts, *self.recording._messages}
        steps = [self.timeline.last_step_of(position) for position in sorted(positions)]
        found = {step: self.recording.state(step).exception for step in steps}
        return {step: text for step, text in found.items() if text is not None}

    def _iterations(self) -> Iterations:
        recording, count = self.recording, self.timeline.iterations
        starts = self.first_steps[np.asarray(self.timeline._starts, np.int64)]
        found = [recording.iteration_index(number) for number in range(count)]
        width = max((len(idx) for idx in found if idx is not None), default=0)
        idx = np.full((count, max(width, 1)), NO_INDEX, np.int64)
        for number, index in enumerate(found):
            if index is not None:
                idx[number, : len(index)] = index
                idx[number, len(index) :] = PADDING
        ends = np.array([recording.iteration_end(n) for n in range(count)], np.int64)
        table, passes = recording._iteration_table
        return Iterations(starts, ends, idx, table, np.asarray(passes, np.int64))

    # -- names --------------------------------------------------------------------------------

    def _gathered(self) -> Gathered:
        return Gathered(self.views, self.objects, self._is_kept)

    def _is_kept(self, buffer: int) -> bool:
        return bool(self.contents.starts(buffer))

    def _names(self) -> Iterator[NameTable]:
        for name, sources, loop in self.recording._names._look_ups:
            gathered = self._gathered()
            steps, keep = [], []
            for offset, column, positions, _ in sources:
                where = np.asarray(positions, np.int64)[: len(column)]
                where = where[where < len(self.timeline.path)]
                gathered.add_column(column)
                valid = np.ones(len(column), np.bool_)
                valid[list(column.failed)] = False
                valid[len(where) :] = False
                found = self.first_steps[where] + offset
                valid[: len(where)] &= found < self.first_steps[where + 1]
                steps.append(np.append(found, np.full(len(column) - len(where), -1)))
                keep.append(valid)
            every = np.concatenate(steps) if steps else np.zeros(0, np.int64)
            kept = np.flatnonzero(np.concatenate(keep)) if keep else np.zeros(0, np.int64)
            order = kept[np.argsort(every[kept], kind="stable")]
            order = order[np.append(np.diff(every[order]) > 0, True)[: len(order)]]
            yield NameTable(name, every[order], gathered.values(order), loop is not None)

    def _returned(self) -> Iterator[ReturnTable]:
        inside = self.recording._names._inside
        for site in self.layout.sites:
            for assign in site.assigns:
                if assign.from_call is None:
                    continue
                if assign.column not in inside:
                    yield ReturnTable(assign.from_call, assign.name, site.number)
                    continue
                offset = self._offset_of(site.number)
                column = self.recording._columns[assign.column]
                positions = np.asarray(inside[assign.column], np.int64)[: len(column)]
                gathered = self._gathered()
                gathered.add_column(column)
                valid = np.ones(len(positions), np.bool_)
                valid[[at for at in column.failed if at < len(positions)]] = False
                kept = np.flatnonzero(valid)
                yield ReturnTable(
                    assign.from_call,
                    site=site.number,
                    steps=self.first_steps[positions[kept]] + offset,
                    values=gathered.values(kept),
                )

    def _offset_of(self, site: int) -> int:
        return next(b.sites.index(site) for b in self.layout.blocks if site in b.sites)

    # -- arrays -------------------------------------------------------------------------------

    def _initial(self, number: int) -> NDArray[Any] | None:
        return self.contents.initial(number, 0) if self._is_kept(number) else None

    def _writes(self) -> Iterator[WriteTable]:
        by_dtype: dict[str, list[WriteTable]] = {}
        events = self.contents.events()
        for number, owner in sorted(self.recording._owners.items()):
            if not self._is_kept(number):
                continue
            found = [self._of_buffer(number, events[number])] if number in events else []
            found += self._resets(number, events.get(number))
            by_dtype.setdefault(owner.dtype, []).extend(found)
        for parts in by_dtype.values():
            if parts:
                yield joined(parts)

    def _of_buffer(self, number: int, events: Any) -> WriteTable:
        positions, offsets = np.divmod(events.keys, self.contents.book.span)
        names, refs, which = self.recording._writes.named(number, events, positions, offsets)
        used, back = np.unique(which, return_inverse=True)
        views = [self.views.number(refs[ref]) if ref >= 0 else NOBODY for ref in used]
        told, at = np.unique(names.astype(str), return_inverse=True)
        numbers = np.array([self.texts.number(str(text)) for text in told], np.int64)
        return WriteTable(
            steps=self.timeline.steps_of(positions, offsets),
            buffer=np.full(len(events), number),
            cell=events.cells,
            value=events.values,
            name=numbers[at],
            view=np.array(views, np.int64)[back],
        )

    def _resets(self, number: int, events: Any) -> Iterator[WriteTable]:
        """Yield what was found changed when a call began, as changes that no line made."""
        starts = self.contents.starts(number)
        if len(starts) < 2:
            return
        span = self.contents.book.span
        cells = np.array(self.contents.initial(number, 0))
        done = 0
        for stretch, start in enumerate(starts[1:], 1):
            if events is not None:
                until = int(np.searchsorted(events.keys, start * span))
                cells[events.cells[done:until]] = events.values[done:until]
                done = until
            fresh = np.asarray(self.contents.initial(number, stretch))
            changed = np.flatnonzero(differing_cells(cells, fresh))
            if len(changed):
                step = self.first_steps[min(start, len(self.first_steps) - 1)]
                yield nobodys(number, int(step), changed, fresh[changed])
                cells[changed] = fresh[changed]

    def _reached(self) -> tuple[tuple[Mapping[str, int], ...], Ints]:
        tables = Numbered()
        by_call = []
        for call in self.recording.calls:
            found = {name: self.views.number(ref) for name, ref in call.reached.items()}
            by_call.append(tables.number(found, tuple(found.items())))
        return tuple(tables.all), np.array(by_call, np.int64)

    # -- into f -------------------------------------------------------------------------------

    def _inside(self) -> tuple[dict[int, RunData], set[int]]:
        """Return the calls made in the first iteration, frame by frame, and the sites of calls."""
        recording = self.recording
        steps: range | list[int] = range(min(len(recording), _MOST_INSIDE))
        if recording.passes:
            steps = range(recording.iteration_start(0), recording.iteration_end(0) + 1)
        found: dict[int, RunData] = {}
        for step in steps:
            if not recording.state(step).returned or not recording.can_step_into(step):
                continue
            try:
                deep = recording.step_into(step)
            except RecordingError:
                continue
            if isinstance(deep, FrameRecording):
                found[step] = collect_frames(deep)
        return found, {int(self.path[step]) for step in found}
