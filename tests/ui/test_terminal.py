"""The program in a real pseudo-terminal: how it ends, and what it keeps."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LESSONS = str(Path(__file__).parent / "lessons")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")


class Terminal:
    """The tutor as a child process."""

    def __init__(self, pid: int, fd: int) -> None:
        self.pid, self.fd, self.said = pid, fd, b""

    def until(self, wanted: str, seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.05)
            if wanted in self.plain:
                return
        raise AssertionError(f"{wanted!r} never came; the end of it: {self.plain[-400:]!r}")

    @property
    def plain(self) -> str:
        return re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", self.said).decode(errors="replace")

    def read(self, seconds: float) -> None:
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if ready:
            with contextlib.suppress(OSError):
                self.said += os.read(self.fd, 65_536)

    def end(self, seconds: float = 10.0) -> int:
        """Wait for the end; return the exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("the program did not end")


@contextmanager
def started(data: Path, *words: str) -> Iterator[Terminal]:
    pid, fd = pty.fork()
    if pid == 0:
        # Given whole: readline may have put LINES and COLUMNS where os.environ does not see them.
        own = {**os.environ, "GRADTUTOR_DATA": str(data), "TERM": "xterm-256color"}
        call = [sys.executable, "-m", "tutor", "--lessons", LESSONS, *words]
        os.execve(sys.executable, call, own)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        yield Terminal(pid, fd)
    finally:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        with contextlib.suppress(OSError):
            os.close(fd)


@pytest.mark.parametrize("how", ["ctrl+c", "q", "hangup", "terminate", "kill"])
def test_however_it_ends_the_answer_is_kept(tmp_path: Path, how: str) -> None:
    with started(tmp_path) as terminal:
        terminal.until("1.05734382")
        os.write(terminal.fd, b"2")
        terminal.until("The left x is the array")
        if how in ("ctrl+c", "q"):
            os.write(terminal.fd, b"\x03" if how == "ctrl+c" else b"q")
            assert terminal.end() == 0
        else:
            if how == "kill":
                time.sleep(0.5)
            number = {"hangup": 1, "terminate": 15, "kill": 9}[how]
            os.kill(terminal.pid, number)
            assert terminal.end() in (128 + number, -number)
    kept = json.loads((tmp_path / "progress.json").read_text())
    assert "same-or-not" in kept["lessons"]["small"]["answers"]
    assert "Traceback" not in terminal.plain


def test_no_colour_and_a_dumb_palette_still_show_the_lesson(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with started(tmp_path, "lesson", "small") as terminal:
        terminal.until("Only on the left.")
        terminal.until(">-1.0573<")
