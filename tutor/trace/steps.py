"""What every recording can do, however it was made: the interface that a cursor walks on."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tutor.trace.state import Index, Memory, Note, Source, State


class Steps(Protocol):
    """A run to be looked at step by step; `Recording` says more about each of these."""

    result: Any
    exception: BaseException | None
    source: Source
    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of steps."""

    def state(self, step: int) -> State:
        """Return the state after a step."""

    def writes(self) -> NDArray[np.void]:
        """Return every write of an array element."""

    def memory(self, step: int) -> Memory:
        """Return which names share which buffer."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return what could not be seen, in sentences."""

    @property
    def iterations(self) -> NDArray[np.void]:
        """Return one row for each element that was perturbed."""

    @property
    def passes(self) -> int:
        """Return how many iterations there are."""

    def iteration_of(self, step: int) -> int | None:
        """Return the iteration of a step."""

    def iteration_start(self, iteration: int) -> int:
        """Return the first step of an iteration."""

    def iteration_end(self, iteration: int) -> int:
        """Return the last step of an iteration."""

    def line_of(self, step: int) -> int:
        """Return the line of a step, for less than its whole state."""

    def iterations_at(self, idx: Index) -> NDArray[np.int64]:
        """Return the iterations that perturb an element."""

    def iteration_index(self, iteration: int) -> Index | None:
        """Return the element that an iteration perturbs."""

    def can_step_into(self, step: int) -> bool:
        """Tell whether a step's line called a function that can be stepped into."""

    def why_not_into(self, step: int) -> str:
        """Return why a call of a step's line cannot be stepped into; empty if there is none."""

    def step_into(self, step: int) -> Steps:
        """Return the recording of the call that a step's line made."""
