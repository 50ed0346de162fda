"""The numbers of runs as NumPy arrays."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.reports.runs.problem import ExportError
from tutor.trace.saved import Saved
from tutor.trace.steps import Steps


def arrays(saved: Saved) -> bytes:
    """Return the arrays of some runs as an ``.npz`` archive, without pickled objects in it.

    ``iterations.idx``, ``iterations.fxh1`` and so on are the columns of
    `Recording.iterations`; ``writes.step``, ``writes.name``, ``writes.index``, ``writes.old``,
    ``writes.new`` those of `Recording.writes`; ``final.x`` is the array x as it was after the
    last step. Where there are several runs each name begins with ``run1.``, ``run2.``.

    Raises
    ------
    ExportError
        If no run has a step.
    """
    found: dict[str, NDArray[Any]] = {}
    for number, run in enumerate(saved.runs, 1):
        lead = f"run{number}." if len(saved.runs) > 1 else ""
        found |= {lead + name: _plain(values) for name, values in _of(run.steps)}
    if not found:
        raise ExportError("nothing was recorded, so there are no arrays to write.")
    out = io.BytesIO()
    np.savez_compressed(out, **found)  # type: ignore[arg-type]  # an array by each name
    return out.getvalue()


def _of(steps: Steps) -> Iterator[tuple[str, NDArray[Any]]]:
    if not len(steps):
        return
    for lead, table in (("iterations", steps.iterations), ("writes", steps.writes())):
        for column in table.dtype.names or ():
            yield f"{lead}.{column}", table[column]
    for name, value in steps.state(len(steps) - 1).names.items():
        if hasattr(value, "to_numpy"):
            yield f"final.{name}", value.to_numpy()


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """Return an array that needs no pickle: objects as their texts."""
    if not values.dtype.hasobject:
        return values
    return np.array([str(value) for value in values.reshape(-1).tolist()], "U").reshape(
        values.shape
    )
