"""The path that a run took through its function, as steps that can be looked up at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutor.trace.layout import Layout, Site
from tutor.trace.raising import Cut


class Place(NamedTuple):
    """A moment of the run: after ``offset + 1`` sites of the stretch at ``position``."""

    position: int
    offset: int


class Timeline:
    """Steps, stretches and iterations of one run.

    Parameters
    ----------
    layout : Layout
        The function.
    path : sequence of int
        The blocks in the order in which they ran.
    cuts : dict
        The stretches that an exception ended, by position.
    calls : sequence of int
        The positions at which calls begin.
    """

    def __init__(
        self, layout: Layout, path: Any, cuts: dict[int, Cut], calls: Sequence[int]
    ) -> None:
        self.layout = layout
        blocks = np.array(path, np.uint16)
        self.path: NDArray[Any] = blocks.astype(np.uint8) if len(layout.blocks) < 256 else blocks
        lengths = np.array([len(block.sites) for block in layout.blocks] or [0], np.int32)
        counts = lengths[self.path]
        for position, cut in cuts.items():
            counts[position] = cut.sites
        self.steps = int(counts.sum())
        begins = np.zeros(len(counts), np.int32)
        np.cumsum(counts[:-1], out=begins[1:] if len(begins) else None)
        self._begins = begins
        self._begin = memoryview(begins.data)
        self.calls = list(calls)
        self._wheres: dict[int, memoryview] = {}
        self.loops = self._iteration_loops()
        self._set_iterations()

    @property
    def nbytes(self) -> int:
        """Return the bytes that the path and its indices take."""
        wheres = sum(where.nbytes for where in self._wheres.values())
        return self.path.nbytes + self._begins.nbytes + self._starts.nbytes + wheres

    def place(self, step: int) -> Place:
        """Return where in the path a step is."""
        position = bisect_right(self._begin, step) - 1
        return Place(position, step - self._begin[position])

    def step(self, position: int, offset: int = 0) -> int:
        """Return the step of a place."""
        return self._begin[position] + offset

    def steps_of(
        self, positions: NDArray[np.int64], offsets: NDArray[np.int64] | int
    ) -> NDArray[np.int64]:
        """Return the steps of many places."""
        return self._begins[positions].astype(np.int64) + offsets

    def site(self, place: Place) -> Site:
        """Return the site that has just run at a place."""
        block = self.layout.blocks[int(self.path[place.position])]
        return self.layout.sites[block.sites[place.offset]]

    def where(self, block: int) -> memoryview:
        """Return the positions at which a block ran."""
        found = self._wheres.get(block)
        if found is None:
            found = np.flatnonzero(self.path == block).astype(np.int32).data
            self._wheres[block] = found
        return found

    def call(self, position: int) -> int:
        """Return the call that a position belongs to."""
        return bisect_right(self.calls, position) - 1

    def call_end(self, call: int) -> int:
        """Return the position after a call's last."""
        return self.calls[call + 1] if call + 1 < len(self.calls) else len(self.path)

    # -- iterations ---------------------------------------------------------------------------

    @property
    def iterations(self) -> int:
        """Return how many passes the loops of the iterations made."""
        return len(self._starts)

    def iteration(self, position: int) -> int | None:
        """Return the iteration that a position belongs to, or None outside the loops."""
        at = bisect_right(self._start, position) - 1
        if at < 0 or not self._inside[self.path[position]] or position in self._ends:
            return None
        return at if self._start[at] >= self.calls[self.call(position)] else None

    def iterations_of(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the iteration of many positions, -1 outside."""
        found = np.searchsorted(self._starts, positions, "right") - 1
        inside = np.array(self._inside)[self.path[positions]]
        ended = np.isin(positions, list(self._ends))
        return np.where(inside & ~ended, found, -1)

    def iteration_begin(self, iteration: int) -> int:
        """Return the position at which an iteration begins."""
        return self._start[iteration]

    def iteration_end(self, iteration: int) -> int:
        """Return the last position of an iteration."""
        following = iteration + 1
        last = self._start[following] - 1 if following < self.iterations else len(self.path) - 1
        while last > self._start[iteration] and self.iteration(last) is None:
            last -= 1
        return last

    def last_step_of(self, position: int) -> int:
        """Return the last step of the stretch at a position."""
        following = position + 1
        return (self._begin[following] if following < len(self._begin) else self.steps) - 1

    def _iteration_loops(self) -> set[int]:
        """Return the loops whose passes are iterations: where elements are perturbed.

        Where nothing is perturbed, the passes of the busiest loop serve to find the way.
        """
        loops = self.layout.iteration_loops()
        if loops or not self.layout.loops:
            return loops
        heads = {
            loop.number: int(np.isin(self.path, list(loop.heads)).sum())
            for loop in self.layout.loops
        }
        busiest = max(heads, key=lambda number: heads[number])
        return {busiest} if heads[busiest] else set()

    def _set_iterations(self) -> None:
        heads = {h for n in self.loops for h in self.layout.loops[n].heads}
        inside = {b for n in self.loops for b in self.layout.loops[n].blocks}
        self._inside = [number in inside for number in range(len(self.layout.blocks))]
        starts = np.flatnonzero(np.isin(self.path, list(heads)))
        # A test that is a stretch of its own runs once more, to end the loop: no pass.
        tests = [h for n in self.loops for h in self.layout.loops[n].tests]
        following = np.append(self.path[1:], len(inside))[starts]
        leaves = ~np.isin(following, list(inside)) & np.isin(self.path[starts], tests)
        self._ends = {int(position) for position in starts[leaves]}
        self._starts = starts[~leaves].astype(np.int32)
        self._start = memoryview(self._starts.data)
