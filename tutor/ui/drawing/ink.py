"""Lines of text whose parts have a meaning: what every pane draws and what plain text prints."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

TOO_NARROW = 4
# What a terminal would take for a command, half characters, and marks that turn the writing round.
_COMMAND = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class Span(NamedTuple):
    """A piece of text, what it means (``ink``, turned into a style by the theme), and its click.

    ``click`` is what a mouse click on it does, such as ``"answer:2"``; empty for nothing.
    """

    text: str
    ink: str = "text"
    click: str = ""


class Line(NamedTuple):
    """A line of spans. ``ground`` names what lies behind the whole line, to the pane's edge."""

    spans: tuple[Span, ...] = ()
    ground: str = ""

    @property
    def text(self) -> str:
        """Return the characters alone."""
        return "".join(span.text for span in self.spans)

    @property
    def width(self) -> int:
        """Return the number of terminal cells that the line takes."""
        return width(self.text)


BLANK = Line()


def line(*parts: Span | str, ground: str = "") -> Line:
    """Return a line made of spans and plain strings."""
    return Line(tuple(Span(p) if isinstance(p, str) else p for p in parts), ground)


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """Return the number of terminal cells that a text takes."""
    return len(text) if text.isascii() else _sum_of_cells(text)


@lru_cache(maxsize=4096)
def _sum_of_cells(text: str) -> int:
    return sum(map(_cells, text))


def harmless(text: str) -> str:
    """Return a text with a sign in the place of each character that commands a terminal."""
    return text if text.isprintable() else _COMMAND.sub("\N{REPLACEMENT CHARACTER}", text)


def fit(text: str, cells: int) -> str:
    """Return the text shortened to so many cells; its last cell is then an ellipsis."""
    if width(text) <= cells:
        return text
    kept, used = [], 0
    for character in text:
        used += _cells(character)
        if used > cells - 1:
            break
        kept.append(character)
    return "".join(kept) + ("…" if cells > 0 else "")


def pad(text: str, cells: int) -> str:
    """Return the text with spaces behind it up to so many cells."""
    return text + " " * max(0, cells - width(text))


def tidy(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans with neighbours of one meaning joined."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1][1:] == span[1:]:
            joined[-1] = span._replace(text=joined[-1].text + span.text)
        elif span.text:
            joined.append(span)
    return tuple(joined)


def fold(
    spans: Iterable[Span], cells: int, hang: Span | None = None, after: str = ""
) -> list[tuple[Span, ...]]:
    """Cut spans into rows of at most so many cells; rows after the first start with ``hang``.

    A row is cut behind one of the characters ``after`` where its second half has one, else
    anywhere. Nothing is lost: this is for code and figures.
    """
    hanging = [hang] if hang else []
    lead = sum(width(h.text) for h in hanging)
    limit = max(cells, lead + TOO_NARROW)
    rest = [span._replace(text=character) for span in spans for character in span.text]
    rows: list[tuple[Span, ...]] = []
    used = 0
    while True:
        size = _fitting(rest, limit - used)
        if size < len(rest):
            size = _better_cut(rest, size, after)
        rows.append(tidy([*(hanging if rows else ()), *rest[:size]]))
        rest = rest[size:]
        if not rest:
            return rows
        used = lead


def _fitting(characters: list[Span], cells: int) -> int:
    """Return how many of the characters fit."""
    used = 0
    for at, span in enumerate(characters):
        used += _cells(span.text)
        if used > cells:
            return at
    return len(characters)


def _better_cut(characters: list[Span], size: int, after: str) -> int:
    places = (at for at in range(size, size // 2, -1) if characters[at - 1].text in after)
    return next(places, size) if after else size


def beside(left: list[Line], right: list[Line], cells: int) -> list[Line] | None:
    """Return two blocks of lines side by side, the right one from so many cells on.

    None if a line of the left block is too long for that.
    """
    if any(row.width >= cells for row in left):
        return None
    rows = []
    for at in range(max(len(left), len(right))):
        first = left[at] if at < len(left) else BLANK
        second = right[at] if at < len(right) else BLANK
        rows.append(Line((*first.spans, Span(" " * (cells - first.width)), *second.spans)))
    return rows
