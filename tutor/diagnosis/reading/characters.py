"""Characters that look like others: what a blog or a word processor puts into copied code."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from tutor.diagnosis.reading.scan import Scanner

_SPACE: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_NOTHING: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WIDE: Final = re.compile("[！＃-＆（-／０-９：-＠［-｀｛-～]")
_WIDTH: Final = ord("！") - ord("!")

_REPAIRS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str], str], ...]] = (
    (_SPACE, lambda match: " ", "a full-width or non-breaking space was read as a plain one"),
    (_NOTHING, lambda match: "", "an invisible character was left out"),
    (
        _WIDE,
        lambda match: chr(ord(match[0]) - _WIDTH),
        "a full-width character was read as the plain one",
    ),
)
_SUSPECT: Final = re.compile("|".join(pattern.pattern for pattern, _, _ in _REPAIRS))
_MARGIN: Final = re.compile(r"[ \t\f]*")


def with_plain_characters(lines: Sequence[str]) -> tuple[list[str], dict[str, int]]:
    """Replace look-alikes outside strings and comments.

    Returns
    -------
    list of str
        As many lines.
    dict of str to int
        What was done, and in how many lines.
    """
    scanner = Scanner()
    out = []
    done: dict[str, int] = {}
    for line in lines:
        pieces = scanner.feed(line)
        if _SUSPECT.search(line):
            pieces = [piece._replace(text=_repair(piece.text, done)) if piece.is_code else piece
                      for piece in pieces]  # fmt: skip
        out.append("".join(piece.text for piece in pieces))
    return out, done


def _repair(text: str, done: dict[str, int]) -> str:
    for pattern, plain, what in _REPAIRS:
        text, count = pattern.subn(plain, text)
        if count:
            done[what] = done.get(what, 0) + 1
    return text


def without_tabs(lines: Sequence[str], width: int) -> list[str]:
    """Replace the tabs of the margins by spaces up to the next stop; strings stay as they are."""
    scanner = Scanner()
    out = []
    for line in lines:
        margin = _MARGIN.match(line)
        if margin and not scanner.quote:
            out.append(margin[0].expandtabs(width) + line[margin.end() :])
        else:
            out.append(line)
        scanner.feed(line)
    return out
