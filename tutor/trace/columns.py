"""The values that one place of a function produced, in the order in which it produced them."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, repeat
from operator import is_
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, PlainWrite, Whole
from tutor.trace.describe import describe

_EXACT_INT = 2**53
_ALL = 2**62  # more occurrences than there ever are
_CLOSED_INTS = (np.int8, np.int16, np.int32, np.int64)
MISSING = object()  # no value: deleted, or the line did not get as far as giving one
Known = Mapping[int, int | ArrayRef]  # arrays by their id: the number of a buffer, or a part
_NONE: Known = MappingProxyType({})


class Same:
    """The kind of a stretch in which every value is one and the same object."""


class Run(NamedTuple):
    """A stretch of a column in which every value is of one kind.

    ``kind`` is the class of a number kept in the float column, ``tuple`` for rows of ``width``
    integers, `Whole` for the numbers of whole buffers, ``object``, or `Same`; ``place`` is where
    its values begin in their own store.
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
    Where ``mixed`` says so, others wait among them: arrays too, until it is known what they
    are. Anything else comes through `put`. Numbers that a float64 holds exactly go to a column
    of floats, tuples of integers to a column of integers, the rest to a list.
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
        "mixed",
        "whole",
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
        self.mixed = False
        self.whole: Callable[[int], ArrayRef] | None = None

    def __len__(self) -> int:
        return len(self.floats) + len(self._waiting)

    @property
    def nbytes(self) -> int:
        """Return the bytes that the values take."""
        return sum(store.itemsize * len(store) for store in (self.floats, self.ints))

    def repeat(self, value: object, count: int) -> None:
        """Append a value that cannot change as often as it was given."""
        kind = value.__class__
        if kind is Whole:
            self._extend_run(Whole, 1, len(self.ints), count)
            self.ints.frombytes(struct.pack("q", value) * count)
            self.floats.frombytes(bytes(8 * count))
        elif kind is float:
            self._extend_run(float, 0, 0, count)
            self.floats.frombytes(struct.pack("d", value) * count)
        elif kind not in _VALUES:
            self._put_object(value, count)
        else:
            self._settle_each([value] * count)

    def settle(self, known: Known = _NONE) -> None:
        """Sort the waiting values in; ``known`` are the arrays that may be among them."""
        waiting = self._waiting
        if not waiting:
            return
        if self.mixed:
            self._settle_mixed(waiting, known)
        else:
            kind = waiting[0].__class__
            if kind is not waiting[-1].__class__ or not self._settle_all(kind, waiting):
                self._settle_each(waiting)
        waiting.clear()

    def _settle_mixed(self, waiting: list[Any], known: Known) -> None:
        kinds = set(map(type, waiting))
        kind = kinds.pop()
        if kinds:
            self._settle_each([placed(v, known) if type(v) is np.ndarray else v for v in waiting])
        elif kind is np.ndarray:
            self._settle_arrays([known[id(values)] for values in waiting])
        elif kind not in _VALUES and all(map(is_, waiting, repeat(waiting[0]))):
            self._put_object(waiting[0], len(waiting))
        elif not self._settle_all(kind, waiting):
            self._settle_each(waiting)

    def _settle_arrays(self, found: list[int | ArrayRef]) -> None:
        if set(map(type, found)) != {int}:
            self._settle_each([Whole(v) if isinstance(v, int) else v for v in found])
            return
        self._extend_run(Whole, 1, len(self.ints), len(found))
        self.ints.extend(found)
        self.floats.frombytes(bytes(8 * len(found)))

    def _settle_each(self, values: list[Any]) -> None:
        for value in values:
            self._put(value)

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
        elif kind is Whole:
            self._extend_run(Whole, 1, len(self.ints))
            self.ints.append(value)
            self.floats.append(0.0)
        elif kind in _NUMBERS and _fits(value):
            self._extend_run(kind, 0, 0)
            self.floats.append(float(value))  # type: ignore[arg-type]
        else:
            self._put_object(value)

    def _put_object(self, value: object, count: int = 1) -> None:
        """Append an object, kept once however often it comes in a row."""
        last = self._runs[-1] if self._runs else None
        if last and last[0] + last[1] == len(self.floats) and self._repeats(last, value):
            last[1:3] = last[1] + count, Same
        elif count == 1:
            self._extend_run(object, 0, len(self._objects))
            self._objects.append(value)
        else:
            self._runs.append([len(self.floats), count, Same, 0, len(self._objects)])
            self._starts.append(len(self.floats))
            self._objects.append(value)
        self.floats.frombytes(bytes(8 * count))

    def _repeats(self, run: list[Any], value: object) -> bool:
        """Tell whether a stretch holds nothing but an object."""
        one = run[2] is Same or (run[2] is object and run[1] == 1)
        return one and self._objects[run[4]] is value

    def _put_tuple(self, value: tuple[object, ...]) -> None:
        before = len(self.ints)
        try:
            self.ints.extend(value)
        except (TypeError, OverflowError):
            del self.ints[before:]
            self._put_object(describe(value))
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

    def close(self, whole: Callable[[int], ArrayRef] | None = None) -> None:
        """Turn the stores into arrays that are no larger than they need to be.

        ``whole`` gives the array that the number of a buffer stands for.
        """
        self.settle()
        self.append = None
        self.whole = whole
        self.floats = _alike(np.array(self.floats, np.float64))
        self.ints = _narrowed(np.array(self.ints, np.int64))
        self._only = next((kind for kind in _LOOKED_UP_AT_ONCE if self._is_one(kind)), None)
        if not self._runs:
            self._only = np.float64

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
        if self._only is Whole and self.whole is not None:
            return self.whole(int(self.ints[occurrence]))
        run = self.run_of(occurrence) if self._runs else None
        if run is None:
            return self.floats[occurrence]
        at = occurrence - run.start
        if run.kind is tuple:
            first = run.place + at * run.width
            return tuple(self.ints[first : first + run.width].tolist())
        if run.kind is object:
            return self._objects[run.place + at]
        if run.kind is Same:
            return self._objects[run.place]
        if run.kind is Whole and self.whole is not None:
            return self.whole(int(self.ints[run.place + at]))
        return run.kind(self.floats[occurrence])

    def objects(self) -> list[tuple[int, object]]:
        """Return the values that are no numbers and no rows of integers, with their occurrence."""
        return [
            (occurrence, self[occurrence])
            for run in self.runs()
            if run.kind in _OBJECTS
            for occurrence in range(run.start, run.start + run.length)
        ]

    def plain_writes(self, first: int = 0, after: int = _ALL) -> list[tuple[int, PlainWrite]]:
        """Return the writes that said themselves where they went, with their occurrence.

        Of those from one occurrence to before another.
        """
        found = self._varied(first, after)
        return [(i, value) for i, value in found if isinstance(value, PlainWrite)]

    def whole_buffers(self, occurrences: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the buffers that values cover, -1 for all other values."""
        out = np.full(len(occurrences), -1, np.int64)
        for run in self.runs():
            if run.kind is Whole:
                inside = (occurrences >= run.start) & (occurrences < run.start + run.length)
                out[inside] = self.ints[run.place + occurrences[inside] - run.start]
        return out

    def _varied(self, first: int = 0, after: int = _ALL) -> Iterator[tuple[int, object]]:
        """Return the objects that are kept one by one, from one occurrence to before another."""
        for run in self._runs_in(first, after):
            if run.kind is object:
                begin, end = max(first, run.start), min(after, run.start + run.length)
                shift = run.place - run.start
                yield from enumerate(self._objects[begin + shift : end + shift], begin)

    def _runs_in(self, first: int, after: int) -> Iterator[Run]:
        """Return the stretches that reach into a range of occurrences."""
        for at in range(max(bisect_right(self._starts, first) - 1, 0), len(self._runs)):
            run = Run(*self._runs[at])
            if run.start >= after:
                return
            yield run

    def is_number(self, first: int, after: int) -> NDArray[np.bool_]:
        """Tell of the values in a range whether each is a number or a row of integers."""
        out = np.ones(max(after - first, 0), np.bool_)
        for run in self._runs_in(first, after):
            if run.kind in _OBJECTS:
                out[max(run.start - first, 0) : max(run.start + run.length - first, 0)] = False
        return out

    def as_floats(self, occurrences: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return numbers at the given occurrences, NaN where there is none."""
        out = np.asarray(self.floats, np.float64)[occurrences]
        for run in self.runs():
            if run.kind is tuple or run.kind in _OBJECTS:
                same = _as_number(self._objects[run.place]) if run.kind is Same else None
                inside = (occurrences >= run.start) & (occurrences < run.start + run.length)
                out[inside] = np.nan if same is None else same
        for occurrence, value in self._varied():
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


def placed(values: NDArray[Any], known: Known) -> Whole | ArrayRef:
    """Return what a column is given for an array."""
    found = known[id(values)]
    return Whole(found) if isinstance(found, int) else found


def _as_number(value: object) -> float | None:
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiub":
        return float(value.reshape(()))
    if isinstance(value, int | np.integer):
        try:
            return float(value)
        except OverflowError:
            return None
    return None


def _alike(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers that are all alike, to the bit, as one that only looks like many."""
    bits = values.view(np.int64)
    if len(bits) and (bits == bits[0]).all():
        return np.broadcast_to(values[:1].copy()[0], len(values))
    return values


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
_OBJECTS = {object, Same, Whole}
_LOOKED_UP_AT_ONCE: tuple[type, ...] = (float, object, Whole)
_NUMBERS = _INTEGERS | {float, bool, np.bool_, np.float32, np.float16, np.float64}
_VALUES = _NUMBERS | {tuple}
