"""What the learner's file prints to: beside the step that prints, or to the rest of the output."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from typing import Any, Final

OUTPUT_CAP: Final = 1 << 20


class Outlet(io.RawIOBase):
    """A stream's end: hands on what is printed, up to a megabyte of both streams together.

    Parameters
    ----------
    name : str
    take : callable
        Is given the text.
    """

    def __init__(self, name: str, take: Callable[[str], None]) -> None:
        self._name = name
        self._take = take
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def name(self) -> str:
        """The name that the stream has in Python."""
        return self._name

    def writable(self) -> bool:
        """Say that it can be written to, as print() asks."""
        return True

    def write(self, data: Any) -> int:
        """Hand the text on."""
        text = self._decoder.decode(bytes(data))
        if text:
            self._take(text)
        return len(data)


def text_over(outlet: Outlet) -> io.TextIOWrapper:
    """Return a text stream like sys.stdout: with an encoding, a buffer and reconfigure()."""
    return io.TextIOWrapper(
        outlet,
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        write_through=True,
    )
