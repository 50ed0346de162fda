"""The numerical gradient: a wrong step, or a wrong quotient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls import cubic
from tutor.pitfalls.cubic import Cubic
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.measuring import common_ratio
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

WHERE = "numerical_gradient"
HEAD = "def numerical_gradient(f, x, h=1e-4):"
QUOTIENT = "grad[idx] = (fxh1 - fxh2) / (2 * h)"

Weight = Callable[[FloatArray], FloatArray]


def quotient(name: str, wrong: str, signature: Signature | None = None) -> Variant:
    """Return a spelling that stores another quotient."""
    return Variant(name, (Edit(WHERE, QUOTIENT, f"grad[idx] = {wrong}"),), signature)


def step(h: str, signature: Signature | None = None, severity: Severity | None = None) -> Variant:
    """Return a spelling with another step."""
    return Variant(f"h={h}", (Edit(WHERE, HEAD, HEAD.replace("1e-4", h)),), signature, severity)


def slopes_by(code: Any, setting: Setting, h: float | None = None) -> FloatArray:
    """Run the differentiator on a cubic; without h it takes its own step."""
    point = setting.point.copy()
    steps = () if h is None else (h,)
    slopes: FloatArray = code.numerical_gradient(Cubic(), point, *steps)
    return slopes


def largest(code: Any, setting: Setting) -> float:
    """Measure the largest of all slopes, by size."""
    return float(np.max(np.abs(slopes_by(code, setting))))


def largest_error(code: Any, setting: Setting) -> float:
    """Measure how far the worst slope is off, at the step of the setting."""
    slopes = slopes_by(code, setting, setting.h)
    return float(np.max(np.abs(slopes - cubic.slopes(setting.point))))


def largest_error_of_own_step(code: Any, setting: Setting) -> float:
    """Measure how far the worst slope is off, at the step that the code takes by itself."""
    return float(np.max(np.abs(slopes_by(code, setting) - cubic.slopes(setting.point))))


def ratio_to_truth(weight: Weight = np.ones_like) -> Callable[[Any, Setting], float]:
    """Return what measures num / true, times a weight of x; nan if it is no one factor."""

    def measure(code: Any, setting: Setting) -> float:
        slopes = slopes_by(code, setting, setting.h)
        return common_ratio(slopes * weight(setting.point), cubic.slopes(setting.point), 1e-2)

    return measure


def mean_slope(code: Any, setting: Setting) -> float:
    """Measure the mean of all slopes."""
    return float(np.mean(slopes_by(code, setting, setting.h)))


def _truncation(h: float) -> Signature:
    return Signature(
        "largest error of a slope of x cubed",
        "h^2 / 6 times the third derivative: h^2",
        lambda _: h**2,
        largest_error_of_own_step,
        rtol=1e-2,
        why="rounding, about 1e-11 / h",
    )


ROUNDING = Signature(
    "size of the largest error, as a power of ten",
    "log10 of eps times the largest |x|^3, over h: rounding",
    lambda setting: float(
        np.log10(np.finfo(float).eps * np.max(np.abs(setting.point) ** 3) / 1e-12)
    ),
    lambda code, setting: float(np.log10(largest_error_of_own_step(code, setting))),
    atol=1.5,
    why="rounding is known by its size alone",
)


def _missing(way: str, divisor: float) -> Signature:
    def predict(setting: Setting) -> float:
        slope = float(np.mean(cubic.slopes(setting.point)))
        return cubic.value(setting) * (1 - 1 / (divisor * setting.h)) + slope / divisor

    return Signature(
        "mean of all slopes",
        f"f - f / {way}, and the mean slope over {divisor:g}",
        predict,
        mean_slope,
        rtol=1e-5,
        atol=1e-2,
        why="f is asked at h away from x: its slope and its curvature times h",
    )


STEPS_AND_QUOTIENTS = (
    Pitfall(
        "step-underflow",
        Part.DIFFERENTIATOR,
        "The step is so small that x + h is x, so every slope is exactly 0.",
        Severity.ERROR,
        (step("1e-50"), step("1e-49")),
        Signature("largest slope", "0: x + h == x", lambda _: 0.0, largest),
        lesson="the-size-of-h",
    ),
    Pitfall(
        "forward-difference",
        Part.DIFFERENTIATOR,
        "The slope is taken upwards only, (f(x + h) - f(x)) / h, "
        "so it is off by half of h times the curvature.",
        Severity.ADVICE,
        (
            Variant(
                "fx",
                (
                    Edit(WHERE, "grad = np.zeros_like(x)", "grad = np.zeros_like(x)\nfx = f(x)"),
                    Edit(
                        WHERE,
                        f"x[idx] = tmp_val - h\nfxh2 = f(x)\n{QUOTIENT}",
                        "grad[idx] = (fxh1 - fx) / h",
                    ),
                ),
            ),
            Variant(
                "fxh2",
                (
                    Edit(WHERE, "x[idx] = tmp_val - h", "x[idx] = tmp_val"),
                    Edit(WHERE, QUOTIENT, "grad[idx] = (fxh1 - fxh2) / h"),
                ),
            ),
        ),
        Signature(
            "largest error of a slope",
            "h / 2 times the largest second derivative",
            lambda s: s.h / 2 * float(np.max(np.abs(cubic.curvature(s.point)))),
            largest_error,
            rtol=1e-2,
            why="the next term, h^2 / 6 f''', and rounding",
        ),
        lesson="central-difference",
    ),
    Pitfall(
        "step-precedence",
        Part.DIFFERENTIATOR,
        "`/ 2*h` divides by 2 and multiplies by h, so every slope is h squared times too small.",
        Severity.ERROR,
        (
            quotient("/ 2*h", "(fxh1 - fxh2) / 2 * h"),
            quotient("* 1/2*h", "(fxh1 - fxh2) * 1 / 2 * h"),
            quotient("/ 2.0*h", "(fxh1 - fxh2) / 2.0 * h"),
        ),
        Signature(
            "num / true, one factor for all",
            "h^2",
            lambda s: s.h**2,
            # Below 1e-5 a slope counts as none, so it is the wrong one that is divided by.
            ratio_to_truth(),
            rtol=1e-5,
            why="the error of central differences, h^2 / 6 f'''",
        ),
    ),
    Pitfall(
        "sum-not-difference",
        Part.DIFFERENTIATOR,
        "The two values of f are added where they are to be subtracted, "
        "so every slope is about f / h: gigantic, and nearly the same for all.",
        Severity.ERROR,
        (quotient("fxh1 + fxh2", "(fxh1 + fxh2) / (2 * h)"),),
        Signature(
            "mean of all slopes",
            "f / h",
            lambda s: cubic.value(s) / s.h,
            mean_slope,
            rtol=1e-5,
            why="f is asked at h away from x: its curvature times h",
        ),
    ),
    Pitfall(
        "missing-parentheses",
        Part.DIFFERENTIATOR,
        "Without parentheses only f(x - h) is divided, so every slope is about -f / h.",
        Severity.ERROR,
        (
            quotient("/ (2*h)", "fxh1 - fxh2 / (2 * h)"),
            quotient("/ h", "fxh1 - fxh2 / h", _missing("h", 1)),
        ),
        _missing("(2h)", 2),
    ),
    Pitfall(
        "divides-by-x",
        Part.DIFFERENTIATOR,
        "The difference is divided by 2x in place of 2h, so each slope is h / x of what it is.",
        Severity.ERROR,
        (
            quotient("2 * tmp_val", "(fxh1 - fxh2) / (2 * tmp_val)"),
            quotient("2 * x[idx]", "(fxh1 - fxh2) / (2 * x[idx])"),
        ),
        Signature(
            "num / true, times x",
            "h",
            lambda s: s.h,
            ratio_to_truth(np.positive),
            rtol=1e-2,
            why="x[idx] is x - h at that moment",
        ),
    ),
    Pitfall(
        "bad-step-size",
        Part.DIFFERENTIATOR,
        "The step is far from the best one, near 1e-5 for float64: "
        "a larger one cuts curves short, a smaller one drowns in rounding.",
        Severity.ADVICE,
        (
            step("1e-3"),
            step("1e-1", _truncation(1e-1), Severity.ERROR),
            step("1e-12", ROUNDING, Severity.ERROR),
        ),
        _truncation(1e-3),
        lesson="the-size-of-h",
    ),
)
