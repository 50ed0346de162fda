"""How wide a text is in a terminal, and lines that fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest

ELLIPSIS = "…"
_NARROWEST_COLUMN = 8
_JOINTS = "-_/."  # where a word that is too long is broken if it can be


def cells(text: str) -> int:
    """Return how many columns a printable text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def padded(text: str, width: int, right: bool = False) -> str:
    """Return a text with spaces up to a width."""
    space = " " * max(width - cells(text), 0)
    return space + text if right else text + space


def cut(text: str, width: int) -> str:
    """Return the beginning of a text, with an ellipsis if there is more."""
    return text if cells(text) <= width else start_of(text, width - 1) + ELLIPSIS


def wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Break a text into lines of a width, their margins included; nothing is lost.

    Parameters
    ----------
    first, rest : str
        What the first line and the others begin with; ``rest`` is spaces by default.
    """
    margin = " " * cells(first) if rest is None else rest
    lines: list[str] = []
    line, empty = first, True
    for word in _words(text, max(width - max(cells(first), cells(margin)), 8)):
        if not empty and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line, empty = margin, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line] if not empty else lines


def table(
    rows: Sequence[Sequence[str]], width: int, margin: str, gap: int = 2, right: bool = True
) -> Iterator[str]:
    """Yield rows of columns; what is too wide is broken over lines, between words if it can be.

    Parameters
    ----------
    right : bool
        Set all columns but the first flush right.
    """
    columns = list(zip(*rows, strict=True))
    sizes = _sizes(columns, width - cells(margin) - gap * (len(columns) - 1))
    for row in rows:
        broken = [wrapped(text, size) for text, size in zip(row, sizes, strict=True)]
        for texts in zip_longest(*broken, fillvalue=""):
            shown = (
                padded(text, size, right and at > 0)
                for at, (text, size) in enumerate(zip(texts, sizes, strict=True))
            )
            yield (margin + (" " * gap).join(shown)).rstrip()


def _sizes(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return how wide each column may be: the widest give way first, then words are broken."""
    sizes = [max(map(cells, column)) for column in columns]
    words = [
        max((cells(word) for text in column for word in text.split()), default=0)
        for column in columns
    ]
    for least in (words, [_NARROWEST_COLUMN] * len(sizes)):
        while sum(sizes) > room:
            spare = [at for at, size in enumerate(sizes) if size > least[at]]
            if not spare:
                break
            sizes[max(spare, key=sizes.__getitem__)] -= 1
    return sizes


def _words(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        while cells(word) > width:
            head = start_of(word, width)
            joint = max(head.rfind(character) for character in _JOINTS) + 1
            head = head[:joint] if joint > len(head) // 2 else head
            yield head
            word = word[len(head) :]
        if word:
            yield word


def start_of(text: str, width: int) -> str:
    """Return as much of a text as fits a width."""
    used = 0
    for at, character in enumerate(text):
        used += _width(character)
        if used > width:
            return text[:at]
    return text


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
