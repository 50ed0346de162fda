"""All writes of a saved run as one table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef
from tutor.trace.iterations import indices_of
from tutor.trace.saved.cells import Contents
from tutor.trace.writes import write_dtype


def write_table(texts: Sequence[str], contents: Contents, refs: list[ArrayRef]) -> NDArray[np.void]:
    """Return every write of an array element; see `Recording.writes`."""
    parts = []
    for table, rows, old, new in contents.every_change():
        views = table.view[rows]
        known = np.flatnonzero(views >= 0)
        width = max((len(refs[view].shape) for view in np.unique(views[known])), default=0)
        part = np.zeros(len(rows), write_dtype(width))
        part["step"] = table.steps[rows]
        part["name"] = np.array(texts, object)[table.name[rows]]
        is_number = new.dtype.kind in "fiub"
        part["old"], part["new"] = (old, new) if is_number else (np.nan, np.nan)
        part["index"] = -1
        part["index"][known] = indices_of(refs, views[known], table.cell[rows[known]], width)
        parts.append(part)
    width = max((part["index"].shape[1] for part in parts), default=0)
    out = np.zeros(sum(map(len, parts)), write_dtype(width))
    out["index"] = -1
    at = 0
    for part in parts:
        for name in ("step", "name", "old", "new"):
            out[name][at : at + len(part)] = part[name]
        out["index"][at : at + len(part), : part["index"].shape[1]] = part["index"]
        at += len(part)
    return out[np.argsort(out["step"], kind="stable")]
