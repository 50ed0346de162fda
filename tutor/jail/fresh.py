"""A jailed interpreter of its own for one oracle, where there is no warm process."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from typing import Any

from tutor.jail.launch import End, command, environment, remove


class FreshChild:
    """A process started for one oracle.

    Parameters
    ----------
    seconds : float
        Processor time.
    why : str
        Why it is not a child of the warm process.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(self, seconds: float, why: str) -> None:
        self._scratch = os.path.realpath(tempfile.mkdtemp(prefix="gradtutor-"))
        self._closing = contextlib.ExitStack()
        self._closing.callback(remove, self._scratch)
        arguments = (repr(seconds), self._scratch, why)
        options = {"cwd": self._scratch, "env": environment(), "stderr": subprocess.DEVNULL}
        self._process: subprocess.Popen[bytes]
        self.lines: tuple[int, int]
        try:
            start = self._open_windows if os.name == "nt" else self._open_posix
            start(arguments, options)
        except BaseException:
            self._closing.close()
            raise

    def pid(self) -> int | None:
        """Return its number."""
        return self._process.pid

    def end(self, seconds: float) -> End | None:
        """Wait so long for its end; None if it goes on."""
        try:
            return End(self._process.wait(max(seconds, 0)))
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """End it and its group, and remove its folder."""
        with contextlib.suppress(OSError):
            if os.name == "nt":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._closing.close()

    def _open_posix(self, arguments: tuple[str, ...], options: dict[str, Any]) -> None:
        ours, theirs = socket.socketpair()
        self._closing.callback(ours.close)
        with theirs:
            number = str(theirs.fileno())
            self._process = subprocess.Popen(
                command("start_fresh", number, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                **options,
            )
        self.lines = (ours.fileno(), ours.fileno())

    def _open_windows(self, arguments: tuple[str, ...], options: dict[str, Any]) -> None:
        """Start it with the pipes as stdin and stdout; the child moves them out of the way."""
        self._process = subprocess.Popen(
            command("start_fresh", "0", *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            **options,
        )
        to, back = self._process.stdin, self._process.stdout
        assert to is not None
        assert back is not None
        self.lines = (to.fileno(), back.fileno())
        self._closing.callback(back.close)
        self._closing.callback(to.close)
