"""A line of a file that was not run, as a run of one step: so that it can be looked at."""

from __future__ import annotations

import numpy as np

from tutor.diagnosis.place import Module
from tutor.diagnosis.shown.places import file_of, lines_of_cell
from tutor.trace.iterations import iteration_dtype
from tutor.trace.saved import SavedRun
from tutor.trace.saved.data import Buffers, Iterations, RunData, SavedSite, Views
from tutor.trace.state import Source


def still(module: Module, name: str, line: int) -> SavedRun:
    """Return a run that stands at a line of a module, and knows nothing more.

    Its lines are those of the file, in a notebook those of the cell, as they were handed in.
    """
    begin, lines = lines_of_cell(module, line)
    here, first_line = module.place(line), module.place(begin).line
    none = np.zeros(0, np.int64)
    first = np.zeros(1, np.int64)
    return SavedRun(
        RunData(
            name=name,
            names=(),
            sources=(Source(file_of(here), file_of(here), first_line, tuple(lines)),),
            sites=(SavedSite(0, here.line, here.line),),
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
