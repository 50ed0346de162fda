"""The numbers and arrays of a printed text, in their order, each with what stands before it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.figures.number import NUMBER, Number

_SCALAR_TYPE: Final = re.compile(r"\b(?:np\.|numpy\.)?(?:float|int|bool)\d*_?\(([^()\n]*)\)")
_IN_ARRAY: Final = re.compile(
    r"[\[\],]|[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)(?![\w.])|\s+|\.\.\."
)
_DTYPE: Final = re.compile(r"(?:,?\s*dtype=[\w.]+)?\)")
_NEXT: Final = re.compile(rf"\(\s*\d+(?:\s*,\s*\d+)*\s*,?\s*\)|\[|{NUMBER.pattern}")
_DEEPEST: Final = 4

Nested = list["Nested"] | Number


@dataclass(frozen=True)
class Item:
    """A number or an array that was printed.

    Attributes
    ----------
    label : str
        What stands before it on its line, after the item before.
    numbers : tuple of Number
        The entries, row by row.
    shape : tuple of int
        ``()`` for a number.
    line : int
        The line of the text it begins in, counted from 0.
    text : str
        As printed.
    code : str
        The expression that was printed, where that is known.
    """

    label: str
    numbers: tuple[Number, ...]
    shape: tuple[int, ...]
    line: int
    text: str
    code: str = ""

    @property
    def number(self) -> Number:
        """Return the first entry: the number itself where it is one."""
        return self.numbers[0]

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """Return the values, in the printed shape."""
        return np.array([one.value for one in self.numbers]).reshape(self.shape)

    @cached_property
    def is_whole(self) -> bool:
        """Tell whether every entry was printed as an integer."""
        return all(one.is_whole for one in self.numbers)

    @cached_property
    def half(self) -> float:
        """Return half a unit of the last digit that the entries share.

        NumPy cuts zeros off the end, so an entry with fewer digits is as exact as the others;
        an entry alone with more digits than any other is a slip of the pen.
        """
        counts = Counter(one.unit for one in self.numbers if one.unit)
        shared = [unit for unit, count in counts.items() if count > 1]
        return min(shared or counts, default=0.0) / 2


def plain(text: str) -> str:
    """Return the text with what only wraps a number taken off."""
    return _SCALAR_TYPE.sub(r"\1", text.replace("−", "-").replace("：", ":"))


def items_of(text: str) -> tuple[Item, ...]:
    """Read the numbers and arrays of a text, left to right; shapes like ``(784, 50)`` are none."""
    return tuple(_items(text))


def _items(text: str) -> Iterator[Item]:
    at = 0
    while found := _next(text, at):
        item, end = found
        if item is not None:
            start = max(at, text.rfind("\n", 0, item[2]) + 1)
            label = re.sub(r"(?:np\.)?(?:array|tensor)\($", "", text[start : item[2]])
            yield Item(label.strip(" \t:=|,'\"{}()"), *item[:2], *_seat(text, item[2], end))
        at = end


Found = tuple[tuple[Number, ...], tuple[int, ...], int]


def _seat(text: str, start: int, end: int) -> tuple[int, str]:
    shown = text[start:end].strip()
    if shown[0] == "[":
        shown = shown[: shown.rindex("]") + 1]
    return text.count("\n", 0, start), shown


def _next(text: str, at: int) -> tuple[Found | None, int] | None:
    """Find the next item and its end; None in its place for what is passed over."""
    found = _NEXT.search(text, at)
    if found is None:
        return None
    if found[0] == "[":
        return _array(text, found.start())
    if found[0][0] == "(":
        return None, found.end()
    percent = text[found.end() : found.end() + 2].lstrip().startswith("%")
    return ((Number.of(found[0], percent),), (), found.start()), found.end()


def _array(text: str, start: int) -> tuple[Found | None, int]:
    """Read an array that begins at a bracket; where it is none, pass the bracket over."""
    open_lists: list[list[Nested]] = [[]]
    at, shortened = start, False
    while (token := _IN_ARRAY.match(text, at)) and len(open_lists) <= _DEEPEST:
        at = token.end()
        if token[0] == "[":
            open_lists.append([])
        elif token[0] == "]":
            done = open_lists.pop()
            open_lists[-1].append(done)
            if len(open_lists) == 1:
                # A shortened array is passed over whole: a part of it proves nothing.
                return (None, at) if shortened else _finished(done, text, start, at)
        elif token[0] == "...":
            shortened = True
        elif not token[0].isspace() and token[0] != ",":
            open_lists[-1].append(Number.of(token[0]))
    return None, start + 1


def _finished(done: list[Nested], text: str, start: int, end: int) -> tuple[Found | None, int]:
    shape = _shape(done)
    closing = _DTYPE.match(text, end)
    after = closing.end() if closing and text[:start].endswith("(") else end
    if shape is None:
        return None, after
    return (tuple(_flat(done)), shape, start), after


def _shape(nested: Nested) -> tuple[int, ...] | None:
    """Return the shape of nested lists; None if they are ragged or empty."""
    if isinstance(nested, Number):
        return ()
    inner = {_shape(one) for one in nested}
    if len(inner) != 1:
        return None
    shape = inner.pop()
    return None if shape is None else (len(nested), *shape)


def _flat(nested: Nested) -> Iterator[Number]:
    if isinstance(nested, Number):
        yield nested
    else:
        yield from chain.from_iterable(map(_flat, nested))
