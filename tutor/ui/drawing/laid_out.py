"""A run's memory as it stays over many steps: laid out once, what a step wrote drawn into it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.ui.drawing.ink import Line
from tutor.ui.drawing.memory import block, label_cells, nothing

if TYPE_CHECKING:
    from tutor.trace.state import Index, Memory, State

# The number of each buffer that a line wrote, and the elements, as in `Buffer.written`.
Written = tuple[tuple[int, tuple["Index", ...]], ...]


class LaidOut:
    """The names of a run and the buffers that they reach, while both are the same."""

    def __init__(self, memory: Memory) -> None:
        self.buffers = tuple(
            replace(buffer, written=()) if buffer.written else buffer for buffer in memory.buffers
        )
        self._bound = {
            binding.name: (buffer.number, binding.ref, buffer.bindings[0].ref)
            for buffer in memory.buffers
            for binding in buffer.bindings
        }
        self._drawn: dict[int, list[list[Line]]] = {}

    def written(self, state: State) -> Written | None:
        """Return what the line of a step wrote; None where its names do not tell."""
        if state.written != len(state.writes):
            return None
        found: dict[int, list[Index]] = {}
        for write in state.writes:
            number, through, first = self._bound.get(write.name, (0, None, None))
            if through is None or first is None or through.buffer != first.buffer:
                return None
            if write.name in state.assigned:  # it may have been another array before
                return None
            index = write.index if first == through else first.index(through.cell(write.index))
            if index is not None:
                found.setdefault(number, []).append(index)
        return tuple((number, tuple(indices)) for number, indices in found.items())

    def lines(self, cells: int, written: Written = ()) -> list[Line]:
        """Return what `memory` draws of a step at which these elements were written."""
        label = label_cells(self.buffers, cells)
        blocks = self._drawn.get(cells)
        if blocks is None:
            blocks = self._drawn[cells] = [block(one, label, cells) for one in self.buffers]
        shown = list(blocks)
        new = dict(written)
        for at, buffer in enumerate(self.buffers if new else ()):
            if buffer.number in new:
                shown[at] = block(replace(buffer, written=new[buffer.number]), label, cells)
        return [row for rows in shown for row in rows] or nothing()


def written_of(memory: Memory) -> Written:
    """Return what a memory says was written."""
    return tuple((buffer.number, buffer.written) for buffer in memory.buffers if buffer.written)
