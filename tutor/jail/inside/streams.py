"""What somebody else's code prints to, and reads from."""

from __future__ import annotations

import io
import os
from typing import Any, Final

from tutor.jail.codes import TOO_MUCH_OUTPUT

KEPT_CAP: Final = 64_000
OUTPUT_CAP: Final = 1 << 20


class Printed(io.RawIOBase):
    """Keeps the beginning of what is printed; ends the process when it is more than is taken."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._room = KEPT_CAP
        self._left = OUTPUT_CAP

    @property
    def name(self) -> str:
        """The name that sys.stdout has."""
        return "<stdout>"

    def writable(self) -> bool:
        """Say that it can be written to, as print() asks."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes as far as there is room."""
        count = len(data)
        self._left -= count
        if self._left < 0:
            # An exception could be swallowed, again and again.
            os._exit(TOO_MUCH_OUTPUT)
        if self._room > 0:
            self._kept += bytes(data[: self._room])
            self._room -= count
            if self._room <= 0:
                self._kept += b"\n(the rest of the output is not shown)\n"
        return count

    def take(self) -> str:
        """Return what was printed since the last time."""
        text = self._kept.decode("utf-8", "replace")
        self._kept.clear()
        return text


class NoKeyboardError(EOFError):
    """Somebody was to type something."""


class NoKeyboard(io.TextIOBase):
    """A standard input at which nobody sits."""

    def readable(self) -> bool:
        """Say that it can be read, as input() asks."""
        return True

    def fileno(self) -> int:
        """Return the descriptor, which leads to the null device."""
        return 0

    def read(self, size: int | None = -1, /) -> str:
        """Refuse."""
        raise NoKeyboardError("EOF when reading a line")

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Refuse."""
        raise NoKeyboardError("EOF when reading a line")


def text_over(raw: Printed) -> io.TextIOWrapper:
    """Return a text stream like sys.stdout: with a buffer, an encoding, reconfigure()."""
    return io.TextIOWrapper(
        raw,
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        write_through=True,
    )
