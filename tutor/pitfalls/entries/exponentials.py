"""Softmax, wrong about its exponentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls.entries.softmax import LARGEST, RESULT, softmax_variant
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

EXP = "exp_x = np.exp(x - c)"


def nans_of_large_logits(code: Any, setting: Setting) -> float:
    """Measure how many of the probabilities of logits around 1000 are nan."""
    return float(np.isnan(code.softmax(setting.logits + 1000)).sum())


def way_of_argument(code: Any, setting: Setting) -> float:
    """Measure how far softmax moved its argument, at most."""
    logits = setting.logits.copy()
    code.softmax(logits)
    return float(np.max(np.abs(logits - setting.logits)))


def first_row_sum(code: Any, setting: Setting) -> float:
    """Measure what the first row sums to."""
    return float(np.sum(code.softmax(setting.logits.copy())[0]))


def row_sum_of_zeros(code: Any, setting: Setting) -> float:
    """Measure what a row of equal logits sums to."""
    return float(np.sum(code.softmax(np.zeros((setting.N, setting.K)))[0]))


def sum_for_whole_logits(code: Any, setting: Setting) -> float:
    """Measure what all probabilities of logits that are whole numbers sum to."""
    logits = setting.rng(6).integers(-3, 4, (setting.N, setting.K))
    return float(np.sum(code.softmax(logits)))


def _row_sum(formula: str, sum_of: Callable[[FloatArray, FloatArray], Any]) -> Signature:
    def predict(setting: Setting) -> float:
        row = setting.logits[0]
        return float(sum_of(row, np.exp(row - row.max())))

    return Signature(
        "sum of the first row", formula, predict, first_row_sum, rtol=1e-9, why="rounding"
    )


EXPONENTIALS = (
    Pitfall(
        "softmax-overflow",
        Part.SOFTMAX,
        "exp is taken of the logits as they are: beyond 709 it is inf, and inf / inf is nan.",
        Severity.ERROR,
        (softmax_variant("exp(x)", (f"{LARGEST}\n{EXP}", "exp_x = np.exp(x)")),),
        Signature(
            "number of nan for logits around 1000",
            "N K: all of them",
            lambda s: float(s.N * s.K),
            nans_of_large_logits,
        ),
        lesson="softmax-overflow",
    ),
    Pitfall(
        "softmax-mutates-input",
        Part.SOFTMAX,
        "`x -= max` writes into the logits of the caller; "
        "harmless as long as nobody reads them again.",
        Severity.ADVICE,
        (softmax_variant("x -= c", (EXP, "x -= c\nexp_x = np.exp(x)")),),
        Signature(
            "way that the argument moved, at most",
            "the largest |max of a row|",
            lambda s: float(np.max(np.abs(s.logits.max(axis=1)))),
            way_of_argument,
            rtol=1e-9,
            why="rounding",
        ),
        lesson="softmax-overflow",
    ),
    Pitfall(
        "softmax-wrong-denominator",
        Part.SOFTMAX,
        "exp is divided by something else than its own sum, so the rows do not sum to 1.",
        Severity.ERROR,
        (
            softmax_variant("sum(x)", (RESULT, "return exp_x / np.sum(x, axis=-1, keepdims=True)")),
            softmax_variant(
                "sum(exp(x) - max)",
                (RESULT, "return exp_x / np.sum(np.exp(x) - c, axis=-1, keepdims=True)"),
                signature=_row_sum(
                    "sum of exp(x - max) / sum of (exp(x) - max)",
                    lambda x, exp_x: exp_x.sum() / np.sum(np.exp(x) - x.max()),
                ),
            ),
            softmax_variant(
                "max(exp)",
                (RESULT, "return exp_x / np.max(exp_x, axis=-1, keepdims=True)"),
                signature=_row_sum("sum of exp(x - max)", lambda _, exp_x: exp_x.sum()),
            ),
        ),
        _row_sum("sum of exp(x - max) / sum of x", lambda x, exp_x: exp_x.sum() / x.sum()),
        lesson="softmax-overflow",
    ),
    Pitfall(
        "integer-result",
        Part.SOFTMAX,
        "The result is written into an array like the logits: where they are whole numbers, "
        "every probability is cut down to 0.",
        Severity.ERROR,
        (
            softmax_variant(
                "zeros_like",
                (
                    RESULT,
                    "result = np.zeros_like(x)\n"
                    "result[...] = exp_x / np.sum(exp_x, axis=-1, keepdims=True)\n"
                    "return result",
                ),
            ),
        ),
        Signature(
            "sum of all probabilities of whole logits",
            "0",
            lambda _: 0.0,
            sum_for_whole_logits,
        ),
        lesson="softmax-overflow",
    ),
    Pitfall(
        "softmax-is-sigmoid",
        Part.SOFTMAX,
        "Sigmoid stands where softmax should: each entry for itself, so rows do not sum to 1.",
        Severity.ERROR,
        (
            softmax_variant(
                "1 / (1 + exp(-x))", (f"{LARGEST}\n{EXP}\n{RESULT}", "return 1 / (1 + np.exp(-x))")
            ),
        ),
        Signature(
            "sum of a row of equal logits",
            "K / 2",
            lambda s: s.K / 2,
            row_sum_of_zeros,
            rtol=1e-12,
            why="rounding",
            silent=lambda s: s.K == 2,
        ),
        lesson="softmax-overflow",
    ),
)
