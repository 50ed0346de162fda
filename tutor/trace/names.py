"""The names of the traced function: what each was at any place of the run."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

import numpy as np

from tutor.trace.buffers import ArrayRef, PlainWrite
from tutor.trace.columns import MISSING, Column
from tutor.trace.contents import Contents
from tutor.trace.events import Ints, NameEvents
from tutor.trace.state import Opaque
from tutor.trace.timeline import Place, Timeline
from tutor.trace.views import RecordedView

_NO_VALUE = object()
_ARRAYS = (ArrayRef, PlainWrite)


class Names:
    """Looks names up at a place.

    Parameters
    ----------
    events : NameEvents
        Where each name is given its values.
    inside : dict
        The positions of the values that came from the middle of a line, by column.
    """

    def __init__(
        self,
        timeline: Timeline,
        columns: list[Column],
        inside: dict[int, Ints],
        events: NameEvents,
        contents: Contents,
    ) -> None:
        self._timeline = timeline
        self._columns = columns
        self._inside = inside
        self._contents = contents
        self._look_ups = self._prepare(events)
        self._by_name = {name: sources for name, sources, _ in self._look_ups}

    def at(
        self, place: Place, call: int, iteration: int | None
    ) -> tuple[dict[str, object], tuple[str, ...]]:
        """Return the names that have a value at a place, and those of this iteration that do not.

        ``iteration`` None shows the values of the last iteration in place of blanks.
        """
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
                names[name] = self.shown(value, place)
            elif value is not MISSING:
                names[name] = value
        return names, tuple(blank)

    def shown(self, value: object, place: Place) -> object:
        """Return a recorded value as a screen draws it."""
        ref = value.ref if isinstance(value, PlainWrite) else value
        if not isinstance(ref, ArrayRef):
            return value
        history = self._contents.history(ref.buffer, place.position)
        if history is None:
            return Opaque(f"array {'x'.join(map(str, ref.shape))} {np.dtype(ref.dtype)}")
        return RecordedView(ref, history, place)

    def before(self, name: str, place: Place) -> object:
        """Return what a name was before the line of a place ran."""
        sources = self._by_name.get(name, [])
        block = self._timeline.path[place.position]
        same = [s for s in sources if s.group == block and s.offset < place.offset]
        if same and not same[-1].column.failed:  # given by an earlier line of this stretch
            last = same[-1]
            return last.column[bisect_left(last.positions, place.position)]
        begin = self._timeline.calls[self._timeline.call(place.position)]
        return _LookUp(Place(place.position, place.offset - 1)).latest(sources, begin)

    def given(self, column: int, place: Place) -> object:
        """Return what the line of a place put into a column."""
        where = self._timeline.where(self._timeline.path[place.position])
        at = bisect_left(where, place.position)
        found = self._columns[column]
        return found[at] if at < len(found) else None

    def inside(self, column: int, place: Place) -> list[object] | None:
        """Return what the middle of a place's line reported; None for another column."""
        positions = self._inside.get(column)
        if positions is None:
            return None
        first, after = np.searchsorted(positions, [place.position, place.position + 1])
        return [self._columns[column][i] for i in range(int(first), int(after))]

    def _prepare(self, events: NameEvents) -> list[tuple[str, list[NameSource], int | None]]:
        """Return for each name its sources, and the loop that all of them are in."""
        prepared = []
        layout = self._timeline.layout
        loops = [layout.loops[number] for number in sorted(self._timeline.loops)]
        for name in layout.names:
            sources = events.sources.get(name, [])
            found = [self._source(*source) for source in sources]
            inside = next(
                (loop.number for loop in loops if all(b in loop.blocks for b, _, _ in sources)),
                None,
            )
            prepared.append((name, found, inside))
        return prepared

    def _source(self, block: int, offset: int, column: int) -> NameSource:
        if column in self._inside:
            return NameSource(
                offset, self._columns[column], self._inside[column].tolist(), -1 - column
            )
        return NameSource(offset, self._columns[column], self._timeline.where(block), block)


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
            while column.failed and at in column.failed:
                at -= 1
            if at < 0:
                continue
            position = positions[at]
            if position < since or position < when or (position == when and offset < depth):
                continue
            when, depth, best, index = position, offset, column, at
        return best if best is _NO_VALUE else best[index]
