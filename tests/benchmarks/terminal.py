"""A program on a real pseudo-terminal: what it writes, and when the bytes arrive."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

COLUMNS, ROWS = 120, 40
QUIET = 0.06  # seconds without a byte after which a frame is over
_CHUNK = 1 << 16
_SHOWN = 2000  # characters
_ROOT = Path(__file__).parents[2]
_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P.*?\x1b\\|[()].|.)"
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that arrived at once, and when, on `time.perf_counter`."""

    at: float
    data: bytes


class Terminal:
    """A Python program of 120x40 on a pseudo-terminal of its own, from start to end.

    Parameters
    ----------
    arguments : sequence of str
        What stands after ``python`` on the command line.
    data : Path
        The folder of the learner's progress, so that nobody's own is touched.
    """

    def __init__(self, arguments: Sequence[str], data: Path) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=_environment(data),
            cwd=_ROOT,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def press(self, key: bytes) -> float:
        """Send a key's bytes; return the moment just before."""
        at = time.perf_counter()
        os.write(self._master, key)
        return at

    def read(self, quiet: float = QUIET, first: float | None = None) -> list[Chunk]:
        """Return what arrives until nothing has for ``quiet`` seconds.

        ``first`` is how long to wait for the first byte, where that is longer.
        """
        chunks: list[Chunk] = []
        wait = quiet if first is None else first
        while select.select([self._master], [], [], wait)[0]:
            try:
                data = os.read(self._master, _CHUNK)
            except OSError:  # the program has ended
                break
            chunks.append(Chunk(time.perf_counter(), data))
            wait = quiet
        return chunks

    def read_until(self, texts: Sequence[str], limit: float, quiet: float = 0.4) -> list[Chunk]:
        """Return what arrives until all of some texts have, and then nothing for a while.

        Raises
        ------
        TimeoutError
            If one of them has not come after ``limit`` seconds, or the program has ended.
        """
        chunks: list[Chunk] = []
        end = time.perf_counter() + limit
        while arrival(chunks, texts) is None:
            if time.perf_counter() > end or self._process.poll() is not None:
                came = plain(chunks)[-_SHOWN:]
                raise TimeoutError(f"{texts} did not all come in {limit} s; the last was:\n{came}")
            chunks += self.read(quiet, first=max(quiet, 1.0))
        return chunks


def arrival(chunks: Sequence[Chunk], texts: Sequence[str]) -> float | None:
    """Return when the last of some texts had arrived, or None. Text across chunks counts too."""
    whole = plain(chunks)
    if not all(text in whole for text in texts):
        return None
    for count, chunk in enumerate(chunks, start=1):
        so_far = plain(chunks[:count])
        if all(text in so_far for text in texts):
            return chunk.at
    return None


def plain(chunks: Sequence[Chunk]) -> str:
    """Return what arrived as text, without the terminal's commands."""
    return _ESCAPES.sub(b"", b"".join(chunk.data for chunk in chunks)).decode(errors="replace")


def _environment(data: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "GRADTUTOR_DATA": str(data),
    }
