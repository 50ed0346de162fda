"""A run that was saved, to be looked at like any other recording."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef
from tutor.trace.columns import MISSING
from tutor.trace.errors import RecordingError
from tutor.trace.handing import HandedOn
from tutor.trace.memory import lay_out
from tutor.trace.saved.cells import Contents
from tutor.trace.saved.data import NO_INDEX, PADDING, Ints, ReturnTable, RunData, SavedSite
from tutor.trace.saved.picked import NOT_YET, Picked, PickedName, ViewNumber
from tutor.trace.saved.table import write_table
from tutor.trace.state import Index, Memory, Note, Returned, Source, State, Write
from tutor.trace.timeline import Place
from tutor.trace.views import RecordedView

_MOST_WRITES = 100


class SavedRun(HandedOn):
    """A run from a file: every line, value and write, without the functions and objects.

    Parameters
    ----------
    data : RunData
        Its tables.
    """

    def __init__(self, data: RunData) -> None:
        self.data = data
        self.result: Any = data.result
        self.exception: BaseException | None = None
        if data.exception is not None:
            self.exception = RecordingError(data.exception)
        self.source: Source = data.sources[0]
        self.names: tuple[str, ...] = data.names
        self.notes: tuple[Note, ...] = data.notes
        self._path = np.ascontiguousarray(data.path, np.int64).data
        self._calls = data.calls.tolist()
        self._starts = data.iterations.starts.tolist()
        self._ends = data.iterations.ends.tolist()
        self._refs: dict[int, ArrayRef] = {}
        self._contents = Contents(data, self._begin_of)
        names = [PickedName(table, data.objects) for table in data.tables]
        self._by_name = {found.name: found for found in names}
        self._by_frame: dict[int | None, list[PickedName]] = {}
        for table, found in zip(data.tables, names, strict=True):
            self._by_frame.setdefault(table.frame, []).append(found)
        self._returned = _Returns(data)

    def __len__(self) -> int:
        return len(self._path)

    def __repr__(self) -> str:
        return f"<saved run of {self.data.name}: {len(self)} steps, {self.passes} iterations>"

    # -- steps --------------------------------------------------------------------------------

    def state(self, step: int) -> State:
        """Return everything that was true after the line of a step had run.

        Raises
        ------
        IndexError
            If the run has no such step.
        """
        step = self._checked(step)
        data, site = self.data, self._site(step)
        iteration = self.iteration_of(step)
        names, blank = self._names_at(step, iteration)
        writes, written = self._writes_at(step)
        found = data.results.get(step)
        return State(
            step=step,
            source=data.sources[site.source],
            line=site.line,
            end_line=site.end_line,
            depth=site.depth,
            call=self.call_of(step),
            iteration=iteration,
            idx=None if iteration is None else self.iteration_index(iteration),
            names=names,
            blank=blank,
            assigned=site.assigned,
            writes=writes,
            written=written,
            returned=tuple(self._returned_at(step)),
            result=() if found is None else (data.objects[found],),
            exception=data.exceptions.get(step),
            printed=data.printed.get(step, ""),
        )

    def memory(self, step: int) -> Memory:
        """Return which names share which buffer at a step, and what its line wrote."""
        step = self._checked(step)
        names, _ = self._names_at(step, None)
        bound = [(n, v.ref) for n, v in names.items() if isinstance(v, RecordedView)]
        known = dict(bound)
        for name, view in self.data.reached[int(self.data.reached_by[self.call_of(step)])].items():
            ref = self._ref(view)
            if name not in known:
                bound.append((name, ref))
            elif self.data.frames is not None and known[name] != ref:
                bound.append((f"{name} outside", ref))
        written: dict[int, list[int]] = {}
        for change in self._contents.changes(step):
            written.setdefault(change.buffer, []).append(change.cell)
        reach = {ref.buffer for _, ref in bound}
        owners = {b: self._ref(int(self.data.buffers.owner[b])) for b in reach}
        return lay_out(step, bound, owners, written)

    aliases = memory

    def writes(self) -> NDArray[np.void]:
        """Return every write of an array element; see `Recording.writes`."""
        refs = [self._ref(view) for view in range(len(self.data.views))]
        return write_table(self.data.texts, self._contents, refs)

    def line_of(self, step: int) -> int:
        """Return the line of a step, for less than its whole state."""
        return self._site(self._checked(step)).line

    def call_of(self, step: int) -> int:
        """Return the call of the traced function that a step belongs to."""
        return max(bisect_right(self._calls, step) - 1, 0)

    # -- iterations ---------------------------------------------------------------------------

    @property
    def iterations(self) -> NDArray[np.void]:
        """One row for each element that was perturbed; see `Recording.iterations`."""
        return self.data.iterations.table

    @property
    def passes(self) -> int:
        """Return how many passes the loop of the iterations made."""
        return len(self._starts)

    def iteration_of(self, step: int) -> int | None:
        """Return the iteration that a step belongs to, or None."""
        step = self._checked(step)
        at = bisect_right(self._starts, step) - 1
        return at if at >= 0 and step <= self._ends[at] else None

    def iteration_start(self, iteration: int) -> int:
        """Return the first step of an iteration."""
        return int(self._starts[iteration])

    def iteration_end(self, iteration: int) -> int:
        """Return the last step of an iteration."""
        return int(self._ends[iteration])

    def iterations_at(self, idx: Index) -> Ints:
        """Return the iterations that perturb an element."""
        table = self.iterations
        width = table["idx"].shape[1] if table.dtype.names else 0
        if len(idx) > width or not len(table):
            return np.zeros(0, np.int64)
        wanted = [*idx, *[-1] * (width - len(idx))]
        return np.asarray(self.data.iterations.passes[(table["idx"] == wanted).all(axis=1)])

    def iteration_index(self, iteration: int) -> Index | None:
        """Return the element that an iteration perturbs, or None."""
        row = self.data.iterations.idx[iteration].tolist()
        return None if row[0] == NO_INDEX else tuple(i for i in row if i != PADDING)

    # -- into f -------------------------------------------------------------------------------

    def can_step_into(self, step: int) -> bool:
        """Tell whether the call that a step's line made was saved, frame by frame."""
        return self._checked(step) in self.data.inside

    def why_not_into(self, step: int) -> str:
        """Return why a call cannot be stepped into although there is one; empty otherwise."""
        step = self._checked(step)
        if step in self.data.inside or not self._site(step).calls:
            return ""
        kept = min(self.data.inside, default=None)
        if kept is None:
            return "The calls inside were not saved with this run."
        return (
            f"Only the calls around step {kept + 1} were saved with this run: go there to step in."
        )

    def step_into(self, step: int) -> SavedRun:
        """Return the recording of the call that a step's line made.

        Raises
        ------
        RecordingError
            If it was not saved.
        """
        step = self._checked(step)
        if step not in self.data.inside:
            raise RecordingError(self.why_not_into(step) or "This line calls no function.")
        return SavedRun(self.data.inside[step])

    # -- inside -------------------------------------------------------------------------------

    def _checked(self, step: int) -> int:
        if not -len(self) <= step < len(self):
            raise IndexError(f"step {step} of a recording of {len(self)} steps")
        return step % len(self)

    def _site(self, step: int) -> SavedSite:
        return self.data.sites[self._path[step]]

    def _names_at(
        self, step: int, iteration: int | None
    ) -> tuple[dict[str, object], tuple[str, ...]]:
        names: dict[str, object] = {}
        blank: list[str] = []
        frames = self.data.frames
        frame = None if frames is None else int(frames[step])
        begin = 0 if frames is not None or not self._calls else self._calls[self.call_of(step)]
        fresh = begin if iteration is None else self._starts[iteration]
        for name in self._by_frame.get(frame, ()):
            value = name.at(step, fresh if name.of_iteration else begin)
            if value is NOT_YET:
                if name.of_iteration and iteration is not None:
                    blank.append(name.name)
            elif value is not MISSING:
                names[name.name] = self._shown(value, step)
        return names, tuple(blank)

    def _returned_at(self, step: int) -> Iterator[Returned]:
        for callee, value in self._returned.at(step, self._path[step], self._by_name):
            yield Returned(callee, self._shown(value, step))

    def _writes_at(self, step: int) -> tuple[tuple[Write, ...], int]:
        found = self._contents.changes(step)
        out = []
        for change in found[:_MOST_WRITES]:
            ref = self._ref(change.view) if change.view >= 0 else None
            index = (ref and ref.index(change.cell)) or ()
            out.append(Write(step, self.data.texts[change.name], index, change.old, change.new))
        return tuple(out), len(found)

    def _shown(self, value: object, step: int) -> object:
        if not isinstance(value, ViewNumber):
            return value
        ref = self._ref(value)
        return RecordedView(ref, self._contents.of(ref.buffer), Place(step, 0))

    def _ref(self, view: int) -> ArrayRef:
        found = self._refs.get(view)
        if found is None:
            views, buffers = self.data.views, self.data.buffers
            layout = views.layouts[int(views.layout[view])]
            buffer = int(views.buffer[view])
            start = int(buffers.start[buffer])
            found = ArrayRef(
                buffer, int(views.offset[view]), layout.shape, layout.strides, layout.dtype, start
            )
            self._refs[view] = found
        return found

    def _begin_of(self, step: int) -> int | None:
        iteration = self.iteration_of(step)
        return None if iteration is None else int(self._starts[iteration])


class _Returns:
    """What calls gave back, by the step of their line."""

    def __init__(self, data: RunData) -> None:
        self._objects = data.objects
        self._of_site: dict[int, list[ReturnTable]] = {}
        self._of_step: dict[int, list[tuple[str, object]]] = {}
        for table in data.returned:
            if table.of:
                self._of_site.setdefault(table.site, []).append(table)
            elif table.values is not None:
                picked = Picked(table.values, data.objects)
                for at, step in enumerate(table.steps.tolist()):
                    self._of_step.setdefault(step, []).append((table.callee, picked[at]))

    def at(
        self, step: int, site: int, names: Mapping[str, PickedName]
    ) -> Iterator[tuple[str, object]]:
        """Yield the name of each function that a line called, with what it gave back."""
        for table in self._of_site.get(site, ()):
            value = names[table.of].given(step)
            if value is not NOT_YET and value is not MISSING:
                yield table.callee, value
        yield from self._of_step.get(step, ())
