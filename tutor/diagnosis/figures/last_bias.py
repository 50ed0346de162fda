"""The figure of the last layer's bias in a gradient check, which N and K alone predict."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Final

from tutor.diagnosis.figures.check import PASSED, Check
from tutor.diagnosis.figures.number import Number
from tutor.diagnosis.figures.remark import Remark, said
from tutor.diagnosis.findings import Evidence

CLASSES: Final = 10
"""The number of classes K that is taken where only figures are there: the ten digits."""

_MEAN_DB: Final = (("three different labels", 0.14), ("two of three equal", 0.16),
                   ("three equal labels", 0.18))  # fmt: skip
_WRONG_AXIS: Final = (("three different labels", 7 / 30), ("two of three equal", 0.3),
                      ("three equal labels", 11 / 30))  # fmt: skip
_KINK: Final = 1e-4  # how far a kink within h = 1e-4 puts a mean difference, at most
_LOST_IN_B2: Final = 1e-8  # what rounding and h leave in a printed (N-1)/N/K
_LARGEST_BATCH: Final = 1000


def whole_batch(check: Check) -> Iterator[Remark]:
    """Read (N-1)/N/K in the last bias."""
    name = check.last_bias
    if not name or not 0.04 < check.values[name] < 1 / CLASSES:
        return
    number, value = check.figures[name], check.values[name]
    fitting = _batches(number)
    if not fitting or max(check.others(name), default=0) > value:
        return
    batch = min(fitting, key=lambda n: abs((n - 1) / n / CLASSES - value))
    predicted = (batch - 1) / batch / CLASSES
    more = ""
    if len(fitting) > 1:
        more = f" The digits printed leave N between {fitting[0]} and {fitting[-1]}."
    yield said(
        f"{name} differs by {number.text} = (N-1)/N/{CLASSES} with N = {batch}. That is the "
        "figure of a softmax that divides by the sum over the whole batch: the mean over "
        f"{CLASSES} classes of (1 - 1/N) times the summed y, whatever the weights are."
        f"{more} Next: print softmax(a).sum(axis=1) for a batch; each row must give 1.",
        "softmax-whole-batch",
        Evidence(f"mean difference of {name}, (N-1)/N/K, N = {batch}", predicted, value),
        certain=len(fitting) == 1 and number.digits >= 6 and len(check.figures) > 2,
    )


def _batches(number: Number) -> list[int]:
    """Return the batch sizes N for which (N-1)/N/K is the figure, to its digits."""
    value = abs(number.value)
    positive = Number(number.text.lstrip("+-"), value)
    near = round(1 / (1 - CLASSES * value)) if value < 1 / CLASSES else _LARGEST_BATCH
    sizes = range(2, min(2 * near + 10, _LARGEST_BATCH))
    slack = _LOST_IN_B2 - positive.unit / 2  # rounded here, never cut off: half a unit is enough
    return [n for n in sizes if positive.is_near((n - 1) / n / CLASSES, slack)]


def epsilon_in_bias(check: Check) -> Iterator[Remark]:
    """Read mean |db| * delta / y in the last bias, at y = 1/K and a batch of three."""
    name = check.last_bias
    if not name or not 0 < check.values[name] < 0.01:
        return
    value = check.values[name]
    beside = check.values[check.last_weight] if check.last_weight else max(check.others(name))
    for delta, (labels, mean) in product((1e-7, 1e-6, 1e-5, 1e-4, 1e-3), _MEAN_DB):
        predicted = mean * delta * CLASSES
        if abs(value / predicted - 1) < 0.035 and 0 < beside < value / 1.4:
            near = math.isclose(value, predicted, rel_tol=0.015) and beside < value / 5
            told = near and check.figures[name].digits > 2 and bool(check.last_weight)
            yield from _of_epsilon(check, delta, labels, predicted, told)
            return


def _of_epsilon(
    check: Check, delta: float, labels: str, predicted: float, told: bool
) -> Iterator[Remark]:
    name, power = check.last_bias, f"{delta:.0e}".replace("e-0", "e-")
    what = f"mean |d{name}| * delta / y, {labels}, y = 0.1"
    evidence = Evidence(what, predicted, check.values[name])
    mean, others = predicted / delta / CLASSES, max(check.others(name))
    known = (
        f"{name}, {check.figures[name].text}, is not noise: it is the epsilon of log(y + {power}). "
        f"Mean |d{name}| * delta / y = {mean:.2f} * {power} / 0.1 = {predicted:.3g} for a batch of "
        f"three ({labels}) and ten classes before training."
    )
    if delta > 1e-7:
        usual = f"The usual 1e-7 gives {predicted * 1e-7 / delta:.3g}."
        next_step = "Next: look for the epsilon in the log of the loss."
        # The other powers of ten are rare, and three figures a decade meet many a noise.
        certain = told and delta >= 1e-4 and others < check.values[name]
        yield said(f"{known} {usual} {next_step}", "epsilon-wrong", evidence, certain=certain)
    elif others < PASSED:
        passed = f"The check has passed: the others are {others:.1e} and less."
        yield said(f"{known} {passed}", "", evidence, certain=told)
    elif others < _KINK:
        yield said(
            f"{known} The largest of the others, {others:.1e}, can be a kink: a ReLU whose input "
            "lies within h of 0. Next: run the check with h = 1e-6; a kink's difference shrinks.",
            "",
            evidence,
        )


def wrong_axis(check: Check) -> Iterator[Remark]:
    """Read mean |1/N - share of a class| in the last bias: columns, not rows, that sum to 1."""
    name = check.last_bias
    for labels, predicted in _WRONG_AXIS if name else ():
        number = check.figures[name]
        if number.digits > 3 and number.is_near(predicted, _LOST_IN_B2):
            yield said(
                f"{name} differs by {number.text}, and {predicted:.7g} is what a softmax over the "
                f"wrong axis leaves for a batch of three ({labels}) and ten classes: each column "
                "sums to 1, so backprop's slope of a class is 1/3 less its share of the labels, "
                "while the loss does not see the bias at all and the numerical one is 0. "
                "Next: print softmax(a).sum(axis=1); each row must give 1.",
                "softmax-wrong-axis",
                Evidence(f"mean |1/N - share|, N = 3, {labels}", predicted, number.value),
                certain=number.digits >= 6,
            )


def zero_on_one_side(check: Check) -> Iterator[Remark]:
    """Read mean |db| itself in the last bias: what is left where one gradient is zero."""
    name = check.last_bias
    for labels, mean in _MEAN_DB if name else ():
        value = check.values[name]
        if abs(value / mean - 1) < 0.01 and 0 < max(check.others(name)) < value:
            yield said(
                f"{name} differs by {value:.4g}, which is mean |d{name}| itself for a batch of "
                f"three ({labels}) and ten classes before training: {mean:.2f}. So one of the two "
                "gradients is 0 or nearly: a numerical one whose f does not see the step "
                "(perturbs-a-copy), whose step is lost in rounding (step-underflow), or that ends "
                "in / 2*h (step-precedence). The figures do not say which. Next: print both.",
                "",
                Evidence(f"mean |d{name}|, N = 3, {labels}", mean, value),
            )
            return


def missing_division(check: Check) -> Iterator[Remark]:
    """Read (N-1) * mean |db| in the last bias, N = 3, or twice mean |db|, before training."""
    name = check.last_bias
    for labels, mean in _MEAN_DB if name else ():
        predicted = 2 * mean
        value = check.values[name]
        if abs(value / predicted - 1) < 0.03 and 0 < max(check.others(name)) < value:
            yield said(
                f"{name} differs by {value:.4g}. Before training, with a batch of three "
                f"({labels}) and ten classes, mean |d{name}| is {mean:.2f}, and (3-1) * "
                f"{mean:.2f} = {predicted:.2f} is left where one side alone is divided by the "
                "batch (missing-batch-division, loss-not-averaged), and 2 * "
                f"{mean:.2f} where one has the wrong sign (gradient-sign). The figures do not say "
                "which. Next: divide one entry of backprop's gradient by the numerical one: 3, "
                "1/3 or -1.",
                "",
                Evidence(f"(N-1) * mean |d{name}|, N = 3", predicted, value),
            )
            return
