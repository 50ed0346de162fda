"""A run of the learner's own file, recorded in a process of its own.

The names are loaded when they are first used: the process of the learner's file takes its own
part of this package and nothing of the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.tracing.call import Call, Work
    from tutor.tracing.inside.ending import Ending
    from tutor.tracing.offer import offered_calls
    from tutor.tracing.place import same_place
    from tutor.tracing.request import Request
    from tutor.tracing.search import find_calls
    from tutor.tracing.trace import trace_file
    from tutor.tracing.traced import Ended, Traced
    from tutor.tracing.watch import Watch

__all__ = [
    "Call",
    "Ended",
    "Ending",
    "Request",
    "Traced",
    "Watch",
    "Work",
    "find_calls",
    "offered_calls",
    "same_place",
    "trace_file",
]

_MODULES = {
    "Call": "call",
    "Ended": "traced",
    "Ending": "inside.ending",
    "Request": "request",
    "Traced": "traced",
    "Watch": "watch",
    "Work": "call",
    "find_calls": "search",
    "offered_calls": "offer",
    "same_place": "place",
    "trace_file": "trace",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"tutor.tracing.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'tutor.tracing' has no attribute {name!r}")
