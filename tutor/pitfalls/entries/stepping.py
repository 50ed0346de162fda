"""The numerical gradient: what it asks of f, what it writes and what it returns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls.cubic import Cubic
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.quotient import QUOTIENT, WHERE, largest, slopes_by
from tutor.pitfalls.measuring import raised
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

START = "grad = np.zeros_like(x)"
ASKED = f"x[idx] = tmp_val + h\nfxh1 = f(x)\nx[idx] = tmp_val - h\nfxh2 = f(x)\n{QUOTIENT}"


def evaluations(code: Any, setting: Setting) -> float:
    """Measure how often f is asked."""
    f = Cubic()
    raised(code.numerical_gradient, f, setting.point.copy())
    return float(f.calls)


def drift(code: Any, setting: Setting) -> float:
    """Measure how far every element has moved; nan if not all by the same way."""
    x = setting.point.copy()
    code.numerical_gradient(Cubic(), x, setting.h)
    moved = x - setting.point
    return float(np.mean(moved)) if np.ptp(moved) < 1e-12 else math.nan


def rows_of_result(code: Any, setting: Setting) -> float:
    """Measure how many rows the gradient has."""
    return float(len(slopes_by(code, setting)))


NO_SLOPE = Signature("largest slope", "0: f never sees the step", lambda _: 0.0, largest)


def _own_slopes(code: Any, setting: Setting) -> FloatArray:
    net = setting.net(code)
    slopes: FloatArray = code.numerical_gradient(
        lambda _: net.loss(setting.x, setting.t), net.params["W1"]
    )
    return slopes


WRITES = (
    Pitfall(
        "no-restore",
        Part.DIFFERENTIATOR,
        "An element that was moved by h is not put back, "
        "so later slopes are taken at another point and x has drifted by h.",
        Severity.ERROR,
        (
            Variant("never", (Edit(WHERE, "x[idx] = tmp_val", ""),)),
            Variant(
                "half",
                (
                    Edit(
                        WHERE,
                        ASKED,
                        "fx = f(x)\nx[idx] = tmp_val + h\ngrad[idx] = (f(x) - fx) / h",
                    ),
                    Edit(WHERE, "x[idx] = tmp_val", ""),
                ),
                Signature(
                    "way that every element has moved",
                    "+h",
                    lambda s: s.h,
                    drift,
                    rtol=1e-8,
                    why="x + h is rounded",
                ),
            ),
        ),
        Signature(
            "way that every element has moved",
            "-h",
            lambda s: -s.h,
            drift,
            rtol=1e-8,
            why="x - h is rounded",
        ),
        lesson="no-restore",
    ),
    Pitfall(
        "perturbs-a-copy",
        Part.DIFFERENTIATOR,
        "The step of h is written into a copy that the function never reads, "
        "so every slope comes out as exactly 0.",
        Severity.ERROR,
        (
            Variant("x.copy()", (Edit(WHERE, START, f"x = x.copy()\n{START}"),)),
            Variant(
                "two copies",
                (
                    Edit(
                        WHERE,
                        "x[idx] = tmp_val + h\nfxh1 = f(x)\nx[idx] = tmp_val - h\nfxh2 = f(x)",
                        "x1, x2 = x.copy(), x.copy()\nx1[idx] += h\nx2[idx] -= h\n"
                        "fxh1 = f(x1)\nfxh2 = f(x2)",
                    ),
                ),
            ),
        ),
        Signature(
            "largest slope of a net's own weights",
            "0: the net reads its weights, not the copy",
            lambda _: 0.0,
            lambda code, s: float(np.max(np.abs(_own_slopes(code, s)))),
        ),
        lesson="mutated-or-copied",
    ),
    Pitfall(
        "differentiates-another-function",
        Part.DIFFERENTIATOR,
        "The loop calls a function of that name from elsewhere, never the one it was given.",
        Severity.ERROR,
        (
            Variant(
                "a global function",
                (
                    Edit(WHERE, "fxh1 = f(x)", "fxh1 = bowl(x)"),
                    Edit(WHERE, "fxh2 = f(x)", "fxh2 = bowl(x)"),
                ),
            ),
        ),
        Signature("number of calls of f", "0", lambda _: 0.0, evaluations),
    ),
    Pitfall(
        "complex-step-into-float",
        Part.DIFFERENTIATOR,
        "An imaginary step is written into an array of floats, which drops it with a warning, "
        "so every slope is 0.",
        Severity.ERROR,
        (
            Variant(
                "1j * h",
                (Edit(WHERE, ASKED, "x[idx] = tmp_val + 1j * h\ngrad[idx] = np.imag(f(x)) / h"),),
            ),
        ),
        NO_SLOPE,
    ),
    Pitfall(
        "reshapes-result",
        Part.DIFFERENTIATOR,
        "x is reshaped to one row inside, so the gradient has another shape than x.",
        Severity.ERROR,
        (
            Variant(
                "reshape(1, -1)",
                (Edit(WHERE, START, f"x = x.reshape(1, -1)\n{START}"),),
            ),
        ),
        Signature("number of rows of the gradient", "1", lambda _: 1.0, rows_of_result),
    ),
)
