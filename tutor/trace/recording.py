"""A recorded run, to be looked at in any order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, Wholes
from tutor.trace.columns import MISSING, Column
from tutor.trace.contents import Contents
from tutor.trace.describe import told
from tutor.trace.events import Book, NameEvents
from tutor.trace.handing import HandedOn
from tutor.trace.iterations import iteration_table
from tutor.trace.layout import Kind, Site
from tutor.trace.memory import lay_out
from tutor.trace.names import Names
from tutor.trace.printed import printed_steps
from tutor.trace.session import Session
from tutor.trace.state import Index, Memory, Note, Opaque, Returned, Source, State
from tutor.trace.timeline import Place, Timeline
from tutor.trace.unfold import unfold
from tutor.trace.views import RecordedView
from tutor.trace.writes import Writes

if TYPE_CHECKING:
    from tutor.trace.origin import Origin
    from tutor.trace.steps import Steps


class Recording(HandedOn):
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
    printed : mapping of int to str
        What was printed beside each step, where its output was listened to.
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
        session.settle()
        for column in session.columns:
            column.close(session.tracker.whole)
        _share_equal(session.columns)
        inside = {c: np.array(p, np.int64) for c, p in session.inside.items()}
        self._messages = {**session.messages}
        self._cuts = session.cuts
        self.calls = session.calls.looks
        self._timeline = Timeline(
            session.layout, session.path, session.cuts, self.calls.positions.tolist()
        )
        span = max((len(block.sites) for block in session.layout.blocks), default=0) + 1
        self.printed: Mapping[int, str] = printed_steps(self._timeline, session.printed)
        self._name_events = NameEvents(self._timeline, self._columns, inside, span)
        book = Book(self._timeline, self._columns, self._name_events)
        buffers, checks = unfold(session, book.events(once_more=True), book.span)
        self._contents = Contents(book, buffers, checks, session.tracker.whole)
        self._notes = tuple(session.notes)
        for buffer in buffers:
            buffer.snapshots = []
        self._owners: Mapping[int, ArrayRef] = Wholes(session.tracker)
        session.tracker.release()
        self._names = Names(
            self._timeline, self._columns, inside, self._name_events, self._contents
        )
        self._writes = Writes(
            self._timeline, self._columns, self._contents, self._names, self.calls
        )

    def __len__(self) -> int:
        return self._timeline.steps

    def __repr__(self) -> str:
        passes = self._timeline.iterations
        return f"<Recording of {self.source.name}: {len(self)} steps, {passes} iterations>"

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the recorder could not see, in sentences."""
        return (*self._notes, *self._contents.notes)

    @property
    def nbytes(self) -> int:
        """Return the bytes that the recording keeps, without those of the source and layout."""
        held = {id(c.floats): c.floats for c in self._columns}
        floats = sum(f.itemsize if f.strides == (0,) else f.nbytes for f in held.values())
        ints = sum(column.ints.nbytes for column in self._columns)
        columns = int(floats + ints)
        return columns + self._timeline.nbytes + self._contents.nbytes + self.calls.nbytes

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
        names, blank = self._names.at(place, call, iteration)
        writes, written = self._writes.at(step, place, names)
        return State(
            step=step,
            source=self.source,
            line=site.line,
            end_line=site.end_line,
            depth=0,
            call=call,
            iteration=iteration,
            idx=None if iteration is None else self._writes.first_index(iteration),
            names=names,
            blank=blank,
            assigned=tuple(assign.name for assign in site.assigns if assign.name),
            writes=writes,
            written=written,
            returned=self._returned_at(place, site),
            result=self._result_at(place, site, call),
            exception=self._exception_at(place),
            printed=self.printed.get(step, ""),
        )

    def memory(self, step: int) -> Memory:
        """Return which names share which buffer at a step, and what its line wrote."""
        step = self._checked(step)
        place = self._timeline.place(step)
        bound = self._writes.bound(place)
        written: dict[int, list[int]] = {}
        for write in self._writes.cells(place):
            written.setdefault(write.buffer, []).append(write.cell)
        return lay_out(step, bound, self._owners, written)

    aliases = memory

    def writes(self) -> NDArray[np.void]:
        """Return every write of an array element: step, name, index, old, new.

        Returns
        -------
        ndarray
            One row a write, in the order of the run. ``index`` is as wide as the array of most
            dimensions, padded with -1; ``old`` and ``new`` are float64 (NaN for other kinds).
        """
        return self._writes.table()

    # -- iterations ---------------------------------------------------------------------------

    @property
    def iterations(self) -> NDArray[np.void]:
        """One row for each element that was perturbed: call, idx, fxh1, fxh2, grad.

        Whatever the names are in the source: ``fxh1`` and ``fxh2`` are the first and the second
        value that f returned while the element was perturbed (the second NaN if there was only
        one), ``grad`` the quotient that was stored. ``idx`` is a row of integers as wide as the
        array of most dimensions, padded with -1.
        """
        return self._iteration_table[0]

    @cached_property
    def _iteration_table(self) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        return iteration_table(self._timeline, self._contents, self._name_events, self._columns)

    def iterations_at(self, idx: Index) -> NDArray[np.int64]:
        """Return the iterations that perturb an element, as numbers of passes."""
        table, passes = self._iteration_table
        width = table["idx"].shape[1]
        if len(idx) > width:
            return np.zeros(0, np.int64)
        wanted = [*idx, *[-1] * (width - len(idx))]
        return np.asarray(passes[(table["idx"] == wanted).all(axis=1)])

    def line_of(self, step: int) -> int:
        """Return the line of a step, for less than its whole state."""
        return self._timeline.site(self._timeline.place(self._checked(step))).line

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
        return self._writes.first_index(iteration)

    def call_of(self, step: int) -> int:
        """Return the call of the traced function that a step belongs to."""
        return self._timeline.call(self._timeline.place(self._checked(step)).position)

    # -- into f -------------------------------------------------------------------------------

    def can_step_into(self, step: int) -> bool:
        """Tell whether the line of a step called a function that can be stepped into."""
        from tutor.trace.replay import called_function

        return called_function(self, step) is not None

    def why_not_into(self, step: int) -> str:
        """Return nothing: where there is a call it can be stepped into."""
        return ""

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

    def _returned_at(self, place: Place, site: Site) -> tuple[Returned, ...]:
        out = []
        for assign in site.assigns:
            if assign.from_call is None:
                continue
            values = self._names.inside(assign.column, place)
            if values is None:
                values = [self._names.given(assign.column, place)]
            out += [
                Returned(assign.from_call, self._names.shown(value, place))
                for value in values
                if value is not MISSING
            ]
        return tuple(out)

    def _result_at(self, place: Place, site: Site, call: int) -> tuple[object, ...]:
        if site.kind is not Kind.RETURN or place.position != self._timeline.call_end(call) - 1:
            return ()
        result = self._names.shown(self.calls[call].result, place)
        if isinstance(result, Opaque):
            return (result,)
        return (told(result.to_numpy() if isinstance(result, RecordedView) else result),)

    def _exception_at(self, place: Place) -> str | None:
        cut = self._cuts.get(place.position)
        if cut is not None:
            return cut.message if place.offset == cut.sites - 1 else None
        block = self.layout.blocks[self._timeline.path[place.position]]
        if place.offset == len(block.sites) - 1:
            return self._messages.get(place.position)
        return None


def _share_equal(columns: list[Column]) -> None:
    """Let columns of equal floats be one: a value put back is the value that was saved."""
    for number, column in enumerate(columns):
        for earlier in columns[:number]:
            if column.share(earlier):
                break
