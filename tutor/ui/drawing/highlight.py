"""Python source as marked spans, by the standard library's own tokenizer."""

from __future__ import annotations

import builtins
import io
import keyword
import textwrap
import tokenize
from functools import lru_cache

from tutor.ui.drawing.ink import Span

_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_STRINGS = frozenset(
    number
    for number, name in tokenize.tok_name.items()
    if name == "STRING" or name.startswith(("FSTRING", "TSTRING"))
)


@lru_cache(maxsize=64)
def highlight(lines: tuple[str, ...]) -> tuple[tuple[Span, ...], ...]:
    """Return each line of a piece of source as spans, with their common indentation removed.

    Source that does not tokenize to its end keeps its text and goes without colour from there.
    """
    text = textwrap.dedent("\n".join(lines)).expandtabs(4)
    rows = text.split("\n")
    inks: list[list[str]] = [["text"] * len(row) for row in rows]
    after_def = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            ink = "function" if after_def else _ink(token)
            after_def = token.string in ("def", "class") or (after_def and not token.string)
            _paint(inks, token.start, token.end, ink)
    except (tokenize.TokenError, SyntaxError):
        pass
    return tuple(_spans(row, ink) for row, ink in zip(rows, inks, strict=True))


def _ink(token: tokenize.TokenInfo) -> str:
    if token.type in _STRINGS:
        return "string"
    if token.type == tokenize.COMMENT:
        return "comment"
    if token.type == tokenize.NUMBER:
        return "number"
    if token.type == tokenize.OP:
        return "operator"
    if token.type == tokenize.NAME:
        if keyword.iskeyword(token.string):
            return "keyword"
        return "builtin" if token.string in _BUILTINS else "text"
    return "text"


def _paint(inks: list[list[str]], start: tuple[int, int], end: tuple[int, int], ink: str) -> None:
    if ink == "text":
        return
    for row in range(start[0], end[0] + 1):
        if row > len(inks):
            return
        line = inks[row - 1]
        first = start[1] if row == start[0] else 0
        last = end[1] if row == end[0] else len(line)
        for at in range(first, min(last, len(line))):
            line[at] = ink


def _spans(row: str, inks: list[str]) -> tuple[Span, ...]:
    spans: list[Span] = []
    start = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or inks[at] != inks[start]:
            spans.append(Span(row[start:at], inks[start]))
            start = at
    return tuple(spans)
