"""The gradient check: what is compared with what."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.measuring import (
    Gradients,
)
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature


class Claiming:
    """A net whose backprop says the opposite of its numerical gradient."""

    def __init__(self, setting: Setting) -> None:
        self.slopes: Gradients = {"W": setting.point / 100}

    def gradient(self, x: FloatArray, t: FloatArray) -> Gradients:
        """Return what backprop says."""
        return {key: -value for key, value in self.slopes.items()}

    def numerical_gradient(self, x: FloatArray, t: FloatArray) -> Gradients:
        """Return the right slopes."""
        return self.slopes


def reported_error(code: Any, setting: Setting) -> float:
    """Measure what the check reports for slopes of the wrong sign."""
    return float(code.gradient_check(Claiming(setting), setting.x, setting.t)["W"])


def largest_reported(code: Any, setting: Setting) -> float:
    """Measure the largest error that the check reports for a right net."""
    return float(max(code.gradient_check(setting.net(code), setting.x, setting.t).values()))


def zeros_reported(code: Any, setting: Setting) -> float:
    """Measure for how many parameters a check of a new net reports exactly 0."""
    errors = code.check_new_net(setting.x, setting.t, setting.H, setting.K, setting.seed)
    return float(sum(error == 0 for error in errors.values()))


COMPARISONS = (
    Pitfall(
        "vacuous-check",
        Part.CHECK,
        "The net is checked where there is nothing to check: with weights of 0 "
        "(or dead ReLUs) both gradients are 0, and the check passes whatever the code.",
        Severity.ERROR,
        (
            Variant(
                "std=0",
                (
                    Edit(
                        "check_new_net",
                        "net = TwoLayerNet(x.shape[1], H, K, std=0.5, seed=seed)",
                        "net = TwoLayerNet(x.shape[1], H, K, std=0.0, seed=seed)",
                    ),
                ),
            ),
        ),
        Signature(
            "number of parameters with an error of exactly 0",
            "3: W1, b1 and W2, where 0 is compared with 0",
            lambda _: 3.0,
            zeros_reported,
        ),
    ),
    Pitfall(
        "absolute-error-only",
        Part.CHECK,
        "Only the mean of |backprop - numerical| is reported: "
        "where slopes are small, wrong ones look near enough.",
        Severity.ADVICE,
        (
            Variant(
                "np.average",
                (
                    Edit(
                        "gradient_check",
                        "errors[key] = np.max(difference / np.maximum(size, 1e-8))",
                        "errors[key] = np.average(difference)",
                    ),
                ),
            ),
        ),
        Signature(
            "error reported for slopes of the wrong sign",
            "twice the mean slope; the relative error is 1",
            lambda s: 2 * float(np.mean(np.abs(s.point / 100))),
            reported_error,
            rtol=1e-12,
            why="rounding",
        ),
        lesson="gradient-check",
    ),
    Pitfall(
        "compares-with-itself",
        Part.CHECK,
        "Backprop is compared with backprop, so the difference is exactly 0 everywhere, "
        "even in b2, where the epsilon of the loss leaves 1e-7 in a right check.",
        Severity.ERROR,
        (
            Variant(
                "gradient twice",
                (
                    Edit(
                        "gradient_check",
                        "numerical = net.numerical_gradient(x, t)",
                        "numerical = net.gradient(x, t)",
                    ),
                ),
            ),
            Variant(
                "the same dict",
                (
                    Edit(
                        "gradient_check",
                        "backprop = net.gradient(x, t)",
                        "backprop = numerical",
                    ),
                ),
            ),
        ),
        Signature("largest error reported", "exactly 0", lambda _: 0.0, largest_reported),
    ),
)
