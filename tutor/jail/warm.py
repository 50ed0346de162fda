"""The judge's end of the warm process, which forks a child for each oracle."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from itertools import count
from typing import Final

from tutor.jail.bubblewrap import wrapped
from tutor.jail.launch import End, command, environment, remove

END_SECONDS: Final = 5.0
_REPORT_CAP: Final = 1024
_CREDENTIALS: Final = struct.Struct("3i")  # pid, uid, gid


class NoWarmProcess(Exception):
    """There is none; the message says why."""


class WarmChild:
    """A child of the warm process."""

    def __init__(self, line: socket.socket, status: socket.socket, scratch: str) -> None:
        self._line = line
        self._status = status
        self._scratch = scratch
        self._end: End | None = None
        self.lines = (line.fileno(), line.fileno())

    def pid(self) -> int | None:
        """Return its number, also where in a bubble it has another: the kernel translates it."""
        space = socket.CMSG_SPACE(_CREDENTIALS.size)
        try:
            _, extra, _, _ = self._line.recvmsg(1, space, socket.MSG_PEEK)
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        except OSError:
            return None
        for level, kind, data in extra:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                return int(_CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]) or None
        return None

    def end(self, seconds: float) -> End | None:
        """Wait so long for its end; None if it goes on."""
        if self._end is None and select.select([self._status], [], [], max(seconds, 0))[0]:
            self._end = self._report()
        return self._end

    def close(self) -> None:
        """End it, and remove its folder."""
        if self._status.fileno() >= 0:
            with contextlib.suppress(OSError):
                self._status.shutdown(socket.SHUT_WR)
            self.end(END_SECONDS)
            self._line.close()
            self._status.close()
            remove(self._scratch)

    def _report(self) -> End:
        try:
            return End(*json.loads(self._status.recv(_REPORT_CAP)))
        except (OSError, ValueError):
            # The warm process itself is gone.
            return End()


class Warm:
    """A warm process: started once, it serves all oracles of this process.

    Parameters
    ----------
    helpers : str
        A package that its children import; there it is imported once for all.

    Raises
    ------
    NoWarmProcess
        If it cannot be started.
    """

    def __init__(self, helpers: str = "") -> None:
        if sys.platform != "linux":
            raise NoWarmProcess("needs Linux")
        self._owner = os.getpid()
        self._numbers = count()
        self._root = os.path.realpath(tempfile.mkdtemp(prefix="gradtutor-"))
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = self._start(theirs.fileno(), helpers)

    def _start(self, control: int, helpers: str) -> subprocess.Popen[bytes]:
        arguments = ("start_warm", str(control), self._root, helpers)
        wanted = wrapped(command(*arguments, "bubblewrap"), self._root) or command(*arguments)
        try:
            return subprocess.Popen(
                wanted,
                cwd=self._root,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(control,),
                start_new_session=True,
            )
        except OSError as error:
            raise NoWarmProcess(error.strerror or str(error)) from error

    def fork(self, seconds: float) -> WarmChild:
        """Start a child that may use so much processor time.

        Raises
        ------
        NoWarmProcess
            If the warm process is gone.
        """
        scratch = os.path.join(self._root, f"{os.getpid()}-{next(self._numbers)}")
        line, their_line = socket.socketpair()
        status, their_status = socket.socketpair()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with their_line, their_status:
            request = json.dumps([seconds, scratch]).encode()
            try:
                os.mkdir(scratch)
                descriptors = [their_line.fileno(), their_status.fileno()]
                socket.send_fds(self._control, [request], descriptors)
            except OSError as error:
                line.close()
                status.close()
                raise NoWarmProcess(f"it ended: {error.strerror}") from error
        return WarmChild(line, status, scratch)

    def close(self) -> None:
        """End it and its children."""
        self._control.close()
        if self._owner != os.getpid():
            return
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        remove(self._root)


class _Shared:
    """The one warm process of this process, and why there is none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._warm: Warm | None = None
        self._why = ""
        self.helpers = ""

    def get(self) -> Warm:
        with self._lock:
            if self._why:
                raise NoWarmProcess(self._why)
            if self._warm is None:
                try:
                    self._warm = Warm(self.helpers)
                except NoWarmProcess as error:
                    self._why = str(error)
                    raise
            return self._warm

    def drop(self, warm: Warm, why: str = "") -> None:
        """Forget it; with a reason, for good."""
        with self._lock:
            if self._warm is warm:
                self._warm = None
                self._why = why
        warm.close()

    def close(self) -> None:
        with self._lock:
            warm, self._warm = self._warm, None
        if warm is not None:
            warm.close()


_shared: Final = _Shared()
atexit.register(_shared.close)


def start_early(helpers: str = "") -> None:
    """Start the warm process, if there can be one, while other things are being imported.

    Parameters
    ----------
    helpers : str
        A package of this program that the helpers of what is run are in. A warm process that is
        there already does not know it: there each child imports it anew.
    """
    _shared.helpers = helpers or _shared.helpers
    with contextlib.suppress(NoWarmProcess):
        _shared.get()


def fork(seconds: float) -> WarmChild:
    """Start a child of the shared warm process, which is started if need be.

    Raises
    ------
    NoWarmProcess
        If there can be none.
    """
    warm = _shared.get()
    try:
        return warm.fork(seconds)
    except NoWarmProcess:
        # Somebody ended it; once more, with another.
        _shared.drop(warm)
        return _shared.get().fork(seconds)


def give_up(why: str) -> None:
    """Use no warm process any more."""
    with contextlib.suppress(NoWarmProcess):
        _shared.drop(_shared.get(), why)
