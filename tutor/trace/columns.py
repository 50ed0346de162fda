"""The values that one place of a function produced, in the order in which it produced them."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutor.trace.describe import describe

_EXACT_INT = 2**53
_CLOSED_INTS = (np.int8, np.int16, np.int32, np.int64)
MISSING = object()  # no value: deleted, or the line did not get as far as giving one


class Run(NamedTuple):
    """A stretch of a column in which every value is of one kind.

    ``kind`` is the class of a number kept in the float column, ``tuple`` for rows of ``width``
    integers, or ``object``; ``place`` is where its values begin in their own store.
    """

    start: int
    length: int
    kind: type
    width: int
    place: int


class Column:
    """Values of one assignment, one after the other.

    The instrumented code hands the usual values, which cannot change, to `append`, the cheapest
    call there is; they wait in a list and are sorted in by `settle`, a few hundred at a time.
    Anything else comes through `put`. Numbers that a float64 holds exactly go to a column of
    floats, tuples of integers to a column of integers, the rest to a list.
    """

    __slots__ = (
        "_objects",
        "_only",
        "_runs",
        "_starts",
        "_waiting",
        "append",
        "failed",
        "floats",
        "ints",
    )

    def __init__(self) -> None:
        self.floats: Any = array("d")
        self.ints: Any = array("q")
        self._waiting: list[Any] = []
        self.append: Any = self._waiting.append
        self._objects: list[object] = []
        self._runs: list[list[Any]] = []
        self._starts: list[int] = []
        self._only: type | None = None
        self.failed: set[int] = set()

    def __len__(self) -> int:
        return len(self.floats) + len(self._waiting)

    @property
    def nbytes(self) -> int:
        """Return the bytes that the values take."""
        return sum(store.itemsize * len(store) for store in (self.floats, self.ints))

    def settle(self) -> None:
        """Sort the waiting values in."""
        waiting = self._waiting
        if not waiting:
            return
        kind = waiting[0].__class__
        if kind is not waiting[-1].__class__ or not self._settle_all(kind, waiting):
            for value in waiting:
                self._put(value)
        waiting.clear()

    def _settle_all(self, kind: type, values: list[Any]) -> bool:
        """Sort in values of one kind at once; tell whether that could be done.

        Floats and float64 come through one door, integers and tuples through another. A batch
        that begins and ends with one kind of float is taken for that kind: they are equal.
        """
        if kind is tuple:
            width = len(values[0])
            try:
                if set(map(len, values)) != {width}:
                    return False
                flat = struct.pack(f"{width * len(values)}q", *chain.from_iterable(values))
            except (TypeError, struct.error):
                return False
            before = len(self.ints)
            self.ints.frombytes(flat)
            self._extend_run(tuple, width, before, len(values))
            self.floats.frombytes(bytes(8 * len(values)))
            return True
        if kind is float:
            self._extend_run(float, 0, 0, len(values))
        elif kind is not np.float64:
            return False
        self.floats.frombytes(struct.pack(f"{len(values)}d", *values))
        return True

    def put(self, value: object) -> None:
        """Append a value of any kind."""
        self.settle()
        self._put(value)

    def fail(self) -> None:
        """Leave a place for a value that the line did not get as far as giving."""
        self.settle()
        self.failed.add(len(self.floats))
        self._put(MISSING)

    def _put(self, value: object) -> None:
        kind = value.__class__
        if kind is np.float64:
            self.floats.append(value)
            return
        if kind is tuple:
            self._put_tuple(value)  # type: ignore[arg-type]
        elif kind in _NUMBERS and _fits(value):
            self._extend_run(kind, 0, 0)
            self.floats.append(float(value))  # type: ignore[arg-type]
        else:
            self._extend_run(object, 0, len(self._objects))
            self._objects.append(value)
            self.floats.append(0.0)

    def _put_tuple(self, value: tuple[object, ...]) -> None:
        before = len(self.ints)
        try:
            self.ints.extend(value)
        except (TypeError, OverflowError):
            del self.ints[before:]
            self._extend_run(object, 0, len(self._objects))
            self._objects.append(describe(value))
        else:
            self._extend_run(tuple, len(value), before)
        self.floats.append(0.0)

    def _extend_run(self, kind: type, width: int, place: int, count: int = 1) -> None:
        now = len(self.floats)
        if self._runs:
            last = self._runs[-1]
            if last[2] is kind and last[3] == width and last[0] + last[1] == now:
                last[1] += count
                return
        self._runs.append([now, count, kind, width, place])
        self._starts.append(now)

    def close(self) -> None:
        """Turn the stores into arrays that are no larger than they need to be."""
        self.settle()
        self.append = None
        if self._is_one(tuple) or self._is_one(object):
            self.floats = np.broadcast_to(np.float64(0), len(self.floats))
        else:
            self.floats = np.array(self.floats, np.float64)
        self.ints = _narrowed(np.array(self.ints, np.int64))
        if not self._runs:
            self._only = np.float64
        elif self._is_one(float):
            self._only = float
        elif self._is_one(object):
            self._only = object

    def share(self, other: Column) -> bool:
        """Keep another column's floats in place of equal ones of this; tell whether it could."""
        mine, theirs = self.floats, other.floats
        if mine is theirs or len(mine) != len(theirs) or mine.strides == (0,):
            return False
        if theirs.strides == (0,) or not np.array_equal(mine.view(np.int64), theirs.view(np.int64)):
            return False
        self.floats = theirs
        return True

    def run_of(self, occurrence: int) -> Run | None:
        """Return the stretch that holds an occurrence; None for a float64."""
        at = bisect_right(self._starts, occurrence) - 1
        if at >= 0:
            run = self._runs[at]
            if occurrence < run[0] + run[1]:
                return Run(*run)
        return None

    def runs(self) -> list[Run]:
        """Return the stretches that are not float64."""
        return [Run(*run) for run in self._runs]

    def __getitem__(self, occurrence: int) -> object:
        if self._only is np.float64:
            return self.floats[occurrence]
        if self._only is float:
            return float(self.floats[occurrence])
        if self._only is object:
            return self._objects[occurrence]
        run = self.run_of(occurrence) if self._runs else None
        if run is None:
            return self.floats[occurrence]
        at = occurrence - run.start
        if run.kind is tuple:
            first = run.place + at * run.width
            return tuple(self.ints[first : first + run.width].tolist())
        if run.kind is object:
            return self._objects[run.place + at]
        return run.kind(self.floats[occurrence])

    def objects(self) -> list[tuple[int, object]]:
        """Return the values that are no numbers and no rows of integers, with their occurrence."""
        return [
            (run.start + i, self._objects[run.place + i])
            for run in self.runs()
            if run.kind is object
            for i in range(run.length)
        ]

    def as_floats(self, occurrences: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return numbers at the given occurrences, NaN where there is none."""
        out = np.asarray(self.floats, np.float64)[occurrences]
        for run in self.runs():
            if run.kind in (tuple, object):
                out[(occurrences >= run.start) & (occurrences < run.start + run.length)] = np.nan
        for occurrence, value in self.objects():
            number = _as_number(value)
            if number is not None:
                out[occurrences == occurrence] = number
        return out

    def as_rows(
        self, occurrences: NDArray[np.int64], width: int, unknown: int = -1
    ) -> NDArray[np.int64]:
        """Return indices at the given occurrences, shape (n, width).

        An integer counts as a row of one; what is no integer is ``unknown``.
        """
        out = np.full((len(occurrences), width), unknown, np.int64)
        for run in self.runs():
            inside = (occurrences >= run.start) & (occurrences < run.start + run.length)
            if run.kind is tuple and 0 < run.width <= width and inside.any():
                first = run.place
                rows = self.ints[first : first + run.length * run.width].reshape(-1, run.width)
                out[inside, : run.width] = rows[occurrences[inside] - run.start]
            elif run.kind in _INTEGERS and width:
                out[inside, 0] = np.asarray(self.floats)[occurrences[inside]].astype(np.int64)
        return out

    def _is_one(self, kind: type) -> bool:
        return (
            len(self) > 0
            and all(run[2] is kind for run in self._runs)
            and sum(run[1] for run in self._runs) == len(self)
        )


def _fits(value: Any) -> bool:
    kind = value.__class__
    if kind in _INTEGERS:
        return bool(-_EXACT_INT <= value <= _EXACT_INT)
    return True


def _as_number(value: object) -> float | None:
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiub":
        return float(value.reshape(()))
    if isinstance(value, int | np.integer):
        try:
            return float(value)
        except OverflowError:
            return None
    return None


def _narrowed(values: NDArray[np.int64]) -> NDArray[Any]:
    """Return integers in the narrowest type that holds them all."""
    if not values.size:
        return values
    low, high = int(values.min()), int(values.max())
    for kind in _CLOSED_INTS:
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return values.astype(kind)
    return values


_INTEGERS = {
    int, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64,
    np.longlong, np.ulonglong,
}  # fmt: skip
_NUMBERS = _INTEGERS | {float, bool, np.bool_, np.float32, np.float16, np.float64}
