"""Signals by which a run is asked to end, and how much memory it may take."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Final

from tutor.tracing.inside.ending import Ending

STOP: Final = getattr(signal, "SIGUSR1", signal.SIGINT)
TIME: Final = getattr(signal, "SIGUSR2", signal.SIGINT)
_LATER: Final = getattr(signal, "SIGALRM", None)
STOPS: Final = tuple({number for number in (STOP, TIME, _LATER) if number is not None})


def meaning(number: int | None) -> Ending:
    """Return what a signal asks for."""
    return Ending.TIME if number == TIME != STOP else Ending.STOPPED


def wake_main_thread() -> None:
    """Have the main thread stop."""
    ident = threading.main_thread().ident
    if ident is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(ident, STOP)
    else:
        signal.raise_signal(STOP)


def wake_later(seconds: float) -> None:
    """Have the main thread stop in a moment."""
    if _LATER is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def limit_memory(size: int) -> None:
    """Let the process take so many bytes and no more, where the system can do that.

    What counts is what may be written: libraries set much more aside that they never touch.
    """
    if not size or sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (size, hard))


def no_more(frames: int) -> None:
    """Take the limits away: what comes now is no longer the learner's."""
    sys.setrecursionlimit(frames)
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def note_crashes(path: str) -> None:
    """Have the lines of a crash below Python written to a file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    faulthandler.enable(descriptor, all_threads=False)
