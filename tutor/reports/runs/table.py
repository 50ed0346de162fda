"""The iterations of runs as a table: what was perturbed, what f gave, and the slope."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tutor.reports.runs.problem import ExportError
from tutor.trace.saved import Run, Saved

_COLUMNS = ("idx", "fxh1", "fxh2", "difference", "slope")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


def table(saved: Saved) -> str:
    """Return a row for each iteration as CSV: idx, fxh1, fxh2, difference, slope.

    Where there are several runs, their titles come first; where a run holds several calls, the
    number of the call, from 0. Numbers have all their digits; what is not there is ``nan``, as
    in `Recording.iterations`.

    Raises
    ------
    ExportError
        If no run perturbs an element.
    """
    rows = [row for run in saved.runs for row in _rows(run)]
    if not rows:
        raise ExportError(
            "no run here perturbs an element, so there is no table of iterations. "
            "Write a .html or .json file for the steps, or .npz for the arrays."
        )
    keep = [len(saved.runs) > 1, any(row[1] for row in rows), *(True for _ in _COLUMNS)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in [("run", "call", *_COLUMNS), *rows]:
        writer.writerow([cell for cell, kept in zip(row, keep, strict=True) if kept])
    return out.getvalue()


def _rows(run: Run) -> Iterator[tuple[object, ...]]:
    title = f"'{run.title}" if run.title.startswith(_FORMULA) else run.title
    for row in run.steps.iterations.tolist():
        call, idx, fxh1, fxh2, slope = row
        index = tuple(int(at) for at in idx if at >= 0)
        yield title, call, index, fxh1, fxh2, fxh1 - fxh2, slope
