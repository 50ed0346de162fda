"""Requests and answers over the line to somebody else's process, each in its time."""

from __future__ import annotations

import os
import queue
import secrets
import select
import threading
from collections.abc import Callable
from typing import Any, Final

from tutor.jail.clock import Clock
from tutor.jail.frames import BadFrame, read_exactly, read_frame

NONCE_SIZE: Final = 16
_AT_ONCE: Final = 1 << 16

Answer = tuple[dict[str, Any], object]


class NotTheirs(Exception):
    """Bytes that the jail did not send."""


class Talk:
    """One question, one answer.

    Parameters
    ----------
    lines : pair of int
        The descriptors to write to and to read from.
    """

    def __init__(self, lines: tuple[int, int]) -> None:
        self._to, self._from = lines
        self._came = b""
        self._wait = _wait if os.name != "nt" else None
        if self._wait:
            for line in lines:
                os.set_blocking(line, False)

    def await_word(self, clock: Clock) -> None:
        """Wait for the first word, and leave it on the line.

        Raises
        ------
        TimeUp
            If there was no time left.
        """
        clock.resume()
        while self._wait and not self._wait(self._from, select.POLLIN, clock.patience()):
            pass

    def hear(self, clock: Clock) -> dict[str, Any]:
        """Return the message with which the process says that it is ready.

        Raises
        ------
        TimeUp, EOFError, OSError, NotTheirs
            As `exchange`.
        """
        return self._within(clock, lambda: self._frame(clock))[0]

    def exchange(self, request: bytes, clock: Clock) -> Answer:
        """Send a frame and return the answer.

        Raises
        ------
        TimeUp
            If there was no time left.
        NotTheirs
            If what came is not the answer to this request.
        EOFError, OSError
            If the other side is gone.
        """
        nonce = secrets.token_bytes(NONCE_SIZE)

        def both() -> Answer:
            self._write(request + nonce, clock)
            # Bytes that came without a question are read here too, and are no nonce.
            if read_exactly(lambda count: self._read(count, clock), NONCE_SIZE) != nonce:
                raise NotTheirs
            return self._frame(clock)

        return self._within(clock, both)

    def _frame(self, clock: Clock) -> Answer:
        try:
            return read_frame(lambda count: self._read(count, clock))
        except BadFrame as error:
            raise NotTheirs from error

    def _within(self, clock: Clock, act: Callable[[], Answer]) -> Answer:
        clock.resume()
        try:
            return act() if self._wait else _in_thread(act, clock)
        finally:
            clock.pause()

    def _read(self, count: int, clock: Clock) -> bytes:
        """Return at most so many bytes; what came beyond them is kept for the next call."""
        if not self._came:
            while self._wait and not self._wait(self._from, select.POLLIN, clock.patience()):
                pass
            self._came = os.read(self._from, max(count, _AT_ONCE) if self._wait else count)
        part, self._came = self._came[:count], self._came[count:]
        return part

    def _write(self, data: bytes, clock: Clock) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._to, view) :]
            except BlockingIOError:
                assert self._wait is not None
                self._wait(self._to, select.POLLOUT, clock.patience())


def _wait(line: int, event: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(line, event)
    return bool(poll.poll(seconds * 1000))


def _in_thread(act: Callable[[], Answer], clock: Clock) -> Answer:
    """Act in a thread, since on Windows no pipe can be waited for."""
    answers: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()

    def put() -> None:
        try:
            answers.put(act())
        except (EOFError, OSError, ValueError, NotTheirs) as error:
            answers.put(error)

    threading.Thread(target=put, daemon=True).start()
    while True:
        try:
            answer = answers.get(timeout=clock.patience())
        except queue.Empty:
            continue
        if isinstance(answer, BaseException):
            raise answer
        return answer
