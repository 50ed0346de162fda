"""A `FrameRecording` turned into the plain tables that are saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tutor.trace.columns import MISSING
from tutor.trace.frames import _GONE, FrameRecording
from tutor.trace.history import differing_cells
from tutor.trace.saved.data import (
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
    result_of,
    said,
)
from tutor.trace.views import RecordedView


def collect_frames(recording: FrameRecording) -> RunData:
    """Return everything that a recording frame by frame knows, as tables."""
    return _Collector(recording).collect()


class _Collector:
    def __init__(self, recording: FrameRecording) -> None:
        self.recording = recording
        self.views = ViewNumbers()
        self.texts, self.objects = Numbered(), Numbered()
        self.sources, self.sites = Numbered(), Numbered()
        self.frame_numbers = np.array([step.frame for step in recording._steps], np.int64)

    def collect(self) -> RunData:
        recording = self.recording
        path = np.array([self._site(step) for step in recording._steps], np.int64)
        tables = tuple(self._names())
        returned = tuple(self._returned())
        writes = tuple(self._writes())
        around = {name: self.views.number(ref) for name, ref in recording._around}
        buffers = buffer_table(recording._owners, self._initial, self.views)
        steps = list(enumerate(recording._steps))
        results = {
            at: self.objects.number_value(step.result[0]) for at, step in steps if step.result
        }
        return RunData(
            name=recording.source.name,
            names=recording.names,
            sources=tuple(self.sources.all) or (recording.source,),
            sites=tuple(self.sites.all),
            path=path,
            frames=self.frame_numbers,
            calls=np.zeros(min(len(path), 1), np.int64),
            iterations=Iterations.none(recording.iterations),
            tables=tables,
            returned=returned,
            views=self.views.table(),
            buffers=buffers,
            writes=writes,
            texts=tuple(self.texts.all),
            results=results,
            objects=tuple(self.objects.all),
            reached=(around,),
            reached_by=np.zeros(1, np.int64),
            exceptions={at: step.exception for at, step in steps if step.exception},
            notes=recording.notes,
            result=result_of(recording.result),
            exception=said(recording.exception),
        )

    def _site(self, step: Any) -> int:
        source = self.sources.number(step.source)
        site = SavedSite(source, step.line, step.line, step.depth, step.assigned)
        return self.sites.number(site)

    def _names(self) -> Iterator[NameTable]:
        for frame, names in self.recording._frame_names.items():
            for name in names:
                steps, values = self.recording._values[frame, name]
                gathered = Gathered(self.views, self.objects, self._is_kept)
                for value in values:
                    gathered.add(MISSING if value is _GONE else value)
                yield NameTable(name, np.array(steps), gathered.values(), frame=frame)

    def _is_kept(self, buffer: int) -> bool:
        return buffer in self.recording._versions

    def _initial(self, buffer: int) -> Any:
        versions = self.recording._versions.get(buffer)
        return None if versions is None else versions.initial

    def _returned(self) -> Iterator[ReturnTable]:
        for at, step in enumerate(self.recording._steps):
            for callee, value in step.returned:
                gathered = Gathered(self.views, self.objects, self._is_kept)
                gathered.add(value)
                steps = np.array([at], np.int64)
                yield ReturnTable(callee, steps=steps, values=gathered.values())

    def _writes(self) -> Iterator[WriteTable]:
        by_dtype: dict[str, list[WriteTable]] = {}
        for buffer, versions in self.recording._versions.items():
            for old, new, step in zip(
                versions.cells, versions.cells[1:], versions.steps[1:], strict=False
            ):
                cells = np.flatnonzero(differing_cells(old, new))
                found = self._of_version(buffer, step, cells, new[cells])
                by_dtype.setdefault(new.dtype.str, []).append(found)
        for parts in by_dtype.values():
            yield joined(parts)

    def _of_version(self, buffer: int, step: int, cells: Any, values: Any) -> WriteTable:
        names = self.recording._names_at(self.recording._steps[step].frame, step)
        refs = [(n, v.ref) for n, v in names.items() if isinstance(v, RecordedView)]
        name, ref = self.recording._reaching(buffer, refs)
        view = NOBODY if ref is None else self.views.number(ref)
        rows = [np.full(len(cells), one) for one in (step, buffer, self.texts.number(name), view)]
        return WriteTable(rows[0], rows[1], cells, values, rows[2], rows[3])
