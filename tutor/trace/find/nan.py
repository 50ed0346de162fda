"""The first step that brings a NaN."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.trace.find.runs import searchable
from tutor.trace.find.trail import Searchable
from tutor.trace.steps import Steps


def first_nan(steps: Steps, after: int = -1, stop: Callable[[], bool] | None = None) -> int | None:
    """Return the first step after one that gives a name a NaN, or writes one into an array.

    A name that is given an array with a NaN in it counts; an element that was a NaN before
    does not count again.
    """
    run = searchable(steps)
    best = _first_written(steps, after, len(steps))
    for name in run.names:
        if stop is not None and stop():
            return None
        best = _first_given(run, name, after, best)
    return best if best < len(steps) else None


def _first_written(steps: Steps, after: int, best: int) -> int:
    table = steps.writes()
    fresh = np.isnan(table["new"]) & ~np.isnan(table["old"]) & (table["step"] > after)
    return min(best, int(table["step"][fresh].min(initial=best)))


def _first_given(run: Searchable, name: str, after: int, best: int) -> int:
    """Return the first step in a range that gives a name a NaN, else where the range ends."""
    trail = run.trail(name)
    given = np.flatnonzero(np.diff(trail.bindings, prepend=-1) != 0)
    inside = (trail.steps[given] > after) & (trail.steps[given] < best)
    for row in given[inside & (trail.bindings[given] >= 0)].tolist():
        if _has_nan(trail.value(row)):
            return int(trail.steps[row])
    return best


def _has_nan(value: object) -> bool:
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fc" and bool(np.isnan(value).any())
    return isinstance(value, float | complex | np.inexact) and bool(value != value)
