"""A lesson's text as lines: paragraphs, lists, fenced code, **bold** and `code`, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tutor.ui.drawing.ink import BLANK, Line, Span, fold
from tutor.ui.drawing.wrap import wrap

_INLINE = re.compile(r"(`[^`]+`|\*\*[^*]+\*\*)")
_BULLET = re.compile(r"^(\s*)(-|\d+\.)\s+(.*)$")


def inline(text: str) -> tuple[Span, ...]:
    """Return a paragraph's text as spans of plain, bold and code."""
    return tuple(_inline_span(part) for part in _INLINE.split(text) if part)


def _inline_span(part: str) -> Span:
    if len(part) > 2 and part[0] == part[-1] == "`":
        return Span(part[1:-1], "code")
    if len(part) > 4 and part.startswith("**") and part.endswith("**"):
        return Span(part[2:-2], "strong")
    return Span(part)


@lru_cache(maxsize=256)
def prose(text: str, cells: int, lead: str = " ") -> tuple[Line, ...]:
    """Return a text's lines in a width, with blank lines between its blocks."""
    lines: list[Line] = []
    for block in _blocks(text):
        if lines:
            lines.append(BLANK)
        lines += [Line((Span(lead), *row)) for row in _rows(block, max(8, cells - len(lead)))]
    return tuple(lines)


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield paragraphs, lists and fenced code; a fence keeps its blank lines."""
    block: list[str] = []
    fenced = False
    for row in text.strip("\n").split("\n"):
        if row.lstrip().startswith("```"):
            if not fenced and block:
                yield block
                block = []
            block.append(row)
            if fenced:
                yield block
                block = []
            fenced = not fenced
        elif fenced or row.strip():
            block.append(row)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _rows(block: list[str], cells: int) -> Iterator[tuple[Span, ...]]:
    if block[0].lstrip().startswith("```"):
        yield from _code(tuple(block[1:-1] if block[-1].lstrip() == "```" else block[1:]), cells)
        return
    for item in _items(block):
        bullet = _BULLET.match(item)
        if bullet:
            indent, sign, text = bullet.groups()
            hang = " " * (len(indent) + len(sign) + 1)
            yield from wrap((Span(f"{indent}{sign} ", "code"), *inline(text)), cells, hang)
        else:
            yield from wrap(inline(item), cells)


def _items(block: Sequence[str]) -> Iterator[str]:
    """Join the lines of a paragraph and of each list item, as Markdown does."""
    item = ""
    for row in block:
        if _BULLET.match(row) and item:
            yield item
            item = row
        else:
            item = f"{item} {row.strip()}" if item else row
    yield item


def _code(lines: tuple[str, ...], cells: int) -> Iterator[tuple[Span, ...]]:
    from tutor.ui.drawing.highlight import highlight

    for spans in highlight(lines):
        yield from fold((Span("  "), *spans), cells, Span("      "))
