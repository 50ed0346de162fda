"""Which memory an array lies in, told apart from every other while a run is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.state import Index

_WORTH_IT = 4096  # bytes, from which on an array of equal values is kept as one
_BUDGET = 512 * 2**20  # bytes of arrays kept alive and copied before new ones are only described


@dataclass(frozen=True, slots=True)
class ArrayRef:
    """An array as a place in a buffer.

    A buffer is a row of cells, each as wide as one element. ``offset`` and ``strides`` count
    cells.
    """

    buffer: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str

    @property
    def size(self) -> int:
        """Return the number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    def cells(self) -> NDArray[np.int64]:
        """Return the cell of each element, in the shape of the array."""
        return _cells(self.offset, self.shape, self.strides)

    def cell(self, index: Index) -> int:
        """Return the cell of one element."""
        return self.offset + sum(i * step for i, step in zip(index, self.strides, strict=True))

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


class Buffer:
    """One piece of memory, held by the array that owns it for as long as the run lasts."""

    __slots__ = ("number", "root", "snapshots", "whole")

    def __init__(self, number: int, root: NDArray[Any]) -> None:
        self.number = number
        self.root: NDArray[Any] | None = root
        self.whole = ArrayRef(number, 0, root.shape, _cell_strides(root), root.dtype.str)
        self.snapshots: list[Snapshot] = []

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the array that owns the memory."""
        return self.whole.shape

    @property
    def strides(self) -> tuple[int, ...]:
        """Return its strides, in cells."""
        return self.whole.strides

    def copy(self) -> NDArray[Any]:
        """Return a copy of the cells as they are now."""
        assert self.root is not None
        return self.root.flatten(order="A")

    def ref(self, values: NDArray[Any]) -> ArrayRef:
        """Return where an array lies in this buffer."""
        if values is self.root and values.shape == self.shape:
            return self.whole
        assert self.root is not None
        size = max(values.itemsize, 1)
        offset = (_address(values) - _address(self.root)) // size
        return ArrayRef(self.number, offset, values.shape, _cell_strides(values), values.dtype.str)


def _address(values: NDArray[Any]) -> int:
    return int(values.__array_interface__["data"][0])


def _cell_strides(values: NDArray[Any]) -> tuple[int, ...]:
    if values.flags.c_contiguous and values.size:
        return _row_strides(values.shape)
    size = max(values.itemsize, 1)
    return tuple(step // size for step in values.strides)


class Tracker:
    """Knows every array that the run has shown, by the memory it lies in."""

    def __init__(self) -> None:
        self.buffers: list[Buffer] = []
        self.shown: list[Buffer] = []
        self._by_root: dict[int, Buffer] = {}
        self._used = 0

    @property
    def is_full(self) -> bool:
        """Tell whether no more arrays will be kept."""
        return self._used > _BUDGET

    def ref(self, values: NDArray[Any]) -> ArrayRef:
        """Return where an array lies; arrays that share memory get the same buffer number."""
        buffer = self._by_root.get(id(values))
        if buffer is not None and values.shape == buffer.shape:
            return buffer.whole
        root = _root(values)
        buffer = self._by_root.get(id(root))
        if buffer is None:
            buffer = Buffer(len(self.buffers), root)
            self.buffers.append(buffer)
            self._by_root[id(root)] = buffer
        return buffer.ref(values)

    def begin_call(self) -> None:
        """Let every buffer be copied anew when it is shown next."""
        self.shown = []

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

    def written(self, values: NDArray[Any], index: Any) -> PlainWrite:
        """Return what ``values[index] = ...`` has just written, read back."""
        ref = self.ref(values)
        cells = np.asarray(ref.cells()[index])
        found = np.broadcast_to(np.asarray(values[index]), cells.shape)
        return PlainWrite(ref, cells.reshape(-1), found.reshape(-1).copy())

    def release(self) -> None:
        """Let go of the learner's arrays."""
        for buffer in self.buffers:
            buffer.root = None
        self._by_root.clear()
        self.shown = []


def _root(values: NDArray[Any]) -> NDArray[Any]:
    """Return the array that owns the memory that another one reads.

    A view that reads elements of another width, or one whose owner is not one piece, stands
    for itself: its cells could not be counted in the owner's.
    """
    root = values
    while isinstance(root.base, np.ndarray):
        root = root.base
    if root is values and values.flags.c_contiguous:
        return values
    whole = root.flags.c_contiguous or root.flags.f_contiguous
    if root.itemsize != values.itemsize or not whole or root.dtype.kind != values.dtype.kind:
        return values if values.flags.c_contiguous else np.ascontiguousarray(values)
    return root


def _economical(cells: NDArray[Any]) -> NDArray[Any]:
    """Return cells that are all alike as one value that only looks like many."""
    if cells.nbytes > _WORTH_IT and cells.dtype.kind in "fiub":
        raw = cells.view(np.uint8).reshape(cells.size, -1)
        if (raw == raw[0]).all():
            return np.broadcast_to(cells[:1].copy()[0], cells.shape)
    return cells
