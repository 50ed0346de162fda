"""The affine layer, wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.factors import EPSILON_SHOWS, network_factor
from tutor.pitfalls.measuring import (
    common_ratio,
    gradients,
    last_number,
    overall_ratio,
    raised,
    relative_error,
)
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

AFFINE_BACKWARD = "Affine.backward"
DX = "dx = np.dot(dout, self.W.T)"
DW = "self.dW = np.dot(self.x.T, dout)"
DB = "self.db = np.sum(dout, axis=0)"
DIVIDED = (
    Edit(AFFINE_BACKWARD, DW, f"{DW} / self.x.shape[0]"),
    Edit(AFFINE_BACKWARD, DB, f"{DB} / self.x.shape[0]"),
)


def affine(setting: Setting, code: Any) -> tuple[Any, FloatArray]:
    """Return an affine layer after its forward pass, and a dout for it."""
    rng = setting.rng(9)
    layer = code.Affine(rng.standard_normal((setting.D, setting.H)), np.zeros(setting.H))
    layer.forward(setting.x)
    return layer, rng.standard_normal((setting.N, setting.H))


def shape_of_db(axis: int) -> Callable[[Any, Setting], float]:
    """Return what measures the length of db along an axis; 0 if it has none such."""

    def measure(code: Any, setting: Setting) -> float:
        layer, dout = affine(setting, code)
        layer.backward(dout)
        shape = np.shape(layer.db)
        return float(shape[axis]) if len(shape) > axis else 0.0

    return measure


def rows_of_dW(code: Any, setting: Setting) -> float:
    """Measure how many rows dW has."""
    layer, dout = affine(setting, code)
    layer.backward(dout)
    return float(np.shape(layer.dW)[0])


def unaligned_rows(code: Any, setting: Setting) -> float:
    """Measure the last length in the complaint of a product; nan if nothing complains."""
    layer, dout = affine(setting, code)
    error = raised(layer.backward, dout)
    text = str(error).removesuffix(" (dim 0)") if isinstance(error, ValueError) else None
    return last_number(ValueError(text)) if text else math.nan


def weights_over_gradient(code: Any, setting: Setting) -> float:
    """Measure W after backward, over dW; nan if they are no multiple of each other."""
    layer, dout = affine(setting, code)
    layer.backward(dout)
    return common_ratio(layer.W, np.dot(setting.x.T, dout))


def largest_bias_slope(code: Any, setting: Setting) -> float:
    """Measure the largest slope of the last bias."""
    return float(np.max(np.abs(setting.net(code).gradient(setting.x, setting.t)["b2"])))


def bias_ratio(code: Any, setting: Setting) -> float:
    """Measure backprop / numerical in the last bias, where that of W2 is 1; else nan."""
    backprop, numerical = gradients(code, setting)
    if relative_error(backprop["W2"], numerical["W2"]) > 1e-3:
        return math.nan
    return overall_ratio(backprop["b2"], numerical["b2"])


def _db(name: str, wrong: str, signature: Signature | None = None) -> Variant:
    return Variant(name, (Edit(AFFINE_BACKWARD, DB, f"self.db = {wrong}"),), signature)


AFFINES = (
    Pitfall(
        "double-batch-division",
        Part.AFFINE,
        "The loss layer divides by the batch size and the affine layer does it again, "
        "so dW and db are 1/N of what they should be.",
        Severity.ERROR,
        (Variant("dW and db", DIVIDED),),
        network_factor("1 / N", lambda s: 1 / s.N),
    ),
    Pitfall(
        "bias-gradient",
        Part.AFFINE,
        "db is not dout summed over the batch (axis=0): it is left whole, summed over everything, "
        "averaged, or never given. Its shape should be that of b.",
        Severity.ERROR,
        (
            _db("dout", "dout"),
            _db(
                "np.sum(dout)",
                "np.sum(dout)",
                Signature(
                    "largest slope of the last bias",
                    "0: the rows of y - t sum to 0",
                    lambda _: 0.0,
                    largest_bias_slope,
                    atol=1e-12,
                    why="rounding, about 1e-17",
                ),
            ),
            _db(
                "axis=1",
                "np.sum(dout, axis=1)",
                Signature(
                    "length of db",
                    "N, for H biases",
                    lambda s: float(s.N),
                    shape_of_db(0),
                    silent=lambda s: s.N == s.H,
                ),
            ),
            _db(
                "mean",
                "np.mean(dout, axis=0)",
                Signature(
                    "backprop / numerical in b2, where W2 is right",
                    "1 / N",
                    lambda s: 1 / s.N,
                    bias_ratio,
                    rtol=1e-3,
                    why=EPSILON_SHOWS,
                    silent=lambda s: s.N == 1,
                ),
            ),
        ),
        Signature(
            "length of the second axis of db",
            "H: db is (N, H)",
            lambda s: float(s.H),
            shape_of_db(1),
        ),
    ),
    Pitfall(
        "missing-transpose",
        Part.AFFINE,
        "A transpose is missing or stands on the wrong factor: "
        "a ValueError, or silence and wrong slopes where the matrix is square.",
        Severity.ERROR,
        (
            Variant("dout W", (Edit(AFFINE_BACKWARD, DX, "dx = np.dot(dout, self.W)"),)),
            Variant(
                "dout.T x",
                (Edit(AFFINE_BACKWARD, DW, "self.dW = np.dot(dout.T, self.x)"),),
                Signature(
                    "number of rows of dW",
                    "H, for a W with D rows",
                    lambda s: float(s.H),
                    rows_of_dW,
                    silent=lambda s: s.D == s.H,
                ),
            ),
        ),
        Signature(
            "length that does not fit, in what is raised",
            "D, the rows of W",
            lambda s: float(s.D),
            unaligned_rows,
            silent=lambda s: s.D == s.H,
        ),
    ),
    Pitfall(
        "backward-overwrites-weights",
        Part.AFFINE,
        "backward stores dW in W: the weights are gone before any step of the optimizer.",
        Severity.ERROR,
        (
            Variant(
                "self.W =",
                (Edit(AFFINE_BACKWARD, DW, "self.W = self.dW = np.dot(self.x.T, dout)"),),
            ),
        ),
        Signature(
            "W after backward, over dW",
            "1",
            lambda _: 1.0,
            weights_over_gradient,
            rtol=1e-12,
            why="rounding",
        ),
    ),
)
