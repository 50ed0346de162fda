"""Losses in the order in which a training printed them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.figures.item import Item
from tutor.diagnosis.figures.number import Number
from tutor.diagnosis.figures.printout import Printout

_LOSS: Final = re.compile(
    r"loss|cost(?!om)|entropy|損失|交差エントロピー|コスト|perte|co[uû]t\b|entropie|손실|비용", re.I
)
_LOOP: Final = re.compile(r"^\s*(?:for|while)\b.*:", re.M)
_SHOWN: Final = re.compile(r"print\(|\.format\(|^[\w.]+\(.*\)$|^\w+$", re.M)


@dataclass(frozen=True)
class Series:
    """Losses, one after the other.

    Attributes
    ----------
    numbers : tuple of Number
    text : str
        The printed lines.
    labelled : bool
        Whether a label, or the code, says that they are losses.
    trained : bool
        Whether they can be those of one training: no code beside them says otherwise.
    """

    numbers: tuple[Number, ...]
    text: str
    labelled: bool
    trained: bool = True

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """Return the values, shape (n,)."""
        return np.array([number.value for number in self.numbers])

    @property
    def digits(self) -> int:
        """Return the significant digits of the longest."""
        return max(number.digits for number in self.numbers)

    @property
    def never_moves(self) -> bool:
        """Tell whether three or more are the same to the last digit."""
        return len(self.numbers) > 2 and len({number.value for number in self.numbers}) == 1


def series_of(printout: Printout) -> Iterator[Series]:
    """Yield the losses of an output: those with a label, then the first column of the others."""
    labelled: list[tuple[Number, str]] = []
    columns: list[tuple[Number, str]] = []
    for line, items in zip(printout.lines, printout.by_line, strict=True):
        scalars = [item for item in items if item.shape == ()]
        number = _after_label(scalars)
        if number is not None:
            labelled.append((number, line))
        elif scalars and len(scalars) == len(items) and not _named(scalars):
            columns.extend((n, line) for n in _column(scalars))
    trained = not printout.context or bool(_LOOP.search(printout.context))
    yield from _series(labelled, True, trained)
    yield from _series(columns, bool(_LOSS.search(_printed_by(printout))), trained)
    for item in printout.items:
        listed = len(item.shape) == 1 and len(item.numbers) > 1 and not item.is_whole
        if listed and _LOSS.search(f"{item.label} {item.code}"):
            yield Series(item.numbers, item.text, True, _is_history(item, printout))


def _is_history(item: Item, printout: Printout) -> bool:
    """Tell whether a printed list was filled step by step, and not with the losses of examples."""
    return not item.code or f"{item.code}.append(" in printout.source


def _series(found: Sequence[tuple[Number, str]], labelled: bool, trained: bool) -> Iterator[Series]:
    if found:
        numbers, lines = zip(*found, strict=True)
        yield Series(numbers, "\n".join(lines), labelled, trained)


def _after_label(items: Sequence[Item]) -> Number | None:
    """Return the number that the first label of a loss stands before."""
    for at, item in enumerate(items):
        if _LOSS.search(item.label):
            # "loss at step 3: 2.30": an integer right after the label counts something else.
            rest = [one for one in items[at : at + 2] if not one.is_whole]
            return rest[0].number if rest else None
        if _LOSS.search(item.code) and not item.is_whole:
            return item.number
    return None


def _named(items: Sequence[Item]) -> bool:
    """Tell whether some figure, other than a count, has a name: it is no nameless loss then."""
    return any(re.search(r"[^\W\d_]", item.label) for item in items if not item.is_whole)


def _column(items: Sequence[Item]) -> Iterator[Number]:
    """Yield the first number of a line that is no counter."""
    floats = [item.number for item in items if not item.is_whole]
    if floats and (len(items) == 1 or items[0].is_whole):
        yield floats[0]


def _printed_by(printout: Printout) -> str:
    """Return the lines of the code that print something."""
    lines = [line.strip() for line in printout.context.split("\n")]
    return "\n".join(line for line in lines if _SHOWN.search(line))
