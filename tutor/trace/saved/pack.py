"""The tables of a run as a JSON document; what each part means is told in the README there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.saved.columns import packed
from tutor.trace.saved.data import (
    Buffers,
    Iterations,
    NameTable,
    ReturnTable,
    RunData,
    SavedSite,
    Values,
    Views,
    WriteTable,
)
from tutor.trace.saved.objects import packed_object
from tutor.trace.state import Source


def packed_run(run: RunData) -> dict[str, Any]:
    """Return a run as a tree of objects, lists, texts and numbers."""
    return {
        "name": run.name,
        "names": list(run.names),
        "steps": len(run.path),
        "sources": [_source(source) for source in run.sources],
        "sites": [_site(site) for site in run.sites],
        "path": packed(run.path),
        "frames": None if run.frames is None else packed(run.frames),
        "calls": packed(run.calls),
        "iterations": _iterations(run.iterations),
        "values": [_name(table) for table in run.tables],
        "returned": [_returned(table) for table in run.returned],
        "views": _views(run.views),
        "buffers": _buffers(run.buffers),
        "writes": [_writes(table) for table in run.writes],
        "texts": list(run.texts),
        "objects": [packed_object(value) for value in run.objects],
        "reached": [dict(table) for table in run.reached],
        "reached_by": packed(run.reached_by),
        "results": _by_step(run.results),
        "exceptions": _by_step(run.exceptions),
        "printed": _by_step(run.printed),
        "notes": [{"text": note.text, "step": note.step} for note in run.notes],
        "inside": {str(step): packed_run(deep) for step, deep in run.inside.items()},
        "result": packed_object(run.result),
        "exception": run.exception,
    }


def _by_step(found: Mapping[int, Any]) -> dict[str, Any]:
    return {str(step): value for step, value in sorted(found.items())}


def _source(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "filename": source.filename,
        "first_line": source.first_line,
        "lines": list(source.lines),
    }


def _site(site: SavedSite) -> dict[str, Any]:
    return {
        "source": site.source,
        "line": site.line,
        "end_line": site.end_line,
        "depth": site.depth,
        "assigned": list(site.assigned),
        "calls": site.calls,
    }


def _iterations(found: Iterations) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name in found.table.dtype.names or ():
        column = found.table[name]
        if column.ndim == 1 or column.shape[1]:
            table[name] = packed(np.ascontiguousarray(column))
    return {
        "starts": packed(found.starts),
        "ends": packed(found.ends),
        "idx": packed(found.idx),
        "table": table,
        "passes": packed(found.passes),
    }


def _values(values: Values) -> dict[str, Any]:
    kinds = [
        {"kind": kind.name, "values": packed(kind.data, exact=kind.name == "numpy")}
        for kind in values.kinds
    ]
    if len(kinds) == 1:
        return {"kinds": kinds}
    return {"which": packed(values.which), "kinds": kinds}


def _name(table: NameTable) -> dict[str, Any]:
    return {
        "name": table.name,
        "frame": table.frame,
        "of_iteration": table.of_iteration,
        "steps": packed(table.steps),
        **_values(table.values),
    }


def _returned(table: ReturnTable) -> dict[str, Any]:
    if table.of:
        return {"callee": table.callee, "of": table.of, "site": table.site}
    values = _values(table.values) if table.values is not None else {"kinds": []}
    return {"callee": table.callee, "steps": packed(table.steps), **values}


def _views(views: Views) -> dict[str, Any]:
    layouts = [
        {"shape": list(one.shape), "strides": list(one.strides), "dtype": one.dtype}
        for one in views.layouts
    ]
    columns = {name: packed(getattr(views, name)) for name in ("buffer", "offset", "layout")}
    return {"layouts": layouts, **columns}


def _buffers(buffers: Buffers) -> dict[str, Any]:
    names = ("dtype", "cells", "start", "owner")
    return {
        "dtypes": list(buffers.dtypes),
        **{name: packed(getattr(buffers, name)) for name in names},
        "initial": [packed(plain(cells), exact=True) for cells in buffers.initial],
    }


def _writes(table: WriteTable) -> dict[str, Any]:
    names = ("steps", "buffer", "cell", "name", "view")
    columns = {name: packed(getattr(table, name)) for name in names}
    return {**columns, "value": packed(plain(table.value), exact=True)}


def plain(cells: NDArray[Any]) -> NDArray[Any]:
    """Return cells without objects in them: those as texts."""
    if cells.dtype.kind != "O":
        return cells
    return np.array([str(cell) for cell in cells.tolist()] or [""], "U")[: len(cells)]
