"""Figures: how a computed value is printed, and how `{name}` in a text becomes one.

A quote is `{name}`, `{name:.4f}`, `{name[0, 2]}` or, for what somebody else printed,
`{evidence.report.b2}`. A brace that is meant as a brace is doubled: `{{`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

QUOTE: Final = re.compile(
    r"\{\{|\}\}|\{(?P<name>[A-Za-z_][\w.-]*)(?P<index>\[[\d, -]+\])?(?::(?P<spec>[^{}\n]*))?\}"
)

EVIDENCE: Final = "evidence."


class UnknownFigure(Exception):
    """A text quotes a figure that nobody computed. The message is a sentence."""


@dataclass(frozen=True, slots=True)
class Quote:
    """One `{name[index]:spec}` in a text, and the offset where it stands."""

    name: str
    index: tuple[int, ...] | None
    spec: str
    offset: int


def quotes(text: str) -> Iterator[Quote]:
    """Yield every quoted figure of a text."""
    for match in QUOTE.finditer(text):
        if match["name"]:
            yield _quote(match)


def fill(text: str, look_up: Callable[[str], object]) -> str:
    """Return a text with its quotes replaced by what `look_up(name)` gives.

    Inside a fenced block an array is printed as a matrix, elsewhere on one line.

    Raises
    ------
    UnknownFigure
        If a figure is not there, has no such element, or does not take that format.
    """

    def replace(match: re.Match[str]) -> str:
        if not match["name"]:
            return match[0][0]
        quote = _quote(match)
        fenced = len(re.findall(r"^\s*```", text[: match.start()], re.MULTILINE)) % 2 == 1
        column = match.start() - (text.rfind("\n", 0, match.start()) + 1)
        return _print_quote(quote, look_up(quote.name), column if fenced else None)

    return QUOTE.sub(replace, text)


def print_figure(value: object, spec: str = "", column: int | None = None) -> str:
    """Return a value as text: a float with every digit it takes to tell it from its neighbours.

    Parameters
    ----------
    value : number, str, array, or a tuple or list of them
        Strings come out as they are.
    spec : str
        A format such as ``.4f``, applied to every number.
    column : int, optional
        Print a matrix over several lines, of which the first starts at this column.

    Raises
    ------
    ValueError, TypeError
        If the value does not take the format.
    """
    if isinstance(value, (tuple, list)):
        inner = ", ".join(print_figure(item, spec) for item in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {print_figure(item, spec)}" for key, item in value.items())
        return f"{{{inner}}}"
    if getattr(value, "ndim", 0):
        return _print_array(value, spec, column)
    return format(value, spec) if spec else str(value)


def _print_array(value: Any, spec: str, column: int | None) -> str:
    import numpy as np

    def number(item: Any) -> str:
        return format(item, spec)

    text = np.array2string(
        value,
        separator=", ",
        precision=8,
        suppress_small=False,
        threshold=200,
        max_line_width=96,
        floatmode="maxprec",
        formatter={"all": number} if spec else None,
        prefix=" " * (column or 0),
    )
    if column is not None:
        return text
    # In a sentence the padding of a matrix is only noise.
    return re.sub(r"(?<=\[)\s+|\s+(?=[,\]])", "", re.sub(r"\s+", " ", text))


def _quote(match: re.Match[str]) -> Quote:
    index = match["index"]
    numbers = tuple(int(part) for part in index[1:-1].split(",")) if index else None
    return Quote(match["name"], numbers, match["spec"] or "", match.start())


def _print_quote(quote: Quote, value: Any, column: int | None) -> str:
    try:
        if quote.index is not None:
            value = value[quote.index if hasattr(value, "ndim") else quote.index[0]]
        return print_figure(value, quote.spec, column)
    except (IndexError, KeyError, TypeError) as error:
        raise UnknownFigure(f"The figure `{quote.name}` has no such element: {error}.") from error
    except ValueError as error:
        raise UnknownFigure(
            f"The figure `{quote.name}` does not take the format `{quote.spec}`: {error}."
        ) from error
