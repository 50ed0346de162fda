"""Time limits for a student's code that leave its process alive."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_WAITING = 3  # times as much by the clock as of processor time


class Cut(BaseException):
    """Something took longer than it may. No ``except Exception`` of a student's stops it."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """End what runs inside with a `Cut` once it has used so much processor time."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_: int, __: FrameType | None) -> None:
        raise Cut

    kinds = (
        (signal.SIGVTALRM, signal.ITIMER_VIRTUAL, seconds),
        (signal.SIGALRM, signal.ITIMER_REAL, _WAITING * seconds),
    )
    for number, timer, limit in kinds:
        signal.signal(number, stop)
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for number, timer, _limit in kinds:
            signal.setitimer(timer, 0)
            signal.signal(number, signal.SIG_DFL)
