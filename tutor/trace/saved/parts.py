"""What both kinds of recording have in common when they are turned into tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef
from tutor.trace.describe import describe
from tutor.trace.memory import stretch
from tutor.trace.saved.data import Buffers, Ints, WriteTable
from tutor.trace.saved.gather import Numbered, ViewNumbers

NOBODY = -1
_GAP = 64  # bytes between what does not lie together


def buffer_table(
    owners: Mapping[int, ArrayRef],
    initial: Callable[[int], NDArray[Any] | None],
    views: ViewNumbers,
) -> Buffers:
    """Return the table of buffers; ``initial`` gives their first cells, None if unknown."""
    count = max(owners, default=-1) + 1
    dtypes = Numbered()
    parts: list[list[NDArray[Any]]] = []
    rows = np.zeros((count, 4), np.int64)
    for number in range(count):
        owner = owners[number]
        kind = dtypes.number(owner.dtype)
        if kind == len(parts):
            parts.append([])
        cells = initial(number)
        if cells is not None:
            parts[kind].append(np.asarray(cells))
        size = 0 if cells is None else len(cells)
        rows[number] = kind, size, 0, views.number(owner)
    rows[:, 2] = _starts([owners[number] for number in range(count)])
    empty = [np.zeros(0, np.dtype(dtype)) for dtype in dtypes.all]
    stores = tuple(np.concatenate([e, *p]) for e, p in zip(empty, parts, strict=True))
    return Buffers(tuple(dtypes.all), rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], stores)


def _starts(owners: list[ArrayRef]) -> Ints:
    """Return addresses from 0 up: those that lie in one stretch of memory still do."""
    out = np.zeros(len(owners), np.int64)
    free = 0
    for together in sorted(_stretches(owners), key=min):
        low = min(owners[number].start for number in together)
        for number in together:
            out[number] = free + owners[number].start - low
        free += max(stretch(owners[number])[1] for number in together) - low + _GAP
    return out


def _stretches(owners: list[ArrayRef]) -> list[list[int]]:
    """Return the buffers that lie in one stretch of memory, stretch by stretch."""
    found: list[list[int]] = []
    end: int | None = None
    for number in sorted(range(len(owners)), key=lambda number: owners[number].start):
        if end is None or owners[number].start >= end:
            found.append([])
            end = owners[number].start
        found[-1].append(number)
        end = max(end, stretch(owners[number])[1])
    return found


def nobodys(buffer: int, step: int, cells: Ints, values: NDArray[Any]) -> WriteTable:
    """Return changes that no line made."""
    count = len(cells)
    none = np.full(count, NOBODY)
    return WriteTable(np.full(count, step), np.full(count, buffer), cells, values, none, none)


def joined(parts: list[WriteTable]) -> WriteTable:
    """Return the writes of several buffers as one table, in the order of the run."""
    lots = [[getattr(part, name) for part in parts] for name in WriteTable.__slots__]
    columns = [np.concatenate(lot) for lot in lots]
    steps, buffer, _, _, name, _ = columns
    order = np.lexsort((np.arange(len(steps)), buffer, name != NOBODY, steps))
    return WriteTable(*(column[order] for column in columns))


def result_of(value: object) -> object:
    """Return what a call gave back as it is saved: an array whole, the rest described."""
    return value.copy() if isinstance(value, np.ndarray) else describe(value)


def said(error: BaseException | None) -> str | None:
    """Return an exception's kind and text."""
    if error is None:
        return None
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
