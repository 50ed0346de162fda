"""Tools that print what a function does line by line, on the runs that ours is measured on.

Each peer is given a run, runs it, and returns what counts the writes to x that it has shown.
"""

from __future__ import annotations

import bdb
import importlib
import io
import re
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import Any

import numpy as np

from tests.benchmarks.runs import Gradient, Run
from tutor.nets import numerical_gradient
from tutor.trace.origin import plain_function

FUNCTION: types.FunctionType = plain_function(numerical_gradient)

Printed = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a peer has to show for a run: how many writes to x, in how many bytes."""

    writes: int
    nbytes: int


@dataclass(frozen=True, slots=True)
class Peer:
    """``watch(run)`` makes the run and returns what counts; ``counted`` says how it does."""

    name: str
    package: str
    watch: Callable[[Run], Callable[[], Shown]]
    counted: str
    copies_arrays: bool = False

    @property
    def version(self) -> str:
        """Return the installed version, empty where there is none."""
        try:
            return version(self.package) if self.package else f"Python {sys.version.split()[0]}"
        except PackageNotFoundError:
            return ""


def pysnooper_prints(function: types.FunctionType, call: Callable[[Gradient], object]) -> Printed:
    """Make a call with the function that PySnooper watches."""
    pysnooper = importlib.import_module("pysnooper")
    out = io.StringIO()
    call(pysnooper.snoop(out)(function))
    return out.getvalue


def snoop_prints(function: types.FunctionType, call: Callable[[Gradient], object]) -> Printed:
    """Make a call with the function that snoop watches."""
    snoop = importlib.import_module("snoop")
    out = io.StringIO()
    call(snoop.Config(out=out, color=False).snoop(function))
    return out.getvalue


def hunter_prints(
    function: types.FunctionType, call: Callable[[Gradient], object], **options: Any
) -> Printed:
    """Make a call with the function while hunter's VarsSnooper is at work."""
    hunter = importlib.import_module("hunter")
    out = io.StringIO()
    action = hunter.VarsSnooper(stream=out, **options)
    where = {"module": function.__module__, "function": function.__name__}
    with hunter.trace(**where, action=action):
        call(function)
    return out.getvalue


def pysnooper_writes(text: str) -> int:
    """Count the writes to x in what PySnooper printed."""
    return len(re.findall(r"^Modified var:\.* x = ", text, re.MULTILINE))


def snoop_writes(text: str) -> int:
    """Count the writes to x in what snoop printed: not the argument at the start of a call."""
    return len(re.findall(r"^\S+ +\.{3,} x = ", text, re.MULTILINE)) - text.count(">>> Call to ")


def hunter_writes(text: str) -> int:
    """Count the writes to x in what hunter's VarsSnooper printed."""
    return len(re.findall(r"\[x : .*=>", text))


def _pysnooper(run: Run) -> Callable[[], Shown]:
    return _counted(pysnooper_prints(FUNCTION, run.call), pysnooper_writes)


def _snoop(run: Run) -> Callable[[], Shown]:
    return _counted(snoop_prints(FUNCTION, run.call), snoop_writes)


def _hunter(run: Run) -> Callable[[], Shown]:
    return _counted(hunter_prints(FUNCTION, run.call), hunter_writes)


def _hunter_in_full(run: Run) -> Callable[[], Shown]:
    return _counted(hunter_prints(FUNCTION, run.call, repr_func=repr), hunter_writes)


def _counted(printed: Printed, writes: Callable[[str], int]) -> Callable[[], Shown]:
    return lambda: Shown(writes(printed()), len(printed().encode()))


class Copier(bdb.Bdb):
    """A debugger that copies every local, arrays too, before each line of one function."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[dict[str, Any]] = []

    def dispatch_call(self, frame: types.FrameType, arg: Any) -> Any:
        if frame.f_code is not FUNCTION.__code__:
            return None
        self.seen.append({})
        return self.trace_dispatch

    def stop_here(self, frame: types.FrameType) -> bool:
        return True

    def user_line(self, frame: types.FrameType) -> None:
        self.seen.append(_copied(frame.f_locals))

    def user_return(self, frame: types.FrameType, value: object) -> None:
        self.user_line(frame)


def _copied(names: dict[str, Any]) -> dict[str, Any]:
    return {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in names.items()}


def _bdb(run: Run) -> Callable[[], Shown]:
    copier = Copier()
    copier.reset()
    before = sys.gettrace()
    sys.settrace(copier.trace_dispatch)
    try:
        run.call(FUNCTION)
    finally:
        sys.settrace(before)
    return lambda: _compared(copier.seen)


def _compared(seen: list[dict[str, Any]]) -> Shown:
    pairs = [(a["x"], b["x"]) for a, b in pairwise(seen) if "x" in a and "x" in b]
    writes = sum(int((old != new).sum()) for old, new in pairs)
    return Shown(writes, sum(_size(names) for names in seen))


def _size(names: dict[str, Any]) -> int:
    arrays = sum(v.nbytes for v in names.values() if isinstance(v, np.ndarray))
    return sys.getsizeof(names) + arrays


PEERS = (
    Peer("PySnooper", "PySnooper", _pysnooper, "lines 'Modified var: x ='"),
    Peer("snoop", "snoop", _snoop, "lines '.... x =', less the one of each call's arguments"),
    Peer("hunter VarsSnooper", "hunter", _hunter, "'[x : old => new]' in its lines"),
    Peer("hunter, repr_func=repr", "hunter", _hunter_in_full, "'[x : old => new]' in its lines"),
    Peer("bdb, copies of locals", "", _bdb, "elements of x that differ between two copies", True),
)
