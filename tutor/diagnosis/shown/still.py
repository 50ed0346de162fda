"""A line of a file that was not run, as a run of one step: so that it can be looked at."""

from __future__ import annotations

import numpy as np

from tutor.diagnosis.place import Module
from tutor.trace.iterations import iteration_dtype
from tutor.trace.saved import SavedRun
from tutor.trace.saved.data import Buffers, Iterations, RunData, SavedSite, Views
from tutor.trace.state import Source


def still(module: Module, name: str, line: int) -> SavedRun:
    """Return a run that stands at a line of a module, and knows nothing more."""
    lines = tuple(module.source.split("\n"))
    none = np.zeros(0, np.int64)
    first = np.zeros(1, np.int64)
    return SavedRun(
        RunData(
            name=name,
            names=(),
            sources=(Source(name, module.filename, 1, lines),),
            sites=(SavedSite(0, line, line),),
            path=first,
            frames=None,
            calls=first,
            iterations=Iterations.none(np.zeros(0, iteration_dtype(0))),
            tables=(),
            returned=(),
            views=Views((), none, none, none),
            buffers=Buffers((), none, none, none, none, ()),
            writes=(),
            texts=(),
            objects=(),
            reached=({},),
            reached_by=first,
        )
    )
