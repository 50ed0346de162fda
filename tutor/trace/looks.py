"""What many calls began and ended with, in columns: no object for each call or array."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import FLOAT64

if TYPE_CHECKING:
    from tutor.trace.buffers import ArrayRef
    from tutor.trace.reach import Reached

NO_ROW = -1
Ended: TypeAlias = tuple[int, int, int, object]
"""A call: where it began; how many arrays it copied, and which of those not sorted in it gave
back (or `NO_ROW`); what else it gave back."""
layout = attrgetter("shape", "dtype", "strides")


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What calls were given, where it was the same objects, and what could be reached from it.

    ``kept`` is what the columns are given: an array itself where each call copies it.
    ``copied`` are those and their shapes, ``shapes`` the same by id; ``others`` are all other
    arrays, and ``layouts`` say how they lie in memory.
    """

    given: tuple[object, ...]
    arguments: dict[str, object]
    reached: dict[str, ArrayRef]
    looked: Reached
    kept: tuple[object, ...]
    copied: tuple[tuple[NDArray[Any], tuple[int, ...]], ...]
    shapes: dict[int, tuple[int, ...]]
    others: tuple[NDArray[Any], ...]
    layouts: list[object]
    serves_again: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the traced function: where its path begins, and what could be reached.

    ``result`` is an `ArrayRef` for an array whose contents the recording knows.
    """

    position: int
    reached: dict[str, ArrayRef]
    arguments: dict[str, object]
    random_state: Any
    result: object


@dataclass(frozen=True, slots=True)
class Stretches:
    """Buffers of floats in the calls that have seen them, one after the other in time.

    For each: its number, where it was seen first, where its call ended, and which call that
    is; its size, whether it was all zeros when it was first seen. ``first`` holds the cells of
    those that were not, ``last`` the cells of all when their call ended.
    """

    buffers: NDArray[np.int64]
    positions: NDArray[np.int64]
    ends: NDArray[np.int64]
    calls: NDArray[np.int64]
    sizes: NDArray[np.int64]
    is_zero: NDArray[np.bool_]
    first: NDArray[np.float64]
    last: NDArray[np.float64]

    def begun(self) -> NDArray[np.float64]:
        """Return the cells of all when they were first seen."""
        out = np.zeros(len(self.last))
        out[np.repeat(~self.is_zero, self.sizes)] = self.first
        return out

    def last_of(self, row: int) -> NDArray[np.float64]:
        """Return a copy of the cells of one when its call ended."""
        end = int(self.sizes[: row + 1].sum())
        return self.last[end - int(self.sizes[row]) : end].copy()


class Looks(Sequence[Call]):
    """The calls of a recording, and the small arrays that each began and ended with.

    While a call runs, the bytes of an array go to ``cells`` and the position to ``copied_at``
    when the array is first seen; when the call ends, the bytes of all go to ``cells`` again.
    An array of nothing but zeros leaves no bytes when it is first seen, and ``~position``.
    Once released, ``first`` are the cells that calls began with, as far as they are kept here.
    ``random_state`` is NumPy's when the first call began. ``whole`` gives the array that
    covers a buffer.
    """

    def __init__(self, whole: Callable[[int], ArrayRef]) -> None:
        self._whole = whole
        self.random_state: Any = None
        self.positions: Any = array("q")
        self.numbers: Any = array("i")
        self.cells: Any = bytearray()
        self.copied_at: Any = array("q")
        self._counts: Any = array("i")
        self._entries: list[Entry] = []
        self._entry_of: Any = array("i")
        self._results: dict[int, object] = {}
        self._result_rows: Any = array("i")
        self._parts: dict[int, tuple[int, ...]] = {}
        self.first: NDArray[np.float64] = np.zeros(0)

    @property
    def nbytes(self) -> int:
        """Return the bytes that the calls and the contents of their arrays take."""
        rows = (self.positions, self._entry_of, self._counts, self._result_rows)
        columns = (*rows, self.numbers, self.copied_at)
        held = self.first.nbytes if self.first.base is None else 0
        return int(held + len(self.cells) + sum(c.itemsize * len(c) for c in columns))

    # -- adding -------------------------------------------------------------------------------

    def returned(self, result: object) -> None:
        """Say what the last call has returned."""
        if result is not None:
            self._results[len(self.positions) - 1] = result

    def take_back(self, sizes: list[int]) -> list[tuple[int, bytes]]:
        """Return and forget where, and with what, the arrays of the call under way were copied."""
        out = []
        for size in reversed(sizes):
            at = self.copied_at.pop()
            if at < 0:
                out.append((~at, bytes(size)))
            else:
                out.append((at, bytes(self.cells[-size:])))
                del self.cells[-size:]
        return out[::-1]

    def sort_in(
        self,
        entry: Entry,
        ended: Sequence[Ended],
        numbers: list[Any],
        parts: dict[int, tuple[int, ...]],
    ) -> None:
        """Add calls that were given the same, and the buffers in which their arrays lie.

        ``parts`` are the shapes of arrays that have not the shape of their buffer.
        """
        if not ended:
            return
        if not self._entries or self._entries[-1] is not entry:
            self._entries.append(entry)
        self._entry_of.extend([len(self._entries) - 1] * len(ended))
        positions, counts, rows, results = zip(*ended, strict=True)
        if any(result is not None for result in results):
            first = len(self.positions)
            self._results.update((n, r) for n, r in enumerate(results, first) if r is not None)
        first = len(self.numbers)
        self._result_rows.extend([row if row == NO_ROW else first + row for row in rows])
        self.positions.extend(positions)
        self._counts.extend(counts)
        self.numbers.extend(numbers)
        self._parts.update(parts)

    # -- reading ------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.positions)

    @overload
    def __getitem__(self, number: int) -> Call: ...
    @overload
    def __getitem__(self, number: slice) -> list[Call]: ...

    def __getitem__(self, number: int | slice) -> Call | list[Call]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(f"call {number} of {len(self)}")
        number %= len(self)
        entry = self._entries[self._entry_of[number]]
        state = None if number else self.random_state
        result = self._result(number)
        return Call(self.positions[number], entry.reached, entry.arguments, state, result)

    def _result(self, number: int) -> object:
        row = self._result_rows[number]
        if row == NO_ROW:
            return self._results.get(number)
        shape = self._parts.get(row)
        whole = self._whole(self.numbers[row])
        return whole if shape is None else whole.in_rows(shape)

    # -- closing ------------------------------------------------------------------------------

    def release(self, end: int) -> Stretches:
        """Return what each call saw of its arrays, and keep it no longer.

        A call keeps its arrays one after the other as they began, then as they ended. ``end``
        is the position at which the last call ended.
        """
        at = np.array(self.copied_at, np.int64)
        numbers = np.array(self.numbers, np.int64)
        whole = {number: self._whole(number).size for number in set(self.numbers)}
        sizes = np.array([whole[number] for number in self.numbers], np.int64)
        counts = np.array(self._counts, np.int64)
        call = np.repeat(np.arange(len(counts)), counts)
        kept = np.where(at < 0, 0, sizes)
        begins = np.array([*self.positions, end], np.int64)
        cells = np.frombuffer(bytes(self.cells), FLOAT64)
        is_last = _is_last(kept, sizes, call, len(counts))
        self.cells, self.copied_at, self._counts = bytearray(), array("q"), array("i")
        self.numbers, self._result_rows = _narrow(numbers), _narrow(self._result_rows)
        self.positions, self._entry_of = _narrow(self.positions), _narrow(self._entry_of)
        positions = np.where(at < 0, ~at, at)
        calls = np.searchsorted(begins[:-1], positions, "right") - 1
        seen = (cells[~is_last], cells[is_last])
        return Stretches(numbers, positions, begins[call + 1], calls, sizes, at < 0, *seen)


def _narrow(values: Any) -> NDArray[np.int32]:
    return np.array(values, np.int32)


def _is_last(
    kept: NDArray[np.int64], sizes: NDArray[np.int64], call: NDArray[np.int64], calls: int
) -> NDArray[np.bool_]:
    """Tell of each cell that calls have kept whether it is from the end of a call."""
    firsts, lasts = np.bincount(call, kept, calls), np.bincount(call, sizes, calls)
    lengths = np.stack([firsts, lasts], axis=1).astype(np.int64).reshape(-1)
    return np.repeat(np.tile([False, True], calls), lengths)
