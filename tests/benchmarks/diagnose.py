"""Hand-ins judged: how many a second on one core, where the time goes, and one by itself, cold."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.table import Row, at_least, under

STUDENTS = Path(__file__).parents[1] / "students"
_ONE = STUDENTS / "ivan_softmax.py"
_WANTED = 2.0  # times as many as fresh interpreters with NumPy
_QUICK = 4
_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and all that it started took, in seconds."""

    wall: float
    cpu: float
    out: str


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield the rate beside that of fresh interpreters, its parts, and one cold call."""
    rounds = 1 if quick else _ROUNDS
    numpy = _median([_cost([sys.executable, "-c", "import numpy"]) for _ in range(rounds)])
    how = f"median of {rounds}, processor time; {numpy.wall * 1e3:.0f} ms by the clock"
    yield Row("python -c 'import numpy'", numpy.cpu * 1e3, "ms", how=how)
    yield Row("  so many in a second on a core", 1 / numpy.cpu, "/s")
    yield from _class(quick, numpy.cpu)
    yield from _cold(rounds)


def _class(quick: bool, fresh: float) -> Iterator[Row]:
    """Yield the figures of all of our own students, judged by one process after the other."""
    limit = str(_QUICK if quick else 0)
    empty = _cost([sys.executable, "-m", "tests.benchmarks.diagnose_class", "-1"])
    whole = _cost([sys.executable, "-m", "tests.benchmarks.diagnose_class", limit])
    found = json.loads(whole.out)
    count, judged = found["count"], whole.cpu - empty.cpu
    rate = count / judged
    how = f"{count} hand-ins, full battery and repair; {judged / count * 1e3:.0f} ms each"
    if found["faults"]:  # what the judge fails on is quickly done, and not counted as done
        how = f"{found['faults']} NOT JUDGED, by a fault of ours; {how}"
    yield Row("hand-ins judged in a second on a core", rate, "/s", how=how)
    how = "beside fresh interpreters that import NumPy and do nothing"
    yield Row("  over fresh interpreters", rate * fresh, "x", at_least(_WANTED), how)
    for phase, seconds in found["phases"].items():
        share = seconds / found["seconds"]
        yield Row(f"  {phase}", seconds / count * 1e3, "ms", how=f"{share:.0%} of the clock's time")


def _cold(rounds: int) -> Iterator[Row]:
    command = [sys.executable, "-m", "tutor", "diagnose", str(_ONE)]
    _cost(command)  # bytecode and the disk's cache are there from here on
    cold = _median([_cost(command) for _ in range(rounds)])
    how = f"{_ONE.name}, {cold.cpu * 1e3:.0f} ms of processor time; median of {rounds}"
    yield Row("gradtutor diagnose FILE, cold", cold.wall * 1e3, "ms", under(1000), how)


def _cost(command: Sequence[str]) -> Cost:
    before, begun = _children(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Cost(time.perf_counter() - begun, _children() - before, done.stdout)


def _children() -> float:
    """Return the processor time of what was waited for, and what that waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(median(c.wall for c in costs), median(c.cpu for c in costs), costs[0].out)
