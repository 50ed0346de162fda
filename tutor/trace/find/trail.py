"""What a name was, from the first step of a run to the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef
from tutor.trace.state import Index, Memory

Ints = NDArray[np.int64]


class Blank(Enum):
    """The value of a name that has none: not computed yet, or deleted."""

    BLANK = auto()


BLANK = Blank.BLANK


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """Where the value of a name may become another one, and what it is from there on.

    Attributes
    ----------
    steps : array of int64, shape (n,)
        In ascending order. Between two of them the name holds one value, and the elements of
        an array are what they were.
    bindings : array of int64, shape (n,)
        Which giving of a value it is that holds from there on, -1 where the name is blank. An
        array whose elements were written keeps its number.
    value : callable
        ``value(k)`` is what `State.names` says at ``steps[k]``, `BLANK` where it says nothing.
    """

    steps: Ints
    bindings: Ints
    value: Callable[[int], object]

    def rows(self, steps: Ints) -> Ints:
        """Return for each step which entry holds there, -1 before the first."""
        return np.asarray(np.searchsorted(self.steps, steps, "right") - 1)

    def at(self, row: int) -> object:
        """Return the value of an entry, blank before the first."""
        return self.value(row) if row >= 0 else BLANK


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """How long values count: the first steps of calls, the first and last of iterations."""

    calls: Ints
    starts: Ints
    ends: Ints

    def turns(self, is_fresh: bool) -> Ints:
        """Return the steps from which on earlier values may count no more, or count again."""
        return np.concatenate([self.calls, self.starts, self.ends + 1]) if is_fresh else self.calls

    def since(self, steps: Ints, is_fresh: bool) -> Ints:
        """Return the step from which on values count, for each of some steps."""
        since = self._last(self.calls, steps)
        if not is_fresh or not len(self.starts):
            return since
        at = np.maximum(np.searchsorted(self.starts, steps, "right") - 1, 0)
        inside = (self.starts[at] <= steps) & (steps <= self.ends[at])
        return np.where(inside, np.maximum(self.starts[at], since), since)

    @staticmethod
    def _last(firsts: Ints, steps: Ints) -> Ints:
        if not len(firsts):
            return np.zeros(len(steps), np.int64)
        return firsts[np.maximum(np.searchsorted(firsts, steps, "right") - 1, 0)]


def assemble(
    given: Ints,
    value: Callable[[int, int], object],
    lives: Lives,
    is_fresh: bool,
    written: Sequence[Ints] = (),
) -> Trail:
    """Return the trail of a name that was given values at some steps.

    Parameters
    ----------
    given : array of int64, shape (n,)
        The steps that gave a value, in order; of two at one step the later one counts.
    value : callable
        ``value(k, step)`` is the value given by ``given[k]``, as it stood at a step.
    lives : Lives
    is_fresh : bool
        Whether each iteration computes the name anew.
    written : sequence of arrays of int64
        Steps that wrote elements of an array that the name is at some time.
    """
    steps = np.unique(np.concatenate([given, lives.turns(is_fresh), *written]))
    last = np.searchsorted(given, steps, "right") - 1
    if len(given):
        last = np.where(given[last] >= lives.since(steps, is_fresh), last, -1)
    bindings, places = last.tolist(), steps.tolist()

    def at(row: int) -> object:
        return value(bindings[row], places[row]) if bindings[row] >= 0 else BLANK

    return Trail(steps, last, at)


class Searchable(Protocol):
    """A run that can be searched without a look at the state of each step."""

    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of steps."""

    def lines(self) -> Ints:
        """Return the line of every step."""

    def trail(self, name: str) -> Trail:
        """Return what a name was, all along; a name that the run does not have is blank."""

    def writers(self, name: str, idx: Index | None, step: int) -> Ints | None:
        """Return the steps that wrote the array, or one element, that a name is at a step.

        Whichever name they wrote it through. None where the name reaches no array there.
        """


def same_value(one: object, other: object) -> bool:
    """Tell whether two recorded numbers, texts or tuples are the same; a NaN is as a NaN.

    What was seen but not kept (a function, a net) is the same as anything.
    """
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return _same_arrays(one, other)
    if isinstance(one, _KEPT) and isinstance(other, _KEPT):
        return bool(one == other) or bool(one != one and other != other)
    return not (isinstance(one, _COMPARED) and isinstance(other, _COMPARED))


_KEPT = (bool, int, float, complex, np.generic, str, bytes, tuple, type(None))
_COMPARED = (*_KEPT, np.ndarray)


def _same_arrays(one: NDArray[np.generic], other: NDArray[np.generic]) -> bool:
    floats = one.dtype.kind in "fc" and other.dtype.kind in "fc"
    return one.shape == other.shape and bool(np.array_equal(one, other, equal_nan=floats))


def cells_of(ref: ArrayRef, idx: Index | None) -> Ints:
    """Return the cells of an array, or of one of its elements; none where it has none such."""
    if idx is None:
        return np.unique(ref.cells())
    try:
        return np.array([ref.cells()[idx]], np.int64).reshape(-1)
    except IndexError:
        return np.zeros(0, np.int64)


def binding_of(memory: Memory, name: str) -> ArrayRef | None:
    """Return which array a name reaches, None for no array."""
    found = memory.of(name)
    return next((b.ref for b in found.bindings if b.name == name), None) if found else None
