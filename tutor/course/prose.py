"""Numbers that were typed into a text where a computed figure belongs."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tutor.course.figure import QUOTE

# "three of twelve" may be written as digits; a larger number is a figure of some run.
LARGEST_COUNT: Final = 12

_NUMBER: Final = re.compile(  # 7, 10,000, 0.5, .5, 1e-4
    r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?:[eE][-+]?\d+)?(?!\.\d)"
)
_CODE: Final = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1[ \t]*$|(`+)[^`].*?\2", re.M | re.S)
_LINK: Final = re.compile(r"https?://\S+")


class Typed(NamedTuple):
    """A number as it stands in a text, its offset, and whether it stands in code."""

    text: str
    offset: int
    in_code: bool


def typed_numbers(text: str, literals: frozenset[float]) -> Iterator[Typed]:
    """Yield each number that should be a quoted figure.

    Parameters
    ----------
    literals : frozenset of float
        The numbers of the source that runs; code may repeat them.
    """
    bare = _blank(_LINK, _blank(QUOTE, text))
    for match in _CODE.finditer(bare):
        for typed in _figures(match[0], match.start(), True):
            if _value(typed.text) not in literals:
                yield typed
    yield from _figures(_blank(_CODE, bare), 0, False)


def literals(sources: Iterable[str]) -> frozenset[float]:
    """Return every number that stands in some source as code, not in comments or strings."""
    found: set[float] = set()
    for source in sources:
        try:
            for token in tokenize.generate_tokens(io.StringIO(source).readline):
                if token.type == tokenize.NUMBER:
                    found.add(_value(token.string))
        # A part of a file, such as one method, may end early or be indented.
        except (tokenize.TokenError, IndentationError, SyntaxError):
            continue
    return frozenset(found)


def _figures(text: str, offset: int, in_code: bool) -> Iterator[Typed]:
    for match in _NUMBER.finditer(text):
        plain = match[0].isdecimal() and int(match[0]) <= LARGEST_COUNT
        if match[0] and not plain:
            yield Typed(match[0], offset + match.start(), in_code)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Replace what matches by spaces, so that offsets and lines stay."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _value(number: str) -> float:
    try:
        return float(number.replace(",", "").replace("_", ""))
    except ValueError:
        return float("nan")
