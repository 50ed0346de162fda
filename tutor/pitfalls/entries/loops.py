"""The numerical gradient: a loop over the wrong elements, or too many times."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.pitfalls import cubic
from tutor.pitfalls.cubic import Cubic
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.quotient import QUOTIENT, WHERE, slopes_by
from tutor.pitfalls.entries.stepping import evaluations
from tutor.pitfalls.measuring import common_ratio, last_number, raised
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

ITERATOR = 'it = np.nditer(x, flags=["multi_index"])'
LOOP = f"{ITERATOR}\nwhile not it.finished:\n    idx = it.multi_index"
WHOLE_LOOP = """
it = np.nditer(x, flags=["multi_index"])
while not it.finished:
    idx = it.multi_index
    tmp_val = x[idx]
    x[idx] = tmp_val + h
    fxh1 = f(x)
    x[idx] = tmp_val - h
    fxh2 = f(x)
    grad[idx] = (fxh1 - fxh2) / (2 * h)
    x[idx] = tmp_val
    it.iternext()
"""


def counted_by(way: str, severity: Severity | None = None) -> Variant:
    """Return a spelling whose loop counts along one axis."""
    edits = Edit(WHERE, LOOP, f"for idx in {way}:"), Edit(WHERE, "it.iternext()", "")
    return Variant(way, edits, severity=severity)


def slopes_found(code: Any, setting: Setting) -> float:
    """Measure how many slopes are not 0."""
    return float(np.count_nonzero(slopes_by(code, setting)))


def share_of_row_sum(code: Any, setting: Setting) -> float:
    """Measure num over the sum of the row's true slopes."""
    true = cubic.slopes(setting.point)
    sums = np.broadcast_to(true.sum(axis=1, keepdims=True), true.shape)
    return common_ratio(slopes_by(code, setting, setting.h), sums)


def index_in_complaint(code: Any, setting: Setting) -> float:
    """Measure the index that a matrix is too short for; nan if nothing complains of one."""
    error = raised(code.numerical_gradient, Cubic(), setting.point.copy())
    return last_number(error) if isinstance(error, IndexError) else math.nan


def _nonzero(count: int) -> Signature:
    return Signature(
        "number of slopes that are not 0", str(count), lambda _: float(count), slopes_found
    )


LOOPS = (
    Pitfall(
        "row-view",
        Part.DIFFERENTIATOR,
        "x[idx] of a matrix is a row, and a view of it: the kept value moves along with x, "
        "so every slope of a row is half the sum of the row's slopes.",
        Severity.ERROR,
        (counted_by("range(x.shape[0])"), counted_by("range(len(x))")),
        Signature(
            "num / sum of the row's true slopes",
            "1/2",
            lambda _: 0.5,
            share_of_row_sum,
            rtol=5e-3,
            why="it is a forward difference: h / 2 times the curvature",
        ),
        lesson="row-view",
    ),
    Pitfall(
        "one-d-loop-on-matrix",
        Part.DIFFERENTIATOR,
        "The loop counts all elements along the first axis, so a matrix ends in an IndexError.",
        Severity.ADVICE,
        (counted_by("range(x.size)", Severity.ERROR),),  # the net of the file has matrices
        Signature(
            "size of the axis that the exception says was left",
            "the number of rows",
            lambda s: float(s.D),
            index_in_complaint,
        ),
        lesson="row-view",
    ),
    Pitfall(
        "returns-early",
        Part.DIFFERENTIATOR,
        "The return stands inside the loop, or nothing is stored, so slopes stay 0.",
        Severity.ERROR,
        (
            Variant(
                "return in the loop",
                (
                    Edit(
                        WHERE,
                        "    it.iternext()\nreturn grad",
                        "    it.iternext()\n    return grad",
                    ),
                ),
            ),
            Variant(
                "nothing stored",
                (Edit(WHERE, QUOTIENT, "slope = (fxh1 - fxh2) / (2 * h)"),),
                _nonzero(0),
            ),
        ),
        _nonzero(1),
    ),
    Pitfall(
        "quadratic-cost",
        Part.DIFFERENTIATOR,
        "The iterator over all elements stands inside a loop over all elements: "
        "right slopes, each of them computed x.size times.",
        Severity.ADVICE,
        (
            Variant(
                "two loops",
                (
                    Edit(
                        WHERE,
                        WHOLE_LOOP,
                        "for _ in range(x.size):\n"
                        + "\n".join(f"    {line}" for line in WHOLE_LOOP.strip().splitlines()),
                    ),
                ),
            ),
        ),
        Signature(
            "number of calls of f",
            "2 size^2",
            lambda s: 2.0 * (s.D * s.H) ** 2,
            evaluations,
        ),
    ),
)
