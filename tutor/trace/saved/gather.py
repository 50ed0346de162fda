"""Values of many kinds, gathered into one store for each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, PlainWrite, Whole
from tutor.trace.columns import MISSING, Column, Same
from tutor.trace.saved.data import Ints, Kind, Layout, Values, Views
from tutor.trace.state import Opaque

_INT64 = range(-(2**63), 2**63)


class Numbered:
    """Things told apart by what they are, each with a number."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self.all: list[Any] = []

    def number(self, thing: Any, key: Any = None) -> int:
        """Return the number of a thing; ``key`` tells it from others where it is not hashable."""
        key = thing if key is None else key
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.all)
            self.all.append(thing)
        return found

    def number_value(self, value: object) -> int:
        """Return a value's number: 1, 1.0 and True are three, and a NaN is itself."""
        return self.number(value, (type(value).__name__, repr(value)))


class ViewNumbers:
    """The arrays of a run, numbered."""

    def __init__(self) -> None:
        self._refs = Numbered()

    def number(self, ref: ArrayRef) -> int:
        """Return the number of an array."""
        return self._refs.number(ref)

    def table(self) -> Views:
        """Return where every array lies."""
        layouts = Numbered()
        rows = [
            (ref.buffer, ref.offset, layouts.number(Layout(ref.shape, ref.strides, ref.dtype)))
            for ref in self._refs.all
        ]
        columns = np.array(rows, np.int64).reshape(-1, 3).T
        return Views(tuple(layouts.all), *columns)


class Gathered:
    """Collects values one after the other, or a column of them at once.

    Parameters
    ----------
    views : ViewNumbers
        Gives arrays their numbers.
    objects : Numbered
        The table of what is neither number nor array.
    is_kept : callable
        Tells of a buffer whether its contents are known; an array elsewhere is only described.
    """

    def __init__(
        self, views: ViewNumbers, objects: Numbered, is_kept: Callable[[int], bool]
    ) -> None:
        self._views = views
        self._objects = objects
        self._is_kept = is_kept
        self._which: list[NDArray[np.uint8]] = []
        self._numbers = Numbered()
        self._parts: list[list[NDArray[Any]]] = []

    def add(self, value: object) -> None:
        """Add a value as a recording keeps it."""
        if isinstance(value, PlainWrite):
            value = value.ref
        if value is MISSING:
            self._add("missing", np.zeros(1, np.uint8))
        elif isinstance(value, ArrayRef):
            self._add_array(value)
        elif isinstance(value, np.generic) and value.dtype.kind in "fiubc":
            self._add("numpy", np.array([value]))
        elif type(value) is float:
            self._add("float", np.array([value]))
        elif type(value) is bool:
            self._add("bool", np.array([value]))
        elif type(value) is int and value in _INT64:
            self._add("int", np.array([value], np.int64))
        elif type(value) is tuple and value and all(type(i) is int and i in _INT64 for i in value):
            self._add("tuple", np.array([value], np.int64))
        else:
            self._add("object", np.array([self._objects.number_value(value)]))

    def add_column(self, column: Column) -> None:
        """Add every value of a column."""
        done = 0
        for run in [*column.runs(), None]:
            begin = len(column) if run is None else run.start
            if begin > done:
                self._add("numpy", np.array(column.floats[done:begin], np.float64))
            if run is None:
                return
            self._add_run(column, run.start, run.start + run.length, run.kind)
            done = run.start + run.length

    def _add_run(self, column: Column, start: int, stop: int, kind: type) -> None:
        count = stop - start
        if kind is float:
            self._add("float", np.array(column.floats[start:stop], np.float64))
        elif kind is int:
            self._add("int", np.array(column.floats[start:stop]).astype(np.int64))
        elif kind is tuple and type(column[start]) is tuple and column[start]:
            width = len(column[start])  # type: ignore[arg-type]
            self._add("tuple", column.as_rows(np.arange(start, stop), width))
        elif kind is Whole and column.whole is not None:
            buffers, at = np.unique(
                column.whole_buffers(np.arange(start, stop)), return_inverse=True
            )
            refs = [column.whole(int(buffer)) for buffer in buffers]
            if all(self._is_kept(ref.buffer) for ref in refs):
                numbers = np.array([self._views.number(ref) for ref in refs], np.int64)
                self._add("array", numbers[at])
                return
            self._add_each(column, start, stop)
        elif kind is Same:
            before = len(self._which)
            self.add(column[start])
            if len(self._which) > before:
                self._which[-1] = np.repeat(self._which[-1], count)
                last = self._parts[int(self._which[-1][0])]
                last[-1] = np.repeat(last[-1], count, axis=0)
        else:
            self._add_each(column, start, stop)

    def _add_each(self, column: Column, start: int, stop: int) -> None:
        for occurrence in range(start, stop):
            self.add(column[occurrence])

    def _add_array(self, ref: ArrayRef) -> None:
        if self._is_kept(ref.buffer):
            self._add("array", np.array([self._views.number(ref)], np.int64))
        else:
            self.add(described(ref))

    def _add(self, name: str, data: NDArray[Any]) -> None:
        width = data.shape[1] if data.ndim > 1 else 0
        number = self._numbers.number((name, data.dtype.str, width))
        if number == len(self._parts):
            self._parts.append([])
        self._parts[number].append(data)
        self._which.append(np.full(len(data), number, np.uint8))

    def values(self, order: Ints | None = None) -> Values:
        """Return all that was added; ``order`` says which of it, and in which order."""
        which = np.concatenate(self._which) if self._which else np.zeros(0, np.uint8)
        kinds = tuple(
            Kind(name, np.concatenate(parts))
            for (name, _, _), parts in zip(self._numbers.all, self._parts, strict=True)
        )
        every = Values(which, kinds)
        if order is None:
            return every
        which, rank = which[order], every.ranks()[order]
        picked = (Kind(k.name, k.data[rank[which == at]]) for at, k in enumerate(kinds))
        return Values(which, tuple(picked))


def described(ref: ArrayRef) -> object:
    """Return what is said of an array whose contents are not known."""
    return Opaque(f"array {'x'.join(map(str, ref.shape))} {np.dtype(ref.dtype)}")
