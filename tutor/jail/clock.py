"""How long somebody else's process may still go on: by its processor time, then by the clock."""

from __future__ import annotations

import sys
import time
from typing import Final

# Code may also wait, and the machine may be busy: the clock allows more than the processor.
WALL_FACTOR: Final = 3
_SHORTEST: Final = 0.002


class TimeUp(Exception):
    """No time is left. ``by_clock`` if most of it went by without computing."""

    def __init__(self, *, by_clock: bool) -> None:
        super().__init__()
        self.by_clock = by_clock


class Clock:
    """Counts the time in which an answer is awaited.

    Parameters
    ----------
    seconds : float
        Processor time; three times as much by the clock.
    pid : int or None
        The process whose processor time counts, where it can be read.
    each : float, optional
        Of the seconds, how many may go to one stretch of waiting.
    """

    def __init__(self, seconds: float, pid: int | None = None, each: float | None = None) -> None:
        self.seconds = seconds
        self._each = each
        self._begun = (0.0, 0.0)
        self.waited = 0.0
        self._since = time.monotonic()
        self._pid = pid
        self._cpu_before = self._cpu() or 0.0

    def resume(self) -> None:
        """Begin to wait."""
        self._since = time.monotonic()
        self._begun = (self.waited, self._cpu() or 0.0)

    def pause(self) -> None:
        """Stop waiting."""
        self.waited += time.monotonic() - self._since

    def patience(self) -> float:
        """Return how many seconds to wait before asking again.

        Raises
        ------
        TimeUp
            If there is no time left.
        """
        waited = self.waited + time.monotonic() - self._since
        wall = self.seconds * WALL_FACTOR - waited
        cpu = self._cpu()
        if self._each is not None:
            wall = min(wall, self._each * WALL_FACTOR - waited + self._begun[0])
        if cpu is None:
            if wall <= 0:
                raise TimeUp(by_clock=False)
            return wall
        left = self.seconds - (cpu - self._cpu_before)
        if self._each is not None:
            left = min(left, self._each - (cpu - self._begun[1]))
        if wall <= 0 or left <= 0:
            raise TimeUp(by_clock=left > min(self.seconds, self._each or self.seconds) / 2)
        return min(wall, max(left, _SHORTEST))

    def _cpu(self) -> float | None:
        """Return the process's time on the processor; see clock_getcpuclockid(3)."""
        if self._pid is None or sys.platform != "linux":
            return None
        try:
            return time.clock_gettime((~self._pid << 3) | 2)
        except OSError:
            return None
