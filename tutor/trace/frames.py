"""A run that was recorded frame by frame, to be looked at like any other recording."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, Tracker, can_be_kept
from tutor.trace.describe import describe
from tutor.trace.handing import HandedOn
from tutor.trace.history import FOREIGN, CellWrite, differing_cells
from tutor.trace.iterations import iteration_dtype
from tutor.trace.memory import lay_out
from tutor.trace.state import Index, Memory, Note, Returned, Source, State, Write
from tutor.trace.timeline import Place
from tutor.trace.views import RecordedView

_MOST_WRITES = 100
_GONE = object()


@dataclass
class Frame:
    """One call of one function while it is recorded."""

    number: int
    depth: int
    source: Source
    pending: int | None = None
    returned: list[Returned] = field(default_factory=list)
    exception: str | None = None
    known: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Step:
    source: Source
    line: int
    depth: int
    frame: int
    assigned: tuple[str, ...]
    returned: tuple[Returned, ...]
    result: tuple[object, ...]
    exception: str | None


class Versions:
    """A buffer's cells, each time that they had changed; a `History` whose places are steps."""

    def __init__(self, initial: NDArray[Any], step: int) -> None:
        self.steps = [step]
        self.cells = [initial]

    @property
    def initial(self) -> NDArray[Any]:
        """Return the cells as they were first seen."""
        return self.cells[0]

    @property
    def nbytes(self) -> int:
        """Return the bytes of all versions."""
        return sum(cells.nbytes for cells in self.cells)

    def add(self, cells: NDArray[Any], step: int) -> None:
        """Keep the cells as they are after a step, if they differ from the last version."""
        if cells.tobytes() != self.cells[-1].tobytes():
            self.steps.append(step)
            self.cells.append(cells)

    def values(self, cells: NDArray[np.int64], place: Place) -> NDArray[Any]:
        """Return what some cells held after a step."""
        return self.cells[self._at(place)][cells]

    def writes(self, place: Place) -> list[CellWrite]:
        """Return the cells that a step has changed."""
        at = self._at(place)
        if at == 0 or self.steps[at] != place.position:
            return []
        old, new = self.cells[at - 1], self.cells[at]
        changed = np.flatnonzero(differing_cells(old, new))
        return [CellWrite(int(cell), old[cell], new[cell], FOREIGN) for cell in changed]

    def touched(self, place: Place) -> list[int]:
        """Return the cells that this step has changed."""
        return [write.cell for write in self.writes(place)]

    def _at(self, place: Place) -> int:
        return max(bisect_right(self.steps, place.position) - 1, 0)


class FrameRecording(HandedOn):
    """A run recorded frame by frame; it can be looked at like any `Recording`."""

    def __init__(self, source: Source, around: Mapping[str, NDArray[Any]]) -> None:
        self.source = source
        self.result: Any = None
        self.exception: BaseException | None = None
        self.names: tuple[str, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self._steps: list[_Step] = []
        self._values: dict[tuple[int, str], tuple[list[int], list[object]]] = {}
        self._frame_names: dict[int, list[str]] = {}
        self._versions: dict[int, Versions] = {}
        self._tracker = Tracker()
        self._around = [
            (name, self._tracker.ref(values))
            for name, values in around.items()
            if can_be_kept(values)
        ]
        self._owners: dict[int, ArrayRef] = {}

    def __len__(self) -> int:
        return len(self._steps)

    def __repr__(self) -> str:
        return f"<Recording of {self.source.name}, frame by frame: {len(self)} steps>"

    @property
    def passes(self) -> int:
        """Return 0: iterations are known of rewritten functions only."""
        return 0

    @property
    def iterations(self) -> NDArray[np.void]:
        """Return an empty table."""
        return np.zeros(0, iteration_dtype(0))

    def iteration_of(self, step: int) -> int | None:
        """Return None."""
        return None

    def iteration_start(self, iteration: int) -> int:
        """Raise: there are no iterations."""
        raise IndexError(f"no iteration {iteration} in a recording frame by frame")

    iteration_end = iteration_start

    def line_of(self, step: int) -> int:
        """Return the line of a step."""
        return self._steps[step].line

    def iterations_at(self, idx: Index) -> NDArray[np.int64]:
        """Return nothing."""
        return np.zeros(0, np.int64)

    def iteration_index(self, iteration: int) -> Index | None:
        """Return None."""
        return None

    def can_step_into(self, step: int) -> bool:
        """Return False: everything is here already."""
        return False

    def why_not_into(self, step: int) -> str:
        """Return nothing: everything is here already."""
        return ""

    def step_into(self, step: int) -> FrameRecording:
        """Raise: everything is here already."""
        raise IndexError(f"nothing to step into at step {step}")

    def state(self, step: int) -> State:
        """Return the state after a step; see `Recording.state`."""
        if not -len(self) <= step < len(self):
            raise IndexError(f"step {step} of a recording of {len(self)} steps")
        step %= len(self)
        found = self._steps[step]
        return State(
            step=step,
            source=found.source,
            line=found.line,
            end_line=found.line,
            depth=found.depth,
            call=0,
            iteration=None,
            idx=None,
            names=self._names_at(found.frame, step),
            assigned=found.assigned,
            writes=self._writes_at(found.frame, step),
            written=sum(len(v.writes(Place(step, 0))) for v in self._versions.values()),
            returned=found.returned,
            result=found.result,
            exception=found.exception,
        )

    def memory(self, step: int) -> Memory:
        """Return which names share which buffer after a step."""
        step %= len(self)
        names = self._names_at(self._steps[step].frame, step)
        bound = [(n, v.ref) for n, v in names.items() if isinstance(v, RecordedView)]
        bound += self._outside(dict(bound))
        written = {
            number: [write.cell for write in versions.writes(Place(step, 0))]
            for number, versions in self._versions.items()
        }
        return lay_out(step, bound, self._owners, written)

    aliases = memory

    def writes(self) -> NDArray[np.void]:
        """Return every array element that was seen to change: step, name, index, old, new."""
        rows = [w for step in range(len(self)) for w in self._writes_at(None, step, None)]
        width = max((len(row.index) for row in rows), default=0)
        kind = [("step", "i8"), ("name", "O"), ("index", "i8", (width,)), ("old", "f8")]
        out = np.zeros(len(rows), np.dtype([*kind, ("new", "f8")]))
        for at, row in enumerate(rows):
            index = (*row.index, *[-1] * (width - len(row.index)))
            out[at] = (row.step, row.name, index, row.old, row.new)
        return out

    # -- while it is recorded ------------------------------------------------------------------

    def add(
        self,
        frame: Frame,
        line: int,
        found: Mapping[str, object],
        result: tuple[object, ...] = (),
    ) -> None:
        """Keep a step: a line of a frame that has just run, and what its names hold now."""
        step = len(self._steps)
        assigned = tuple(
            name for name, value in found.items() if self._keep(frame, name, value, step)
        )
        for name in frame.known.keys() - found.keys():
            del frame.known[name]
            self._note(frame, name, _GONE, step)
        for number, versions in self._versions.items():
            if self._tracker.buffers[number].root is not None:
                versions.add(self._tracker.buffers[number].copy(), step)
        self._steps.append(
            _Step(
                frame.source,
                line,
                frame.depth,
                frame.number,
                assigned,
                tuple(frame.returned),
                result,
                frame.exception,
            )
        )
        frame.returned.clear()
        frame.exception = None

    def close(self, result: Any, exception: BaseException | None, notes: tuple[Note, ...]) -> None:
        """End the recording and let go of the arrays."""
        self.result, self.exception, self.notes = result, exception, notes
        self._owners = {b.number: b.whole for b in self._tracker.buffers}
        self.names = tuple(dict.fromkeys(name for _, name in self._values))
        self._tracker.release()

    def _keep(self, frame: Frame, name: str, value: object, step: int) -> bool:
        kept: object = describe(value)
        if isinstance(value, np.ndarray) and can_be_kept(value):
            ref = self._tracker.ref(value)
            if ref.buffer not in self._versions:
                copied = self._tracker.buffers[ref.buffer].copy()
                self._versions[ref.buffer] = Versions(copied, step)
            kept = ref
        if name in frame.known and _is_same(frame.known[name], kept):
            return False
        frame.known[name] = kept
        self._note(frame, name, kept, step)
        return True

    def _note(self, frame: Frame, name: str, value: object, step: int) -> None:
        steps, values = self._values.setdefault((frame.number, name), ([], []))
        if not steps:
            self._frame_names.setdefault(frame.number, []).append(name)
        steps.append(step)
        values.append(value)

    # -- inside --------------------------------------------------------------------------------

    def _names_at(self, frame: int, step: int) -> dict[str, object]:
        names: dict[str, object] = {}
        for name in self._frame_names.get(frame, ()):
            steps, values = self._values[frame, name]
            at = bisect_right(steps, step) - 1
            if at >= 0 and values[at] is not _GONE:
                names[name] = self._shown(values[at], step)
        return names

    def _shown(self, value: object, step: int) -> object:
        if isinstance(value, ArrayRef):
            return RecordedView(value, self._versions[value.buffer], Place(step, 0))
        return value

    def _outside(self, known: Mapping[str, ArrayRef]) -> list[tuple[str, ArrayRef]]:
        """Return the arrays around this call; a name that means another one here says so."""
        out = []
        for name, ref in self._around:
            if name not in known:
                out.append((name, ref))
            elif known[name] != ref:
                out.append((f"{name} outside", ref))
        return out

    def _writes_at(
        self, frame: int | None, step: int, most: int | None = _MOST_WRITES
    ) -> tuple[Write, ...]:
        names = self._names_at(self._steps[step].frame if frame is None else frame, step)
        refs = [(n, v.ref) for n, v in names.items() if isinstance(v, RecordedView)]
        out: list[Write] = []
        for number, versions in self._versions.items():
            writes = versions.writes(Place(step, 0))
            if not writes:
                continue
            name, ref = self._reaching(number, refs)
            out += [
                Write(step, name, (ref and ref.index(w.cell)) or (), w.old, w.new)
                for w in writes[:most]
            ]
        return tuple(out[:most])

    def _reaching(
        self, buffer: int, refs: Sequence[tuple[str, ArrayRef]]
    ) -> tuple[str, ArrayRef | None]:
        """Return the first name that reaches a buffer: a frame's own, or one around the call."""
        pairs = (*refs, *self._around)
        return next(((n, r) for n, r in pairs if r.buffer == buffer), ("", None))


def _is_same(first: object, second: object) -> bool:
    if type(first) is not type(second):
        return False
    if isinstance(first, float | np.floating) and first != first:
        return bool(second != second)
    try:
        return bool(first == second)
    except (TypeError, ValueError):
        return False
