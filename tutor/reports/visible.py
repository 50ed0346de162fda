"""Text that a stranger wrote, made fit to be printed: nothing hidden, nothing endless."""

from __future__ import annotations

import unicodedata
from typing import Final

MOST_NAME: Final = 120
MOST_TEXT: Final = 600
_TAB: Final = 4


def visible(text: str) -> str:
    r"""Return a text as one line: spaces plain, everything else that cannot be seen spelt out.

    An escape sequence, a line break, a mark that turns the writing round and half a character
    come out as ``\x1b`` and the like. The result has no control characters.
    """
    return "".join(map(_shown, text))


def code_line(text: str) -> str:
    """Return a line of code as it is shown, its tabs as spaces."""
    return visible(text.expandtabs(_TAB))


def shortened(text: str, most: int = MOST_TEXT) -> str:
    """Return a text in one visible line, cut behind so many characters with how much was cut."""
    # Only what is shown is spelt out: the text may be as long as a student can make it.
    shown = visible(text[:most])
    return shown if len(text) <= most else f"{shown}… ({len(text) - most:,} more characters)"


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return "  " if unicodedata.east_asian_width(character) == "F" else " "
    return character.encode("unicode_escape").decode()
