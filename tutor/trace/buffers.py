"""Which memory an array lies in, told apart from every other while a run is recorded."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.state import Index

FLOAT64 = np.dtype(np.float64)
_WORTH_IT = 4096  # bytes, from which on an array of equal values is kept as one
_APART = 2**40  # bytes from one array that has come and gone to the next: far from any address
_BUDGET = 512 * 2**20  # bytes of arrays kept alive and copied before new ones are only described


@dataclass(frozen=True, slots=True)
class ArrayRef:
    """An array as a place in a buffer.

    A buffer is a row of cells, each as wide as one element. ``offset`` and ``strides`` count
    cells. ``start`` is the address of the buffer's first cell.
    """

    buffer: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str
    start: int = field(default=0, repr=False)

    @property
    def size(self) -> int:
        """Return the number of elements."""
        return math.prod(self.shape)

    def cells(self) -> NDArray[np.int64]:
        """Return the cell of each element, in the shape of the array."""
        return _cells(self.offset, self.shape, self.strides)

    def cell(self, index: Index) -> int:
        """Return the cell of one element."""
        return self.offset + sum(i * step for i, step in zip(index, self.strides, strict=True))

    def in_rows(self, shape: tuple[int, ...]) -> ArrayRef:
        """Return the array of another shape whose elements lie in rows from the same cell on."""
        return replace(self, shape=shape, strides=_row_strides(shape))

    def addresses(self) -> NDArray[np.int64]:
        """Return the address of each byte of each element, sorted."""
        width = np.dtype(self.dtype).itemsize
        first = self.start + self.cells().reshape(-1, 1) * width
        return np.unique(first + np.arange(width))

    def index(self, cell: int) -> Index | None:
        """Return the index of the (first) element that lies in a cell, or None."""
        if self.is_whole_rows:
            at = cell - self.offset
            return _unravelled(at, self.shape) if 0 <= at < self.size else None
        found = np.argwhere(self.cells() == cell)
        return tuple(int(i) for i in found[0]) if len(found) else None

    @property
    def is_whole_rows(self) -> bool:
        """Tell whether the elements lie one after the other, row by row."""
        return self.strides == _row_strides(self.shape)


def reach(shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, int]:
    """Return the lowest and the highest cell of an array, counted from its first element."""
    ways = [(length - 1) * step for length, step in zip(shape, strides, strict=True)]
    return sum(way for way in ways if way < 0), sum(way for way in ways if way > 0)


def _unravelled(at: int, shape: tuple[int, ...]) -> Index:
    out: list[int] = []
    for length in reversed(shape):
        at, rest = divmod(at, length)
        out.append(rest)
    return tuple(reversed(out))


@lru_cache(maxsize=256)
def _row_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides: list[int] = []
    step = 1
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return tuple(reversed(strides))


@lru_cache(maxsize=64)
def _cells(offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> NDArray[np.int64]:
    out = np.full(shape, offset, np.int64)
    for axis, (length, step) in enumerate(zip(shape, strides, strict=True)):
        steps = np.arange(length, dtype=np.int64) * step
        out += steps.reshape((-1,) + (1,) * (len(shape) - axis - 1))
    out.flags.writeable = False
    return out


@dataclass(frozen=True, slots=True)
class PlainWrite:
    """Elements written by one line, with the cells they lie in: (n,) cells, (n,) values."""

    ref: ArrayRef
    cells: NDArray[np.int64]
    values: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A buffer's cells at one moment: after ``site_offset`` sites of the block at ``position``."""

    position: int
    cells: NDArray[Any]


class Whole(int):
    """The number of a buffer, in the place of the array that covers it."""

    __slots__ = ()


class Buffer:
    """One piece of memory, held by the array that owns it for as long as the run lasts.

    Its cells are the elements in the order of their addresses, from the lowest on.
    """

    __slots__ = ("_flat", "number", "root", "snapshots", "whole")

    def __init__(self, number: int, root: NDArray[Any]) -> None:
        self.number = number
        self.root: NDArray[Any] | None = root
        self._flat: NDArray[Any] | None = _in_memory_order(root)
        start = _address(self._flat)
        dtype = root.dtype.str
        self.whole = ArrayRef(number, _offset(root), root.shape, _steps(root), dtype, start)
        self.snapshots: list[Snapshot] = []

    @classmethod
    def gone(cls, number: int, shape: tuple[int, ...]) -> Buffer:
        """Return the buffer of an array of floats in rows that has come and gone."""
        buffer = cls.__new__(cls)
        buffer.number = number
        buffer.root = buffer._flat = None
        buffer.whole = _gone(number, shape)
        buffer.snapshots = []
        return buffer

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the array that owns the memory."""
        return self.whole.shape

    @property
    def nbytes(self) -> int:
        """Return the bytes of memory that the cells take."""
        return self._flat.nbytes if self._flat is not None else 0

    def copy(self) -> NDArray[Any]:
        """Return a copy of the cells as they are now."""
        assert self._flat is not None
        return self._flat.copy()

    def ref(self, values: NDArray[Any]) -> ArrayRef:
        """Return where an array lies in this buffer."""
        if values is self.root and values.shape == self.shape:
            return self.whole
        start, dtype = self.whole.start, values.dtype.str
        offset = (_address(values) - start) // max(values.itemsize, 1)
        return ArrayRef(self.number, offset, values.shape, _steps(values), dtype, start)

    def release(self) -> None:
        """Let go of the learner's array."""
        self.root = self._flat = None


@lru_cache(maxsize=4096)
def _gone(number: int, shape: tuple[int, ...]) -> ArrayRef:
    return ArrayRef(number, 0, shape, _row_strides(shape), FLOAT64.str, -(number + 1) * _APART)


def _address(values: NDArray[Any]) -> int:
    return int(values.__array_interface__["data"][0])


def _steps(values: NDArray[Any]) -> tuple[int, ...]:
    """Return the strides in cells."""
    if values.flags.c_contiguous and values.size:
        return _row_strides(values.shape)
    size = max(values.itemsize, 1)
    return tuple(step // size for step in values.strides)


def _offset(values: NDArray[Any]) -> int:
    """Return the cell of the first element: not 0 where an axis runs backwards."""
    if values.flags.c_contiguous:
        return 0
    pairs = zip(values.shape, _steps(values), strict=True)
    return sum((length - 1) * -step for length, step in pairs if step < 0 and length)


def _in_memory_order(values: NDArray[Any]) -> NDArray[Any]:
    """Return a view of all the memory between an array's first and last element, as a row."""
    if values.flags.c_contiguous or values.flags.f_contiguous or not values.size:
        return values.reshape(-1, order="A")
    steps = _steps(values)
    first = tuple(slice(-1, None) if step < 0 else slice(0, 1) for step in steps)
    pairs = zip(values.shape, steps, strict=True)
    count = 1 + sum((length - 1) * abs(step) for length, step in pairs)
    return np.lib.stride_tricks.as_strided(
        values[first], (count,), (values.itemsize,), writeable=False
    )


class Tracker:
    """Knows every array that the run has shown, by the memory it lies in.

    ``shown`` are the buffers that the call under way has copied; a new call begins with none.
    ``buffers`` holds nothing but the shape of an array of floats in rows that has come and gone.
    """

    def __init__(self) -> None:
        self.buffers: list[Any] = []
        self.shown: list[Buffer] = []
        self._by_root: dict[int, Buffer] = {}
        self._shapes: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._used = 0

    @property
    def is_full(self) -> bool:
        """Tell whether no more arrays will be kept."""
        return self._used > _BUDGET

    def use(self, nbytes: int) -> None:
        """Count the bytes of copies towards the most that are kept."""
        self._used += nbytes

    def buffer_of(self, root: NDArray[Any]) -> Buffer | None:
        """Return the buffer of an array that owns its memory, if it is known."""
        return self._by_root.get(id(root))

    def known(self, ids: Collection[int]) -> dict[int, Buffer]:
        """Return the buffers of those arrays that own their memory and are known, by id."""
        return {number: self._by_root[number] for number in self._by_root.keys() & ids}

    def reserve(self, shapes: Sequence[tuple[int, ...]]) -> range:
        """Return numbers of buffers for arrays of floats in rows that own their memory."""
        first = len(self.buffers)
        self.buffers.extend([self._shapes.setdefault(shape, shape) for shape in shapes])
        return range(first, len(self.buffers))

    def hold(self, number: int, root: NDArray[Any], shape: tuple[int, ...]) -> None:
        """Keep an array that lives on under the number reserved for it, in the shape it had."""
        buffer = self.buffers[number] = self._by_root[id(root)] = Buffer(number, root)
        if buffer.shape != shape:
            buffer.whole = buffer.whole.in_rows(shape)

    def whole(self, number: int) -> ArrayRef:
        """Return the array that covers a buffer."""
        found = self.buffers[number]
        whole: ArrayRef = found.whole if isinstance(found, Buffer) else _gone(number, found)
        return whole

    def ref(self, values: NDArray[Any]) -> ArrayRef:
        """Return where an array lies; arrays that share memory get the same buffer number."""
        buffer = self._by_root.get(id(values))
        if buffer is not None and values.shape == buffer.shape:
            return buffer.whole
        root = _root(values)
        buffer = self._by_root.get(id(root)) or self._around(root)
        if buffer is None:
            buffer = Buffer(len(self.buffers), root)
            self.buffers.append(buffer)
            self._by_root[id(root)] = buffer
        return buffer.ref(values)

    def _around(self, root: NDArray[Any]) -> Buffer | None:
        """Return the buffer that a second array over somebody else's memory lies in."""
        if root.base is None:
            return None
        first, last = np.lib.array_utils.byte_bounds(root)
        for buffer in self._by_root.values():
            cells = buffer.whole
            end = cells.start + buffer.nbytes
            aligned = (first - cells.start) % root.itemsize == 0
            if cells.start <= first and last <= end and aligned and cells.dtype == root.dtype.str:
                return buffer
        return None

    def keep(self, values: NDArray[Any], position: int) -> ArrayRef:
        """Return where an array lies, and copy its buffer unless that was done in this call."""
        ref = self.ref(values)
        buffer = self.buffers[ref.buffer]
        if buffer not in self.shown:
            copied = _economical(buffer.copy())
            self._used += 2 * copied.nbytes
            buffer.snapshots.append(Snapshot(position, copied))
            self.shown.append(buffer)
        return ref

    def written(self, values: NDArray[Any] | np.flatiter[Any], index: Any) -> PlainWrite:
        """Return what ``values[index] = ...`` has just written, read back."""
        is_flat = isinstance(values, np.flatiter)
        ref = self.ref(values.base if isinstance(values, np.flatiter) else values)
        every = ref.cells().reshape(-1) if is_flat else ref.cells()
        cells = np.asarray(every[index])
        found = np.broadcast_to(np.asarray(values[index]), cells.shape)
        return PlainWrite(ref, cells.reshape(-1), found.reshape(-1).copy())

    def release(self) -> None:
        """Let go of the learner's arrays."""
        for buffer in self._by_root.values():
            buffer.release()
        self._by_root.clear()
        self.shown = []


class Wholes(Mapping[int, ArrayRef]):
    """The array that covers each buffer, by its number."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    def __len__(self) -> int:
        return len(self._tracker.buffers)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __getitem__(self, number: int) -> ArrayRef:
        return self._tracker.whole(number)


def can_be_kept(values: NDArray[Any]) -> bool:
    """Tell whether an array's elements can be counted as cells: a record's field may not."""
    if values.dtype.kind == "V":
        return False
    whole = values.flags.c_contiguous
    return whole or all(step % values.itemsize == 0 for step in values.strides)


def _root(values: NDArray[Any]) -> NDArray[Any]:
    """Return the array that owns the memory that another one reads.

    A view that reads elements of another type stands for itself: its elements are not the
    owner's cells. That both lie in one piece of memory is seen from their addresses.
    """
    root = values
    while isinstance(root.base, np.ndarray):
        root = root.base
    if root.dtype != values.dtype or not can_be_kept(root):
        return values
    return root if _spans(root, values) else values


def _spans(root: NDArray[Any], values: NDArray[Any]) -> bool:
    """Tell whether the owner's memory covers a view's: as_strided may reach beyond it."""
    if not values.size or root.flags.c_contiguous or root.flags.f_contiguous:
        return True
    low, high = np.lib.array_utils.byte_bounds(root)
    first, last = np.lib.array_utils.byte_bounds(values)
    return bool(low <= first and last <= high)


def _economical(cells: NDArray[Any]) -> NDArray[Any]:
    """Return cells that are all alike as one value that only looks like many."""
    if cells.nbytes > _WORTH_IT and cells.dtype.kind in "fiub":
        raw = cells.view(np.uint8).reshape(cells.size, -1)
        if (raw == raw[0]).all():
            return np.broadcast_to(cells[:1].copy()[0], cells.shape)
    return cells
