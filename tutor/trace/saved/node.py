"""A part of a document that is being read, which knows where it stands in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.saved.columns import from_list, inflated
from tutor.trace.saved.data import Ints

_KINDS = "biufcUSMm"
_MOST_BYTES = 2**30
_MOST_ELEMENTS = 2**27  # of one array
_READ_AS = 8  # bytes of an integer, however narrow it is in the document
_MISSING = object()


class DamagedRun(ValueError):
    """A saved run that cannot be read; its text says what is wrong, and where."""


class Budget:
    """How many bytes of columns may still be inflated."""

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self.left = most

    def take(self, count: int) -> bool:
        """Take so many bytes; tell whether they were there."""
        self.left -= count
        return self.left >= 0


@dataclass(frozen=True)
class Node:
    """A value out of a JSON document.

    Every reader raises `DamagedRun`, with the place, where the value is not what it should be.
    """

    value: Any
    where: str
    budget: Budget

    def bad(self, what: str) -> DamagedRun:
        """Return the error that says what is wrong here."""
        return DamagedRun(f"{self.where or 'the document'} {what}")

    def field(self, name: str) -> Node:
        """Return a field that must be there."""
        found = self.optional(name)
        if found is None:
            raise self.bad(f"has no {name!r}")
        return found

    def optional(self, name: str) -> Node | None:
        """Return a field, or None."""
        if not isinstance(self.value, dict):
            raise self.bad("is not an object of names and values")
        found = self.value.get(name, _MISSING)
        if found is _MISSING or found is None:
            return None
        where = f"{self.where}.{name}" if self.where else name
        return Node(found, where, self.budget)

    def items(self, most: int = 10_000_000) -> list[Node]:
        """Return the items of a list."""
        if not isinstance(self.value, list) or len(self.value) > most:
            raise self.bad("is not a list, or too long a one")
        return [
            Node(item, f"{self.where}[{at}]", self.budget) for at, item in enumerate(self.value)
        ]

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """Yield the names and values of an object."""
        if not isinstance(self.value, dict):
            raise self.bad("is not an object of names and values")
        for name, value in self.value.items():
            yield name, Node(value, f"{self.where}.{name}", self.budget)

    def by_step(self, steps: int) -> Iterator[tuple[int, Node]]:
        """Yield the entries of an object whose names are steps."""
        for name, value in self.pairs():
            if not name.isdecimal() or len(name) > len(str(steps)) or int(name) >= steps:
                raise value.bad(f"is of no step: there are {steps}")
            yield int(name), value

    def text(self) -> str:
        """Return a text."""
        if not isinstance(self.value, str):
            raise self.bad("is not a text")
        return self.value

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.bad("is neither true nor false")
        return self.value

    def number(self, low: int = 0, high: int = 2**53) -> int:
        """Return an integer from ``low`` up to, not including, ``high``."""
        if type(self.value) is not int or not low <= self.value < high:
            raise self.bad(f"is not an integer from {low} to {high - 1}")
        return self.value

    def shape(self) -> tuple[int, ...]:
        """Return the shape of an array."""
        lengths = tuple(item.number() for item in self.items(most=64))
        if math.prod(max(length, 1) for length in lengths) > _MOST_ELEMENTS:
            raise self.bad("is the shape of too large an array")
        return lengths

    def column(self, count: int | None = None, width: bool = False) -> NDArray[Any]:
        """Return a column, of so many rows where ``count`` says so."""
        dtype = dtype_of(self.field("dtype"))
        listed = self.optional("list")
        try:
            if listed is not None:
                flat = from_list([item.value for item in listed.items()], dtype)
            else:
                number = self.field("count").number()
                size = number * dtype.itemsize
                if not self.budget.take(number * max(dtype.itemsize, _READ_AS)):
                    raise self.bad("is too large to be opened")
                raw = inflated(self.field("deflate").text(), size)
                flat = np.frombuffer(raw, dtype).astype(dtype.newbyteorder("="))
        except DamagedRun:
            raise
        except ValueError as error:
            raise self.bad(f"is damaged: {error}") from None
        delta = self.optional("delta")
        if delta is not None and delta.flag():
            if flat.dtype.kind not in "iu":
                raise self.bad("holds differences that are no integers")
            flat = np.cumsum(flat, dtype=np.int64)
        if width:
            rows = self.field("width").number(1, 64)
            if len(flat) % rows:
                raise self.bad(f"does not fill rows of {rows}")
            flat = flat.reshape(-1, rows)
        if count is not None and len(flat) != count:
            raise self.bad(f"has {len(flat)} entries, not {count}")
        return flat

    def ints(self, low: int, high: int, count: int | None = None, rising: bool = False) -> Ints:
        """Return a column of integers from ``low`` up to, not including, ``high``."""
        found = self.column(count)
        if found.dtype.kind not in "iu" and len(found):
            raise self.bad("does not hold integers")
        whole = found.astype(np.int64)
        if len(whole) and not (low <= whole.min() and whole.max() < high):
            raise self.bad(f"holds a number that is not from {low} to {high - 1}")
        if rising and len(whole) and (np.diff(whole) < 0).any():
            raise self.bad("is not in order")
        return whole


def dtype_of(node: Node) -> np.dtype[Any]:
    """Return the dtype that a text names."""
    try:
        found = np.dtype(node.text())
    except (TypeError, ValueError):
        raise node.bad("names no dtype") from None
    if found.kind not in _KINDS or found.itemsize > 4096 or found.hasobject or found.itemsize == 0:
        raise node.bad("names a dtype that a run cannot have")
    return found
