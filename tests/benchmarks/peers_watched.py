"""The tools that watch a function: ours, the printers, birdseye, memory_graph."""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.benchmarks import peers_lines
from tests.benchmarks.peers_calls import Call
from tests.benchmarks.peers_seen import Seen, changes, renumbered, unmarked
from tutor.trace import Recording, record

Count = Callable[[], Seen]


# -- ours -----------------------------------------------------------------------------------------


def ours(call: Call) -> Count:
    """Record a call."""
    recording = record(call.function, *call.made())
    assert recording.exception is None
    return lambda: _seen_by_us(recording)


def _seen_by_us(recording: Recording) -> Seen:
    last = len(recording) - 1
    steps = len(recording) - len(recording.calls)  # less the one in which the arguments arrive
    writes = int((recording.writes()["name"] == "x").sum())
    names = {k: _listed(v) for k, v in recording.state(last).names.items()}
    buffers = [[(b.name, b.part) for b in one.bindings] for one in recording.aliases(last).buffers]
    return Seen(steps, writes, recording.nbytes, unmarked(f"{names} {buffers}"))


def _listed(value: object) -> object:
    return np.asarray(value).tolist() if hasattr(value, "shape") else value


# -- those that print -----------------------------------------------------------------------------

# How each prints a line of the function that runs, and what counts the writes to x.
PYSNOOPER = (r"^[\d:.]+ line ", peers_lines.pysnooper_writes)
SNOOP = (r"^[\d:.]+ +\d+ \| (?!def )", peers_lines.snoop_writes)
HUNTER = (r" line  ", peers_lines.hunter_writes)


def pysnooper(call: Call) -> Count:
    """Make a call under PySnooper."""
    printed = peers_lines.pysnooper_prints(call.function, call)
    return lambda: _printed(printed(), *PYSNOOPER)


def snoop(call: Call) -> Count:
    """Make a call under snoop."""
    printed = peers_lines.snoop_prints(call.function, call)
    return lambda: _printed(printed(), *SNOOP)


def hunter(call: Call) -> Count:
    """Make a call under hunter's VarsSnooper."""
    printed = peers_lines.hunter_prints(call.function, call)
    return lambda: _printed(printed(), *HUNTER)


def _printed(text: str, line: str, writes: Callable[[str], int]) -> Seen:
    steps = len(re.findall(line, text, re.MULTILINE))
    timeless = re.sub(r"^([\d:.]+ |Elapsed time.*)", "", text, flags=re.MULTILINE)
    return Seen(steps, writes(text), len(text.encode()), unmarked(timeless))


# -- birdseye -------------------------------------------------------------------------------------


def birdseye(call: Call) -> Count:
    """Make a call under birdseye, its database in memory."""
    os.environ["OUTDATED_IGNORE"] = "1"  # it would ask the network for a newer one
    eye = importlib.import_module("birdseye.bird").BirdsEye("sqlite://")
    call(eye(call.function))
    return lambda: _seen_by_birdseye(eye, call.function.__code__)


def _seen_by_birdseye(eye: Any, code: types.CodeType) -> Seen:
    with eye.db.session_scope() as session:
        kept = session.query(eye.db.Call).one()
        text, page, arguments = kept.data, kept.function.html_body, kept.arguments
    values = json.loads(text)["node_values"]
    runs = {number - code.co_firstlineno for _, _, number in code.co_lines() if number} - {0}
    lines, shown = set(), []
    for span in re.finditer(r'<span data-index="(\d+)" class="[^"]*">(x</span>)?', page):
        line = page.count("\n", 0, span.start())
        for path, value in _leaves(values.get(span[1], {})):
            if line in runs:
                lines.add((path, line))
            if span[2]:
                shown.append((path, span.start(), value[0]))
    writes = changes([value for _, _, value in sorted(shown)])
    return Seen(len(lines), writes, len(text.encode()), unmarked(text + arguments))


def _leaves(values: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], list[Any]]]:
    """Yield the values kept of one expression, with the iterations they are of."""
    if isinstance(values, list):
        yield path, values
    elif isinstance(values, dict):
        for key, inner in values.items():
            yield from _leaves(inner, (*path, int(key)))


# -- memory_graph ---------------------------------------------------------------------------------


def memory_graph(call: Call) -> Count:
    """Make a call with a graph of the names before each line, as its guide does in a debugger."""
    graph = importlib.import_module("memory_graph")
    importlib.import_module("memory_graph.extension_numpy").extend_numpy()
    drawn: list[str] = []

    def trace(frame: types.FrameType, event: str, arg: object) -> Any:
        if frame.f_code is not call.function.__code__:
            return None
        if event in ("line", "return"):
            drawn.append(graph.create_graph(dict(frame.f_locals)).source)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call(call.function)
    finally:
        sys.settrace(before)
    return lambda: _seen_in_graphs(drawn)


def _seen_in_graphs(drawn: list[str]) -> Seen:
    nbytes = sum(len(one.encode()) for one in drawn)
    writes = changes([x for x in map(_x_in_graph, drawn) if x])
    return Seen(len(drawn) - 1, writes, nbytes, renumbered(drawn[-1]))


def _x_in_graph(source: str) -> str:
    """Return the table that the name x points to."""
    row = re.search(r'^<TR>(<TD BORDER="1" STYLE="ROUNDED"> .*)</TR>\n<TR>(.*)</TR>', source, re.M)
    assert row is not None
    pairs = zip(row[1].split("</TD>"), row[2].split("</TD>"), strict=True)
    cell = next(value for name, value in pairs if name.endswith("> x "))
    port = re.search(r'PORT="(ref\d+)"', cell)
    arrow = re.search(rf":{port[1]} -> (node\d+):" if port else "$^", source)
    if arrow is None:
        return ""
    return source[source.index(f"\t{arrow[1]} [") :].partition("> xlabel")[0]
