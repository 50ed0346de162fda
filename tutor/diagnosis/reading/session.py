"""A session at Python's prompt, copied: ``>>>`` and ``...`` with the output between."""

from __future__ import annotations

import re
from typing import Final

from tutor.diagnosis.place import Place
from tutor.diagnosis.reading.chunks import Chunk, Draft
from tutor.diagnosis.reading.printed import output_of
from tutor.diagnosis.reading.scan import Scanner

_PROMPT: Final = re.compile(r"^(?:[ \t]|> )*>>>(?: |$|(?=\S))(.*)")
_MORE: Final = re.compile(r"^(?:[ \t]|> )*\.\.\.(?: (.*)|$)")
_BRANCH: Final = re.compile(r"(?:else|elif|except|finally)\b")


def is_session(chunk: Chunk) -> bool:
    """Tell whether some line begins with the prompt."""
    return any(map(_PROMPT.match, chunk.lines))


def read_session(chunk: Chunk) -> Draft:
    """Part what was typed, one chunk a statement, from what was printed."""
    reader = _Reader()
    for line, place in zip(chunk.lines, chunk.places, strict=True):
        reader.read(line, place)
    reader.close()
    return reader.draft


class _Reader:
    """Goes through the lines and knows whether a statement is still being typed."""

    def __init__(self) -> None:
        self.draft = Draft()
        self._typed: list[tuple[str, Place]] = []
        self._printed: list[tuple[str, Place]] = []
        self._scanner = Scanner()
        self._open = False
        self._block = False

    def read(self, line: str, place: Place) -> None:
        prompt = _PROMPT.match(line)
        more = _MORE.match(line) if self._open else None
        if prompt:
            self.close()
            self._open = True
            self._type(prompt[1], place)
        elif more:
            self._type(more[1] or "", place)
        elif self._open and self._goes_on(line):
            self._type(line, place)
        else:
            self._open = False
            self._printed.append((line, place))

    def close(self) -> None:
        """Keep what was typed and printed up to here."""
        if any(line.strip() for line, _ in self._typed):
            self.draft.chunks.append(_chunk(self._typed))
        if any(line.strip() for line, _ in self._printed):
            self.draft.outputs.append(output_of(_chunk(self._printed)))
        self._typed, self._printed = [], []
        self._scanner = Scanner()
        self._block = False

    def _type(self, line: str, place: Place) -> None:
        self._typed.append((line, place))
        self._scanner.feed(line)
        if self._scanner.fresh and line.split("#")[0].rstrip().endswith(":"):
            self._block = True
        if line.startswith("@"):
            self._block = True

    def _goes_on(self, line: str) -> bool:
        """Tell whether a line without a prompt belongs to the statement: the dots were lost."""
        if not self._scanner.fresh:
            return True
        if not self._block or not line.strip():
            return False
        return line[0] in " \t" or bool(_BRANCH.match(line)) or self._typed[-1][0].startswith("@")


def _chunk(lines: list[tuple[str, Place]]) -> Chunk:
    texts, places = zip(*lines, strict=True)
    return Chunk(tuple(texts), tuple(places))
