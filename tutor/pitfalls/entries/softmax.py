"""Softmax, wrong about rows and batches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.factors import EPSILON_SHOWS
from tutor.pitfalls.measuring import gradients, last_number, raised, raises
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature
from tutor.pitfalls.softmax import whole_batch_bias_difference

LARGEST = "c = np.max(x, axis=-1, keepdims=True)"
RESULT = "return exp_x / np.sum(exp_x, axis=-1, keepdims=True)"


def softmax_variant(name: str, *lines: tuple[str, str], **own: Any) -> Variant:
    """Return a spelling with other lines, given as (right, wrong)."""
    return Variant(name, tuple(Edit("softmax", find, wrong) for find, wrong in lines), **own)


def bias_difference(code: Any, setting: Setting) -> float:
    """Measure mean |backprop - numerical| of the last bias."""
    backprop, numerical = gradients(code, setting)
    return float(np.mean(np.abs(backprop["b2"] - numerical["b2"])))


def sum_of_bias_gradient(code: Any, setting: Setting) -> float:
    """Measure the sum of backprop's slopes of the last bias."""
    return float(np.sum(setting.net(code).gradient(setting.x, setting.t)["b2"]))


def rows_lost(code: Any, setting: Setting) -> float:
    """Measure how many rows have a nan where the first row lies 1000 above the others."""
    logits = setting.logits.copy()
    logits[0] += 1000
    return float(np.isnan(code.softmax(logits)).any(axis=1).sum())


def unbroadcast(code: Any, setting: Setting) -> float:
    """Measure the last length in the complaint about shapes; nan if nothing complains."""
    error = raised(code.softmax, setting.logits.copy())
    return last_number(error) if isinstance(error, ValueError) else math.nan


def axes_that_raise(code: Any, setting: Setting) -> float:
    """Measure the number of axes from which on softmax raises a ValueError; nan for none."""
    for logits in (setting.logits[0], setting.logits):
        if raises(ValueError, code.softmax, logits.copy()):
            return float(logits.ndim)
    return math.nan


SOFTMAXES = (
    Pitfall(
        "softmax-whole-batch",
        Part.SOFTMAX,
        "Softmax divides by the sum over the whole batch, "
        "so a row sums to about 1/N and the gradients do not agree.",
        Severity.ERROR,
        (
            softmax_variant(
                "both", (LARGEST, "c = np.max(x)"), (RESULT, "return exp_x / np.sum(exp_x)")
            ),
            softmax_variant(
                "only the sum",
                (RESULT, "return exp_x / np.sum(exp_x)"),
                signature=Signature(
                    "sum of backprop's b2",
                    "-(N - 1) / N: all of y sums to 1",
                    lambda s: -(s.N - 1) / s.N,
                    sum_of_bias_gradient,
                    rtol=1e-9,
                    why="rounding",
                    silent=lambda s: s.N == 1,
                ),
            ),
        ),
        Signature(
            "mean |backprop - numerical| of b2",
            "(N - 1) / N / K",
            lambda s: whole_batch_bias_difference(s.N, s.K),
            bias_difference,
            rtol=1e-3,
            why=EPSILON_SHOWS,
            silent=lambda s: s.N == 1,
        ),
        lesson="softmax-over-the-batch",
    ),
    Pitfall(
        "softmax-wrong-axis",
        Part.SOFTMAX,
        "Softmax sums down the batch, so the columns sum to 1 and not the rows, "
        "and the numerical gradient of the last bias is 0.",
        Severity.ERROR,
        (
            softmax_variant(
                "axis=0",
                (LARGEST, "c = np.max(x, axis=0)"),
                (RESULT, "return exp_x / np.sum(exp_x, axis=0)"),
            ),
            softmax_variant("builtin sum", (RESULT, "return exp_x / sum(exp_x)")),
        ),
        Signature(
            "sum of backprop's b2",
            "K / N - 1",
            lambda s: s.K / s.N - 1,
            sum_of_bias_gradient,
            rtol=1e-9,
            atol=1e-12,
            why="rounding",
            silent=lambda s: s.K == s.N,
        ),
        lesson="softmax-over-the-batch",
    ),
    Pitfall(
        "softmax-global-max",
        Part.SOFTMAX,
        "The largest logit of the whole batch is subtracted, so exp is 0 throughout a row "
        "that lies more than 745 below it, and 0 / 0 is nan.",
        Severity.ERROR,
        (softmax_variant("x.max()", (LARGEST, "c = np.max(x)")),),
        Signature(
            "number of rows with a nan, where one row lies 1000 above the others",
            "N - 1",
            lambda s: s.N - 1.0,
            rows_lost,
            silent=lambda s: s.N == 1,
        ),
        lesson="softmax-over-the-batch",
    ),
    Pitfall(
        "softmax-missing-keepdims",
        Part.SOFTMAX,
        "Without keepdims the row sums have shape (N,) and do not fit (N, K): "
        "a ValueError, or silence and wrong rows where N is K.",
        Severity.ERROR,
        (
            softmax_variant("sum", (RESULT, "return exp_x / np.sum(exp_x, axis=-1)")),
            softmax_variant(
                "both",
                (LARGEST, "c = np.max(x, axis=-1)"),
                (RESULT, "return exp_x / np.sum(exp_x, axis=-1)"),
            ),
        ),
        Signature(
            "length that cannot be broadcast against K, in what is raised",
            "N",
            lambda s: float(s.N),
            unbroadcast,
            silent=lambda s: s.N in (1, s.K),
        ),
        lesson="softmax-over-the-batch",
    ),
    Pitfall(
        "builtin-max-sum",
        Part.SOFTMAX,
        "Python's own max compares whole rows of a matrix, which have no order: a ValueError.",
        Severity.ERROR,
        (softmax_variant("max(x)", (LARGEST, "c = max(x)")),),
        Signature(
            "number of axes from which on it raises",
            "2",
            lambda _: 2.0,
            axes_that_raise,
            silent=lambda s: s.N == 1,
        ),
    ),
)
