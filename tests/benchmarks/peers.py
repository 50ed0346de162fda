"""What other tools show of the same call: how much of it, how slowly, and what of its memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from types import FrameType
from typing import Any

from tests.benchmarks import peers_scripts, peers_watched
from tests.benchmarks.peers_calls import ARRAYS, LESSON, LONG, PAIRS, SHORTER, Call
from tests.benchmarks.peers_seen import Seen, elements
from tests.benchmarks.table import Row
from tests.benchmarks.timing import TOTAL, Parts, interleaved, ratio, timed
from tutor.nets import numerical_gradient
from tutor.trace import Cursor, record
from tutor.version import __version__

Watch = Callable[[Call], Callable[[], Seen]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, how it is given a call, and what its makers say of it.

    ``back`` says how one gets to an earlier step; ``documented`` stands in where the tool is not
    installed; ``timed_on`` is the longest call that it ends, and ends in seconds.
    """

    name: str
    package: str
    watch: Watch
    back: str
    documented: str
    timed_on: Call = LONG

    @property
    def version(self) -> str:
        """Return the installed version, empty where there is none."""
        if not self.package:
            return __version__
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""

    @property
    def runs(self) -> bool:
        """Tell whether the tool runs under this Python: an old one may be there and not start."""
        try:
            self.watch(LESSON)
        except ImportError:
            return False
        return True


# Sources are named by address, for they are what stands where nothing could be measured.
_TUTOR = "github.com/pythontutor-dev/pythontutor/blob/master/unsupported-features.md"
_THONNY = "github.com/thonny/thonny/blob/master/thonny/plugins/help/debuggers.rst"

TOOLS = (
    Tool("gradtutor", "", peers_watched.ours, "measured", ""),
    Tool(
        "Python Tutor",
        "pytutor",
        peers_scripts.python_tutor,
        "yes, its page (documented: pythontutor.com)",
        f"no more than 1,000 steps, built-in types only, most packages not importable ({_TUTOR})",
        timed_on=SHORTER,
    ),
    Tool(
        "birdseye",
        "birdseye",
        peers_watched.birdseye,
        "yes, by iteration (documented: github.com/alexmojaki/birdseye)",
        "values of expressions, back and forth by iteration (github.com/alexmojaki/birdseye)",
    ),
    Tool(
        "VizTracer",
        "viztracer",
        peers_scripts.viztracer,
        "a timeline to move in, no steps (documented: viztracer.readthedocs.io)",
        "a timeline; variables logged when assigned (viztracer.readthedocs.io/en/stable/extra_log)",
    ),
    Tool(
        "snoop",
        "snoop",
        peers_watched.snoop,
        "no, a log to scroll (documented: github.com/alexmojaki/snoop)",
        "a log of lines and of variables that changed (github.com/alexmojaki/snoop)",
    ),
    Tool(
        "PySnooper",
        "PySnooper",
        peers_watched.pysnooper,
        "no, a log to scroll (documented: github.com/cool-RR/PySnooper)",
        "a log of lines and of variables that changed (github.com/cool-RR/PySnooper)",
    ),
    Tool(
        "hunter",
        "hunter",
        peers_watched.hunter,
        "no, a log to scroll (documented: python-hunter.readthedocs.io)",
        "a log of lines and of variables that changed (python-hunter.readthedocs.io)",
    ),
    Tool(
        "Thonny",
        "thonny",
        peers_scripts.thonny,
        "measured",
        f"big and small steps, and Step back ({_THONNY})",
        timed_on=SHORTER,
    ),
    Tool(
        "memory_graph",
        "memory-graph",
        peers_watched.memory_graph,
        "no, one graph a line (documented: github.com/bterwijn/memory_graph)",
        "a graph of the objects that names refer to (github.com/bterwijn/memory_graph)",
        timed_on=SHORTER,
    ),
)


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield the rows of every tool: ours first, for some leave marks on what all share."""
    for tool in TOOLS:
        if not tool.version or not tool.runs:
            yield _absent(tool)
            continue
        yield from _rows(tool, quick)


def _absent(tool: Tool) -> Row:
    why = f"{tool.version} does not start on this Python" if tool.version else "not installed"
    return Row(f"{tool.name}: measured", 0, "figures", how=f"{why}; documented: {tool.documented}")


def _rows(tool: Tool, quick: bool) -> Iterator[Row]:
    rounds = 1 if quick else 5
    timed_on = LESSON if quick else tool.timed_on
    how = f"{tool.version}, installed; {timed_on.name}, everything included; median of {rounds}"
    yield Row(f"{tool.name}: time over bare", _time(tool, timed_on, rounds), "x", how=how)
    calls = (LESSON,) if quick else (LESSON, LONG)
    for call in calls:
        yield from _shown(call, tool.watch(call)())
    yield _sharing(tool)
    for count, call in ARRAYS.items():
        found = elements(tool.watch(call)().text, count)
        yield Row("  elements of an array by value", found, f"of {count}")
    yield _back(tool)


def _time(tool: Tool, call: Call, rounds: int) -> float:
    def watched() -> Parts:
        return {TOTAL: timed(lambda: tool.watch(call))}

    return ratio(interleaved(lambda: call(call.function), watched, rounds, warm=0))


def _shown(call: Call, seen: Seen) -> Iterator[Row]:
    made = lines_run(call)
    how = f"it stopped: {seen.stopped}" if seen.stopped else ""
    yield Row(f"  {call.name}: steps shown", seen.steps, f"of {made:,}", how=how)
    yield Row("    writes to x shown", seen.writes, f"of {call.writes:,}")
    yield Row("    kept or printed", seen.nbytes / call.iterations, "B/it")


def lines_run(call: Call) -> int:
    """Return how many lines the function runs in a call: the steps there are to show."""
    lines = 0

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace if frame.f_code is call.function.__code__ else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call(call.function)
    finally:
        sys.settrace(before)
    return lines


def _sharing(tool: Tool) -> Row:
    told = [
        name
        for name, (shared, copied) in PAIRS.items()
        if tool.watch(shared)().text != tool.watch(copied)().text
    ]
    how = f"told from a copy: {', '.join(told) or 'nothing'}"
    return Row("  shared memory told", len(told), f"of {len(PAIRS)}", how=how)


def _back(tool: Tool) -> Row:
    measured = {"gradtutor": _we_step_back, "Thonny": lambda: peers_scripts.steps_back(LESSON)}
    if tool.name in measured:
        return Row("  steps back", int(measured[tool.name]()), "of 1", how="measured")
    return Row("  steps back", int(tool.back.startswith("yes")), "of 1", how=tool.back)


def _we_step_back() -> bool:
    recording = record(numerical_gradient, *LESSON.made())
    cursor = Cursor(recording)
    cursor.go_to(5)
    before = cursor.state.line
    return cursor.forward() and cursor.back() and cursor.state.line == before
