"""A recorded run, to be looked at in any order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, PlainWrite
from tutor.trace.columns import MISSING, Column
from tutor.trace.contents import Contents
from tutor.trace.events import Book, Events, NameEvents
from tutor.trace.iterations import iteration_table
from tutor.trace.layout import Site, Store
from tutor.trace.memory import Bound, lay_out
from tutor.trace.session import Session
from tutor.trace.state import Index, Memory, Note, Opaque, Returned, Source, State, Write
from tutor.trace.timeline import Place, Timeline
from tutor.trace.views import RecordedView

if TYPE_CHECKING:
    from tutor.trace.origin import Origin
    from tutor.trace.steps import Steps

_MOST_WRITES = 100
_NO_VALUE = object()
_ARRAYS = (ArrayRef, PlainWrite)


class Recording:
    """One run of one function: every line, every value, every write.

    Attributes
    ----------
    result : object
        What the recorded call returned.
    exception : BaseException or None
        What it raised; the last step says where.
    source : Source
        The traced function.
    names : tuple of str
        Every name that the function gave a value, in the order of its source.
    notes : tuple of Note
        What the recorder could not see, in sentences.
    """

    def __init__(
        self, origin: Origin, session: Session, result: Any, exception: BaseException | None
    ) -> None:
        self.result = result
        self.exception = exception
        self.source: Source = origin.source
        self.function = origin.function
        self.layout = session.layout
        self.names: tuple[str, ...] = tuple(session.layout.names)
        self._columns: list[Column] = session.columns
        for column in session.columns:
            column.close()
        _share_equal(session.columns)
        self._inside = {c: np.array(p, np.int64) for c, p in session.inside.items()}
        self._messages = {**session.messages}
        self._cuts = session.cuts
        self.calls = session.calls
        self._timeline = Timeline(
            session.layout, session.path, session.cuts, [call.position for call in session.calls]
        )
        span = max((len(block.sites) for block in session.layout.blocks), default=0) + 1
        self._name_events = NameEvents(self._timeline, self._columns, self._inside, span)
        book = Book(self._timeline, self._columns, self._name_events)
        self._buffers = session.tracker.buffers
        self._contents = Contents(book, self._buffers, session.checks)
        self._span = span
        self.notes: tuple[Note, ...] = (*session.notes, *self._contents.notes)
        for buffer in self._buffers:
            buffer.snapshots = []
        session.tracker.release()
        self._stores = self._stores_by_place(book)
        self._writing = self._writing_places(book)
        self._look_ups = self._prepare_names()

    def __len__(self) -> int:
        return self._timeline.steps

    def __repr__(self) -> str:
        passes = self._timeline.iterations
        return f"<Recording of {self.source.name}: {len(self)} steps, {passes} iterations>"

    @property
    def nbytes(self) -> int:
        """Return the bytes that the recording keeps, without those of the source and layout."""
        held = {id(c.floats): c.floats for c in self._columns}
        floats = sum(f.itemsize if f.strides == (0,) else f.nbytes for f in held.values())
        ints = sum(column.ints.nbytes for column in self._columns)
        return int(floats + ints) + self._timeline.nbytes + self._contents.nbytes

    # -- steps --------------------------------------------------------------------------------

    def state(self, step: int) -> State:
        """Return everything that was true after the line of a step had run.

        Parameters
        ----------
        step : int
            From 0; negative steps count from the end.

        Raises
        ------
        IndexError
            If the recording has no such step.
        """
        step = self._checked(step)
        timeline = self._timeline
        place = timeline.place(step)
        call = timeline.call(place.position)
        iteration = timeline.iteration(place.position)
        site = timeline.site(place)
        names, blank = self._names_at(place, call, iteration)
        return State(
            step=step,
            source=self.source,
            line=site.line,
            end_line=site.end_line,
            depth=0,
            call=call,
            iteration=iteration,
            idx=None if iteration is None else self._idx(iteration),
            names=names,
            blank=blank,
            assigned=tuple(assign.name for assign in site.assigns if assign.name),
            writes=self._writes_at(step, place, names),
            returned=self._returned_at(place, site),
            exception=self._exception_at(place),
        )

    def memory(self, step: int) -> Memory:
        """Return which names share which buffer at a step, and what its line wrote."""
        step = self._checked(step)
        place = self._timeline.place(step)
        call = self._timeline.call(place.position)
        bound = self._bound_at(place, call)
        buffers = {b.number: Bound(b.shape, b.strides) for b in self._buffers}
        written: dict[int, list[int]] = {}
        for buffer, cell, *_ in self._cell_writes(place):
            written.setdefault(buffer, []).append(cell)
        return lay_out(step, bound, buffers, written)

    aliases = memory

    def writes(self) -> NDArray[np.void]:
        """Return every write of an array element: step, name, index, old, new.

        Returns
        -------
        ndarray
            One row a write, in the order of the run. ``index`` is as wide as the array of most
            dimensions, padded with -1; ``old`` and ``new`` are float64 (NaN for other kinds).
        """
        parts = [self._write_rows(b, e) for b, e in sorted(self._contents.events().items())]
        width = max((part["index"].shape[1] for part in parts), default=0)
        kind = _write_dtype(width)
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

    # -- iterations ---------------------------------------------------------------------------

    @cached_property
    def iterations(self) -> NDArray[np.void]:
        """One row for each element that was perturbed: call, idx, fxh1, fxh2, grad.

        Whatever the names are in the source: ``fxh1`` and ``fxh2`` are the first and the second
        value that f returned while the element was perturbed (the second NaN if there was only
        one), ``grad`` the quotient that was stored. ``idx`` is a row of integers as wide as the
        array of most dimensions, padded with -1.
        """
        return iteration_table(self._timeline, self._contents, self._name_events, self._columns)

    @property
    def passes(self) -> int:
        """Return how many passes the loop of the iterations made."""
        return self._timeline.iterations

    def iteration_of(self, step: int) -> int | None:
        """Return the iteration that a step belongs to, or None."""
        return self._timeline.iteration(self._timeline.place(self._checked(step)).position)

    def iteration_start(self, iteration: int) -> int:
        """Return the first step of an iteration: its loop's own line."""
        return self._timeline.step(self._timeline.iteration_begin(iteration))

    def iteration_end(self, iteration: int) -> int:
        """Return the last step of an iteration."""
        return self._timeline.last_step_of(self._timeline.iteration_end(iteration))

    def iteration_index(self, iteration: int) -> Index | None:
        """Return the element that an iteration perturbs, or None."""
        return self._idx(iteration)

    def call_of(self, step: int) -> int:
        """Return the call of the traced function that a step belongs to."""
        return self._timeline.call(self._timeline.place(self._checked(step)).position)

    # -- into f -------------------------------------------------------------------------------

    def can_step_into(self, step: int) -> bool:
        """Tell whether the line of a step called a function that can be stepped into."""
        from tutor.trace.replay import called_function

        return called_function(self, step) is not None

    def step_into(self, step: int) -> Steps:
        """Return the recording of the function that a step's line called, frame by frame.

        The call is made again, with the arrays, the random state and what the objects remember
        put as they were; afterwards all of it is as before.

        Raises
        ------
        RecordingError
            If the line calls no function that can be entered.
        """
        from tutor.trace.replay import replay

        return replay(self, step)

    # -- inside -------------------------------------------------------------------------------

    def _checked(self, step: int) -> int:
        if not -len(self) <= step < len(self):
            raise IndexError(f"step {step} of a recording of {len(self)} steps")
        return step % len(self)

    def _prepare_names(self) -> list[tuple[str, list[NameSource], int | None]]:
        """Return for each name its sources, and the loop that all of them are in."""
        prepared = []
        loops = [self.layout.loops[number] for number in sorted(self._timeline.loops)]
        for name in self.names:
            sources = self._name_events.sources.get(name, [])
            found = [
                NameSource(
                    o, self._columns[c], self._positions(b, c), -1 - c if c in self._inside else b
                )
                for b, o, c in sources
            ]
            inside = next(
                (loop.number for loop in loops if all(b in loop.blocks for b, _, _ in sources)),
                None,
            )
            prepared.append((name, found, inside))
        return prepared

    def _positions(self, block: int, column: int) -> Any:
        if column in self._inside:
            return self._inside[column].tolist()
        return self._timeline.where(block)

    def _names_at(
        self, place: Place, call: int, iteration: int | None
    ) -> tuple[dict[str, object], tuple[str, ...]]:
        names: dict[str, object] = {}
        blank: list[str] = []
        begin = self._timeline.calls[call]
        fresh = begin if iteration is None else self._timeline.iteration_begin(iteration)
        look_up = _LookUp(place)
        for name, sources, loop in self._look_ups:
            value = look_up.latest(sources, begin if loop is None else fresh)
            if value is _NO_VALUE:
                if loop is not None and iteration is not None:
                    blank.append(name)
            elif value.__class__ in _ARRAYS:
                names[name] = self._shown(value, place)
            elif value is not MISSING:
                names[name] = value
        return names, tuple(blank)

    def _shown(self, value: object, place: Place) -> object:
        ref = value.ref if isinstance(value, PlainWrite) else value
        if not isinstance(ref, ArrayRef):
            return value
        history = self._contents.history(ref.buffer, place.position)
        if history is None:
            return Opaque(f"array {'x'.join(map(str, ref.shape))} {np.dtype(ref.dtype)}")
        return RecordedView(ref, history, place)

    def _idx(self, iteration: int) -> Index | None:
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
        inside = {b for n in self._timeline.loops for b in self.layout.loops[n].blocks}
        return [
            (block, offset, store)
            for (block, offset), stores in sorted(self._stores.items())
            if block in inside
            for store in stores
        ]

    def _index_at(self, store: Store, place: Place) -> Index | None:
        if store.index is None:
            return self._written_index(store, place)
        parts = store.index if isinstance(store.index, tuple) else (store.index,)
        index: list[int] = []
        for part in parts:
            if part.name is None:
                index.append(part.constant)
                continue
            value = self._value_before(part.name, place)
            if isinstance(value, tuple) and all(isinstance(i, int) for i in value):
                index += value
            elif isinstance(value, int | np.integer):
                index.append(int(value))
            else:
                return None
        return tuple(index)

    def _written_index(self, store: Store, place: Place) -> Index | None:
        value = self._occurrence(store.column, place)
        if isinstance(value, PlainWrite) and len(value.cells):
            return value.ref.index(int(value.cells[0]))
        return None

    def _occurrence(self, column: int, place: Place) -> object:
        where = self._timeline.where(self._timeline.path[place.position])
        at = bisect_left(where, place.position)
        found = self._columns[column]
        return found[at] if at < len(found) else None

    def _value_before(self, name: str, place: Place) -> object:
        for known, sources, _ in self._look_ups:
            if known == name:
                begin = self._timeline.calls[self._timeline.call(place.position)]
                return _LookUp(Place(place.position, place.offset - 1)).latest(sources, begin)
        return None

    def _stores_by_place(self, book: Book) -> dict[tuple[int, int], list[Store]]:
        found: dict[tuple[int, int], list[Store]] = {}
        for place in book.stores:
            if place.store is not None:
                found.setdefault((place.block, place.offset), []).append(place.store)
        return found

    def _writing_places(self, book: Book) -> set[tuple[int, int]]:
        """Return the places whose lines may write an array: others need not be asked."""
        return {
            (place.block, place.offset)
            for place in book.stores
            if place.store is not None
            or any(isinstance(v, PlainWrite) for _, v in self._columns[place.column].objects())
        }

    def _cell_writes(self, place: Place) -> list[tuple[int, int, object, object, int]]:
        here = (self._timeline.path[place.position], place.offset)
        if here not in self._writing and not self._contents.has_foreign:
            return []
        call = self._timeline.call(place.position)
        return [
            (number, write.cell, write.old, write.new, write.store)
            for number, history in self._contents.of_call(call)
            for write in history.writes(place)
        ]

    def _writes_at(self, step: int, place: Place, names: dict[str, object]) -> tuple[Write, ...]:
        found = self._cell_writes(place)
        if not found:
            return ()
        out = []
        for buffer, cell, old, new, store in found[:_MOST_WRITES]:
            name = self._contents.book.stores[store].name if store >= 0 else ""
            view = names.get(name)
            ref: ArrayRef | None
            if isinstance(view, RecordedView) and view.ref.buffer == buffer:
                ref = view.ref
            else:
                name, ref = self._written_name(buffer, store, place)
            out.append(Write(step, name, (ref and ref.index(cell)) or (), old, new))
        return tuple(out)

    def _written_name(self, buffer: int, store: int, place: Place) -> tuple[str, ArrayRef | None]:
        """Return the name and the array that a write went through, as the source says it."""
        wanted = self._contents.book.stores[store].name if store >= 0 else None
        bound = self._bound_at(place, self._timeline.call(place.position))
        here = [(name, ref) for name, ref in bound if ref.buffer == buffer]
        for name, ref in here:
            if name == wanted:
                return name, ref
        if wanted is not None:
            place_of = self._contents.book.stores[store]
            value = self._occurrence(place_of.column, place)
            if isinstance(value, PlainWrite):
                return wanted, value.ref
        return here[0] if here else ("an array", None)

    def _bound_at(self, place: Place, call: int) -> list[tuple[str, ArrayRef]]:
        """Return the arrays that names reach: the function's own, then those around it."""
        names, _ = self._names_at(place, call, None)
        bound = [(n, v.ref) for n, v in names.items() if isinstance(v, RecordedView)]
        known = {name for name, _ in bound}
        bound += [(n, r) for n, r in self.calls[call].reached.items() if n not in known]
        return bound

    def _returned_at(self, place: Place, site: Site) -> tuple[Returned, ...]:
        out = []
        for assign in site.assigns:
            if assign.from_call is None:
                continue
            if assign.column in self._inside:
                positions = self._inside[assign.column]
                first, after = np.searchsorted(positions, [place.position, place.position + 1])
                values = [self._columns[assign.column][i] for i in range(first, after)]
            else:
                values = [self._occurrence(assign.column, place)]
            out += [
                Returned(assign.from_call, self._shown(value, place))
                for value in values
                if value is not MISSING
            ]
        return tuple(out)

    def _exception_at(self, place: Place) -> str | None:
        cut = self._cuts.get(place.position)
        if cut is not None:
            return cut.message if place.offset == cut.sites - 1 else None
        block = self.layout.blocks[self._timeline.path[place.position]]
        if place.offset == len(block.sites) - 1:
            return self._messages.get(place.position)
        return None

    def _write_rows(self, buffer: int, events: Events) -> NDArray[np.void]:
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
        out = np.zeros(len(events), _write_dtype(index.shape[1]))
        out["step"] = self._timeline.steps_of(positions, offsets)
        out["name"], out["index"], out["old"], out["new"] = names, index, old, new
        return out

    def _names_and_indices(
        self, buffer: int, events: Events, positions: NDArray[np.int64], offsets: NDArray[np.int64]
    ) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
        from tutor.trace.iterations import _indices

        book = self._contents.book
        names = np.empty(len(events), object)
        refs = list(book.refs)
        which = events.refs.copy()
        for store in np.unique(events.stores):
            mine = events.stores == store
            names[mine] = book.stores[store].name if store >= 0 else ""
        for at in np.flatnonzero(events.refs < 0):
            place = Place(int(positions[at]), int(offsets[at]))
            name, ref = self._written_name(buffer, -1, place)
            names[at] = name
            if ref is not None:
                refs.append(ref)
                which[at] = len(refs) - 1
        known = which >= 0
        width = max((len(refs[r].shape) for r in np.unique(which[known])), default=0)
        index = np.full((len(events), width), -1, np.int64)
        index[known] = _indices(refs, which[known], events.cells[known], width)
        return names, index


class NameSource(NamedTuple):
    """A place that gives a name its value: where in its stretch, and when it did so.

    ``group`` is the same for sources that did so at the same positions.
    """

    offset: int
    column: Column
    positions: Any
    group: int


class _LookUp:
    """Finds what names were at one place; sources of one stretch are looked up once."""

    __slots__ = ("_found", "_offset", "_position")

    def __init__(self, place: Place) -> None:
        self._position, self._offset = place
        self._found: dict[int, int] = {}

    def latest(self, sources: list[NameSource], since: int) -> Any:
        """Return the value that a name was given last, at or before the place."""
        best: Any = _NO_VALUE
        when = depth = index = -1
        for offset, column, positions, group in sources:
            at = self._found.get(group)
            if at is None:
                at = self._found[group] = bisect_right(positions, self._position) - 1
            while at >= 0 and offset > self._offset and positions[at] == self._position:
                at -= 1
            if at < 0:
                continue
            position = positions[at]
            if position < since or position < when or (position == when and offset < depth):
                continue
            when, depth, best, index = position, offset, column, at
        return best if best is _NO_VALUE else best[index]


def _share_equal(columns: list[Column]) -> None:
    """Let columns of equal floats be one: a value put back is the value that was saved."""
    for number, column in enumerate(columns):
        for earlier in columns[:number]:
            if column.share(earlier):
                break


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


def _write_dtype(width: int) -> np.dtype[np.void]:
    return np.dtype(
        [("step", "i8"), ("name", "O"), ("index", "i8", (width,)), ("old", "f8"), ("new", "f8")]
    )
