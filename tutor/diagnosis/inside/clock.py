"""Time limits for a student's code that leave its process alive."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from _thread import get_ident
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from types import FrameType
from typing import Any

from tutor.diagnosis.inside.space import files

resource: Any
try:
    import resource
except ImportError:  # Windows has none
    resource = None

_WAITING = 3  # times as much by the clock as of processor time
_PATIENCE = 4.0  # seconds of processor time that may go to what is cut, in all
_SHORT = 0.1  # for each, afterwards
_AGAIN = 0.02  # seconds until it is tried once more to cut what goes on
_GROWTH = 32 << 20  # bytes within half a limit: it will have all of the memory
_SLEEP = 20.0  # seconds that may be slept in all, none of which is waited for

_spent: list[float] = []
_slept: list[float] = []
_main = get_ident()
_wait = time.sleep
_IGNORE = int(signal.SIG_IGN)
_for_student = signal.signal
# The function in C: the one around it makes an enum of every number, a thousand times over.
_set_handler: Callable[..., Any] = getattr(import_module("_signal"), "signal")  # noqa: B009
_set_mask: Callable[..., Any] = getattr(signal, "pthread_sigmask", None) or (lambda *_: set())
_set_timer: Callable[..., Any] = getattr(signal, "setitimer", None) or (lambda *_: None)


class Cut(BaseException):
    """Something took longer than it may. No ``except Exception`` of a student's stops it."""


class Grown(Cut):
    """It was cut while it took more and more memory."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """End what runs inside with a `Cut` once it has used so much processor time.

    Once much time has gone to what had to be cut, the limits are short. `Grown` is raised where
    what ran took memory to the end.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    limit = seconds if sum(_spent) < _PATIENCE else min(seconds, _SHORT)
    stop = _Stop()
    begun = time.process_time()
    kinds = (
        (signal.SIGVTALRM, signal.ITIMER_VIRTUAL, limit / 2, stop.tick),
        (signal.SIGALRM, signal.ITIMER_REAL, _WAITING * limit, stop.cut),
    )
    for number, timer, after, act in kinds:
        _set_handler(number, act)
        _set_timer(timer, after, after)
    try:
        yield
    except Cut:
        _spent.append(max(time.process_time() - begun, limit))
        raise
    finally:
        sys.settrace(None)
        for number, timer, *_rest in kinds:
            _set_timer(timer, 0)
            _set_handler(number, _IGNORE)


class _Stop:
    """Cuts when the time is over, and again and again where that is swallowed."""

    def __init__(self) -> None:
        self.held: list[int] = [memory()]
        self.cuts = 0

    def tick(self, number: int, frame: FrameType | None) -> None:
        self.held.append(memory())
        if len(self.held) > 2:
            self.cut(number, frame)

    def cut(self, _: int, frame: FrameType | None) -> None:
        self.cuts += 1
        if self.cuts > 1:
            _set_timer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
            _insist(frame)
        raise Grown if self._is_growing() else Cut

    def _is_growing(self) -> bool:
        """Tell whether memory was taken in each half of the time, or twice as much in all.

        Where the system takes longer to give the memory than the code to ask for it, the clock
        may end it before half of its own time is over.
        """
        held = [*self.held, memory()][:3]
        grown = [after - before for before, after in pairwise(held)]
        return sum(grown) > 2 * _GROWTH and min(grown) > _GROWTH


def _insist(frame: FrameType | None) -> None:
    """Have the next line of the student's raise too: that is the handler that swallows."""

    def trace(traced: FrameType, event: str, _: Any) -> Any:
        if traced.f_code.co_filename not in files:
            return None
        if event == "line":
            raise Cut
        return trace

    sys.settrace(trace)
    while frame is not None:
        if frame.f_code.co_filename in files:
            frame.f_trace = trace
        frame = frame.f_back


def memory() -> int:
    """Return the most memory that this process has held, in bytes; 0 where nobody counts."""
    if resource is None:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most if sys.platform == "darwin" else most << 10)


def keep_limits() -> None:
    """Leave the time limits out of reach of what is asked of `signal`, and wait for no sleep.

    Ignoring every signal is no crime, and no reason to wait for the end of all of the time.
    """
    vars(time)["sleep"] = _sleep
    ours = {getattr(signal, name, None) for name in ("SIGVTALRM", "SIGALRM")} - {None}

    def set_handler(number: Any, handler: Any) -> Any:
        return signal.SIG_DFL if number in ours else _for_student(number, handler)

    def set_mask(how: Any, which: Any) -> Any:
        return _set_mask(how, set(which) - ours)

    others: dict[str, Callable[..., Any]] = {
        "signal": set_handler,
        "pthread_sigmask": set_mask,
        "setitimer": lambda *_: (0.0, 0.0),
        "alarm": lambda _: 0,
    }
    vars(signal).update({name: it for name, it in others.items() if hasattr(signal, name)})


def _sleep(seconds: float, /) -> None:
    """Count what would be slept, in the place of `time.sleep`; threads may really sleep."""
    if get_ident() != _main:
        return _wait(seconds)
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    _slept.append(float(seconds))
    if sum(_slept) > _SLEEP:
        raise Cut
    return None
