"""What the figures of a gradient check show, the most telling first."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tutor.diagnosis.figures.check import Check
from tutor.diagnosis.figures.last_bias import (
    CLASSES,
    epsilon_in_bias,
    missing_division,
    whole_batch,
    wrong_axis,
    zero_on_one_side,
)
from tutor.diagnosis.figures.number import shown
from tutor.diagnosis.figures.pattern import (
    biases_alone,
    first_layer_alone,
    matrices_alone,
    zero_below,
)
from tutor.diagnosis.figures.remark import Remark, said
from tutor.diagnosis.findings import Evidence

_LARGE, _HUGE = 1e-4, 10.0


def remark_on(check: Check) -> Iterator[Remark]:
    """Yield what a check shows: at most one remark, the first that the figures bear out."""
    readings = (
        _not_finite,
        _all_zero,
        _all_alike,
        zero_below,
        whole_batch,
        epsilon_in_bias,
        _has_passed,
        wrong_axis,
        zero_on_one_side,
        missing_division,
        first_layer_alone,
        matrices_alone,
        biases_alone,
        _huge,
        _all_middling,
    )
    for reading in readings:
        remark = next(reading(check), None)
        if remark is not None:
            yield remark
            return


def _not_finite(check: Check) -> Iterator[Remark]:
    if check.is_finite:
        return
    yield said(
        "A figure of the gradient check is NaN or inf. A numerical gradient becomes NaN where the "
        "loss is inf (inf - inf), and log(0) is one way there; the figure does not say which of "
        "the two gradients it is. Next: print both for that parameter, and the loss.",
    )


def _all_zero(check: Check) -> Iterator[Remark]:
    if check.largest > 0:
        return
    names = ", ".join(check.figures)
    exact = all(number.text.lstrip("+-") in ("0", "0.0") for number in check.figures.values())
    last = check.last_bias
    sentence = (
        f"Every difference is 0 ({names}). Two gradients found in two ways differ by rounding, "
        f"1e-12 at least, and {last or 'the last bias'} by about 1.4e-7 where the log has its "
        "1e-7. Exactly 0 means that an array was compared with itself, or that both are all zeros "
        "(the figures do not tell these two apart)."
    )
    if not exact:
        sentence += " Printed with so few digits, a small difference would look the same."
    sentence += " Next: print both gradients, and look where each of the two was computed."
    evidence = Evidence(f"difference of {last or names}", "1e-12 or more", "0.0")
    yield said(sentence, "compares-with-itself", evidence, certain=exact and bool(last))


# -- one figure for every parameter ---------------------------------------------------------------


def _all_alike(check: Check) -> Iterator[Remark]:
    """Read a figure that is the same for every parameter: a ratio, or L/h."""
    value, least = check.largest, min(check.values.values())
    if len(check.figures) < 3 or check.passed or value - least > 1e-4 * value:
        return
    if math.isclose(value, math.log(CLASSES) * 1e4, rel_tol=1e-2):
        yield said(
            f"Every difference is about {value:.6g}, and ln(10) / 1e-4 = 23025.9: the loss of an "
            "untrained net over h. (f(x+h) + f(x-h)) / (2h) is that large, for every entry. "
            "Next: look for a + where the two values of f are subtracted.",
            "sum-not-difference",
            Evidence("L / h with L = ln 10, h = 1e-4", 1e4 * math.log(CLASSES), value),
        )
    elif math.isclose(value, math.log(CLASSES) * 5e3, rel_tol=1e-2):
        yield said(
            f"Every difference is about {value:.6g}, and ln(10) / 2e-4 = 11512.9: the loss of an "
            "untrained net over 2h. f(x+h) - f(x-h) / (2h), without parentheses around the "
            "difference, is f less that, for every entry. Next: write (f(x+h) - f(x-h)) / (2*h).",
            "missing-parentheses",
            Evidence("L / 2h with L = ln 10, h = 1e-4", 5e3 * math.log(CLASSES), value),
        )
    elif math.isclose(value, 2, rel_tol=1e-3):
        yield said(
            "Every parameter's relative error is 2: |a - b| / max(|a|, |b|) is 2 where b = -a. "
            "One of the two gradients has the wrong sign. Next: print one entry of both.",
            "gradient-sign",
            Evidence("relative error of a and -a", 2.0, value),
        )
    elif math.isclose(value, 1, rel_tol=1e-4):
        yield said(
            "Every parameter's relative error is 1. That is what comes out where one of the two "
            "gradients is all zeros, or, with |a| + |b| below the line, where the sign is wrong. "
            "The figure does not say which. Next: print one entry of both gradients."
        )
    elif 0.3 < value < 1:
        yield from _constant_ratio(value)


def _constant_ratio(value: float) -> Iterator[Remark]:
    """Read a relative error that is the same everywhere as a factor between the two gradients."""
    ratio = 1 / (1 - value)
    batch = round(ratio)
    if batch < 2 or not math.isclose(ratio, batch, rel_tol=1e-3):
        return
    yield said(
        f"Every parameter has the same relative error, {value:.6g} = ({batch}-1)/{batch}: one "
        f"gradient is {batch} times the other everywhere, which looks like a batch of {batch} "
        "divided by on one side only. The figures do not say on which: a backward pass that "
        "misses / batch_size, or a loss that is a sum and not a mean. Next: print one entry of "
        "both gradients and divide.",
        "missing-batch-division",
        Evidence(f"(N-1)/N for N = {batch}", (batch - 1) / batch, value),
    )


# -- ranges ---------------------------------------------------------------------------------------


def _has_passed(check: Check) -> Iterator[Remark]:
    if check.passed and not check.has_code:
        yield said(
            f"This gradient check has passed: no figure is above {check.largest:.2g}, and up to "
            "1e-7 is what rounding, h and the epsilon of the log leave. A check only compares two "
            "ways of one net: a forward pass that is wrong passes too."
        )


def _huge(check: Check) -> Iterator[Remark]:
    if min(check.values.values()) < _HUGE:
        return
    yield said(
        f"Every difference is huge, {min(check.values.values()):.4g} and more. A numerical "
        "gradient of a loss that is random (dropout, a batch drawn inside f) is off by "
        "d / (2h) = 5000 d where two calls differ by d; a + in place of the - gives L / h, the "
        "same for every entry. The figures do not prove either. Next: call the loss twice with "
        "the same x and t; the two must be the same to the last digit.",
        "random-loss",
    )


def _all_middling(check: Check) -> Iterator[Remark]:
    """Say what differences of one size in every parameter may come from."""
    least = min(check.values.values())
    if least < _LARGE:
        return
    size = f"from {shown(least)[:8]} to {shown(check.largest)[:8]}"
    yield said(
        f"The check fails in every parameter, {size}. Figures alone cannot tell float32 (noise "
        "that shrinks at h = 1e-2 and is gone in float64) from a missing division by the batch "
        "(backprop is N times the numerical gradient in every entry) or a wrong last layer, which "
        "every layer below inherits. Next: divide one entry of backprop's gradient by the "
        "numerical one, and print net.params['W1'].dtype.",
    )
