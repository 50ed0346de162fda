"""Any run, to be searched: it is walked through once, state by state."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from tutor.trace.buffers import ArrayRef
from tutor.trace.find.trail import BLANK, Ints, Trail, binding_of, cells_of
from tutor.trace.state import Index, Memory, State
from tutor.trace.steps import Steps


class Walked:
    """A run that knows no shorter way; see `Searchable`."""

    def __init__(self, steps: Steps) -> None:
        self._run = steps
        self.names = steps.names
        self._seen: State | None = None

    def __len__(self) -> int:
        return len(self._run)

    def lines(self) -> Ints:
        """Return the line of every step."""
        return np.array([self._run.line_of(step) for step in range(len(self))], np.int64)

    def trail(self, name: str) -> Trail:
        """Return what a name was, all along: each step says it anew."""
        nowhere = np.full(len(self), -1, np.int64)
        bindings = self._bindings.get(name, nowhere)
        return Trail(np.arange(len(self)), bindings, self._value(name))

    def _value(self, name: str) -> Callable[[int], object]:
        return lambda step: self._state(step).names.get(name, BLANK)

    def _state(self, step: int) -> State:
        """Return a state, kept for what is asked next: it is the same step."""
        if self._seen is None or self._seen.step != step:
            self._seen = self._run.state(step)
        return self._seen

    @cached_property
    def _bindings(self) -> dict[str, Ints]:
        """At which step each name was given what it holds; in another frame, anew."""
        out: dict[str, Ints] = {}
        frame: object = None
        held: dict[str, int] = {}
        for step in range(len(self)):
            state = self._run.state(step)
            here = (state.source, state.depth, state.call)
            fresh = state.names.keys() if here != frame else state.assigned
            held = {n: step if n in fresh else held.get(n, step) for n in state.names}
            frame = here
            for name, given in held.items():
                out.setdefault(name, np.full(len(self), -1, np.int64))[step] = given
        return out

    def writers(self, name: str, idx: Index | None, step: int) -> Ints | None:
        """Return the steps that wrote the array, or one element, that a name is at a step."""
        ref = binding_of(self._run.memory(step), name)
        if ref is None:
            return None
        table = self._run.writes()
        wrote = [row for row in table if self._touches(int(row["step"]), row, ref, idx)]
        return np.unique(np.array([row["step"] for row in wrote], np.int64))

    def _touches(self, step: int, row: np.void, ref: ArrayRef, idx: Index | None) -> bool:
        through = binding_of(self._memories(step), str(row["name"]))
        if through is None or through.buffer != ref.buffer:
            return False
        index = tuple(row["index"][: len(through.shape)].tolist())
        return bool(np.isin(through.cell(index), cells_of(ref, idx)))

    @cached_property
    def _memories(self) -> Callable[[int], Memory]:
        held: dict[int, Memory] = {}

        def memory(step: int) -> Memory:
            if step not in held:
                held[step] = self._run.memory(step)
            return held[step]

        return memory
