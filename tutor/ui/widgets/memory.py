"""The pane of the memory: names and the buffers that they share, of one run or of two.

What only a run needs is imported when there is one: the text is painted before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tutor.ui.drawing.figure import is_array
from tutor.ui.drawing.ink import Line, Span, beside
from tutor.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from tutor.trace.state import State
    from tutor.trace.steps import Steps
    from tutor.ui.drawing.laid_out import LaidOut, Written

# As many layouts are kept as two runs have in a few iterations around the reader.
_MOST_LAYOUTS = 32


class _Part(NamedTuple):
    """A run's memory at one step, under the run's title."""

    title: str
    layout: LaidOut
    written: Written


class MemoryPane(Pane):
    """Names and the buffers that they share, of one run or of two."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__("memory", id)
        self._parts: Sequence[_Part] = ()
        self._drawn: dict[object, LaidOut] = {}

    def show(self, runs: Sequence[tuple[str, Steps, State]]) -> None:
        """Show the memory of each run under its title; most steps change nothing in it."""
        parts = [_Part(title, *self._memory(steps, state)) for title, steps, state in runs]
        if parts != self._parts or not parts:
            self._parts = parts
            self.draw(self._rows)

    def _memory(self, recording: Steps, state: State) -> tuple[LaidOut, Written]:
        """Return the layout at a step, worked out only if no step like it was shown before."""
        key = _memory_key(recording, state)
        layout = self._drawn.get(key) if key is not None else None
        written = layout.written(state) if layout is not None else None
        if layout is not None and written is not None:
            return layout, written
        from tutor.ui.drawing.laid_out import LaidOut, written_of

        memory = recording.memory(state.step)
        new = LaidOut(memory)
        layout = next((one for one in self._drawn.values() if one.buffers == new.buffers), new)
        if key is not None:
            self._keep(key, layout)
        return layout, written_of(memory)

    def _keep(self, key: object, layout: LaidOut) -> None:
        if len(self._drawn) >= _MOST_LAYOUTS:
            del self._drawn[next(iter(self._drawn))]
        self._drawn[key] = layout

    def _rows(self, cells: int, height: int) -> list[Line]:
        if len(self._parts) == 1:
            return _lines(self._parts[0], cells)
        half = cells // 2
        blocks = [_titled(part, half - 1) for part in self._parts]
        together = beside(blocks[0], blocks[1], half) if len(blocks) == 2 else None
        if together is not None:
            return together
        return [row for part in self._parts for row in _titled(part, cells)]


def _memory_key(recording: Steps, state: State) -> object:
    """Return what the layout of a step depends on; None inside f, where anything may be bound."""
    if state.depth:
        return None
    refs = tuple((n, getattr(v, "ref", None)) for n, v in state.names.items() if is_array(v))
    # A name that is blank here still reaches the array of the iteration before.
    before = state.iteration if state.blank else None
    # The recording itself, not its id: a new one may come to lie where an old one was.
    return recording, state.call, before, refs


def _lines(part: _Part, cells: int) -> list[Line]:
    return part.layout.lines(cells, part.written)


def _titled(part: _Part, cells: int) -> list[Line]:
    return [Line((Span(f" {part.title}", "dim"),)), *_lines(part, cells)]
