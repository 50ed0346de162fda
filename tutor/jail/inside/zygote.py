"""The warm process: with NumPy imported, it forks a child for each oracle.

It reads requests on a socket: a JSON list, and with it two descriptors, the child's line and the
child's status. On the status it tells how the child ended; when the judge closes its end, or shuts
it for writing, the child is killed. When the judge is gone, so are all of them.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
from dataclasses import dataclass
from typing import Final

from tutor.jail.inside.child import alone_with, run
from tutor.jail.inside.confine import Bounds, Walls
from tutor.jail.inside.kernel import PR_SET_PDEATHSIG, prctl

REQUEST_CAP: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class _Running:
    pid: int
    pidfd: int
    status: socket.socket


class Zygote:
    """Forks and reaps.

    Parameters
    ----------
    control : int
        Descriptor of the socket on which requests come.
    root : str
        The folder in which the children have theirs; removed at the end.
    keep : frozenset of str
        Loaded modules that a program's own do not replace.
    layers : tuple of str
        What already holds this process in.
    """

    def __init__(
        self, control: int, root: str, keep: frozenset[str], layers: tuple[str, ...]
    ) -> None:
        self._control = socket.socket(fileno=control)
        self._root = root
        self._keep = keep
        self._layers = layers
        self._running: dict[int, _Running] = {}
        self._poll = select.poll()

    def serve(self) -> None:
        """Fork children until the judge is gone."""
        # Objects that are never collected leave their pages as they are, shared with the children.
        gc.disable()
        gc.collect()
        gc.freeze()
        self._poll.register(self._control, select.POLLIN)
        while self._round():
            pass
        # Each is there twice, under both of its descriptors.
        for running in {running.pid: running for running in self._running.values()}.values():
            self._kill(running)
            self._reap(running)
        shutil.rmtree(self._root, ignore_errors=True)

    def _round(self) -> bool:
        ready = [descriptor for descriptor, _ in self._poll.poll()]
        for descriptor in ready:
            running = self._running.get(descriptor)
            if running is not None and descriptor == running.pidfd:
                self._reap(running)
            elif running is not None:
                self._poll.unregister(descriptor)
                self._kill(running)
        # Last, since what it opens may get a number that was closed just now.
        return self._control.fileno() not in ready or self._take_request()

    def _take_request(self) -> bool:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, REQUEST_CAP, 2)
        except ConnectionError:
            return False
        if not data:
            return False
        line, status = descriptors
        seconds, scratch = json.loads(data)
        pid = os.fork()
        if pid == 0:
            self._become_child(line, Bounds(seconds, scratch))
        os.close(line)
        self._watch(_Running(pid, os.pidfd_open(pid), socket.socket(fileno=status)))
        return True

    def _become_child(self, line: int, bounds: Bounds) -> None:
        try:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            walls = Walls()
            walls.layers += ["warm process", *self._layers]
            run(alone_with(line), bounds, self._keep, walls)
        finally:
            os._exit(1)

    def _watch(self, running: _Running) -> None:
        self._running[running.pidfd] = self._running[running.status.fileno()] = running
        self._poll.register(running.pidfd, select.POLLIN)
        self._poll.register(running.status, select.POLLIN)

    def _kill(self, running: _Running) -> None:
        for kill in (os.kill, os.killpg):
            # It leads a session of its own as soon as it has come that far.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(running.pid, signal.SIGKILL)

    def _reap(self, running: _Running) -> None:
        # Not yet reaped, its number is still its own, and its group's.
        self._kill(running)
        _, status, usage = os.wait4(running.pid, 0)
        for descriptor in (running.pidfd, running.status.fileno()):
            if self._running.pop(descriptor, None):
                with contextlib.suppress(KeyError):
                    self._poll.unregister(descriptor)
        end = [os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime]
        with contextlib.suppress(OSError):
            running.status.send(json.dumps(end).encode())
        running.status.close()
        os.close(running.pidfd)
