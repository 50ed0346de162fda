"""The files of this folder, each traced once for all the tests that look at it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from tutor.trace.steps import Steps
from tutor.tracing import Request, Traced, trace_file

FILES = Path(__file__).parent / "files"
HOSTILE = FILES / "hostile"
_ROOM = 1 << 30  # bytes


@cache
def traced(request: Request) -> Traced:
    """Trace a file of this folder, once."""
    return trace_file(replace(request, path=FILES / request.path, memory=request.memory or _ROOM))


def steps_of(found: Traced) -> Steps:
    """Return the run that was recorded."""
    assert found.saved is not None, found.ended.sentence
    return found.saved.runs[0].steps
