"""Which characters of a line are code, and which stand in a string or a comment.

Python's own tokenizer stops at the first character it does not take. This one is for text that
does not parse: it goes on to the end.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(r"#.*|\"\"\"|'''|[\"'()\[\]{}\\]|[^#\"'()\[\]{}\\]+")
_END: Final = {
    quote: re.compile(rf"(?:[^{quote[0]}\\]++|\\.|{inside})*+{quote}")
    for quote, inside in (
        ('"', "(?!)"),
        ("'", "(?!)"),
        ('"""', '"(?!"")'),
        ("'''", "'(?!'')"),
    )
}


class Piece(NamedTuple):
    """A stretch of a line."""

    is_code: bool
    text: str


class Scanner:
    """Reads lines one after the other and knows what stands open.

    Attributes
    ----------
    depth : int
        How many brackets are open.
    quote : str
        The quotation mark of the string that is open, or nothing.
    continued : bool
        Whether the last line ended in a backslash.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.quote = ""
        self.continued = False

    @property
    def fresh(self) -> bool:
        """Whether a new statement may begin in the next line."""
        return not (self.depth or self.quote or self.continued)

    def feed(self, line: str) -> list[Piece]:
        """Read one line, without its line end, and return its pieces."""
        self.continued = False
        pieces = []
        at = 0
        while at < len(line):
            start = at
            is_code = not self.quote
            at = self._string(line, at) if self.quote else self._token(line, at)
            pieces.append(Piece(is_code and line[start] not in "#\"'", line[start:at]))
        return pieces

    def _string(self, line: str, at: int) -> int:
        end = _END[self.quote].match(line, at)
        if end:
            self.quote = ""
            return end.end()
        if len(self.quote) == 1:
            self.continued = _ends_in_backslash(line)
            # A string in single quotes ends with its line, unless the line is continued.
            self.quote = self.quote if self.continued else ""
        return len(line)

    def _token(self, line: str, at: int) -> int:
        match = _TOKEN.match(line, at)
        token = match.group() if match else line[at]
        if token in _END:
            self.quote = token
        elif token in "([{":
            self.depth += 1
        elif token in ")]}":
            self.depth = max(0, self.depth - 1)
        elif token == "\\":
            self.continued = at + 1 == len(line)
        return at + len(token)


def code_of(line: str) -> str:
    """Return a line without what stands in its strings and comments; the quotes stay."""
    out = []
    for piece in Scanner().feed(line):
        text = piece.text
        if piece.is_code:
            out.append(text)
        elif text[0] in "\"'":
            out.append(text[0])
        elif text[-1] in "\"'":
            out.append(text[-1])
    return "".join(out)


def _ends_in_backslash(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1
