"""Time, taken so that a busy machine does not decide: bare, measured, bare, round after round.

Every stretch is timed by two clocks. The wall clock is what a learner waits for; the clock of
this thread stands still while another process has the processor, so it says on a busy machine
what the wall clock would say on a quiet one.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Literal

Which = Literal["wall", "cpu"]
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Span:
    """A moment, or the stretch between two, in seconds."""

    wall: float
    cpu: float

    def __sub__(self, earlier: Span) -> Span:
        return Span(self.wall - earlier.wall, self.cpu - earlier.cpu)


def now() -> Span:
    return Span(time.perf_counter(), time.thread_time())


def timed(call: Callable[[], object]) -> Span:
    """Return how long a call takes."""
    start = now()
    call()
    return now() - start


Parts = Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement between two bare runs."""

    before: Span
    parts: Parts
    after: Span

    def ratio(self, part: str = TOTAL, which: Which = "wall") -> float:
        bare = (getattr(self.before, which) + getattr(self.after, which)) / 2
        return float(getattr(self.parts[part], which) / bare)


def interleaved(
    bare: Callable[[], object], measured: Callable[[], Parts], count: int, warm: int = 1
) -> list[Round]:
    """Run bare, measured, bare, ``count`` times; ``warm`` rounds before them are not counted."""
    return [_round(bare, measured) for _ in range(warm + count)][warm:]


def _round(bare: Callable[[], object], measured: Callable[[], Parts]) -> Round:
    gc.collect()  # nobody pays for somebody else's garbage
    before = timed(bare)
    gc.collect()
    parts = measured()
    gc.collect()
    return Round(before, parts, timed(bare))


def ratio(rounds: Sequence[Round], part: str = TOTAL, which: Which = "wall") -> float:
    """Return the median, over the rounds, of a part's share of the bare runs beside it."""
    return median(one.ratio(part, which) for one in rounds)


def bare_seconds(rounds: Sequence[Round]) -> float:
    """Return the median of the bare runs."""
    return median(span.wall for one in rounds for span in (one.before, one.after))


def percentile(values: Sequence[float], share: int) -> float:
    """Return the smallest value that ``share`` in a hundred do not exceed."""
    return sorted(values)[ceil(share * len(values) / 100) - 1]
