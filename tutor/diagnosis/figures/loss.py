"""What printed losses show: figures that have one source, and losses that go nowhere."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tutor.diagnosis.figures.accuracy import is_train_share
from tutor.diagnosis.figures.number import Number
from tutor.diagnosis.figures.printout import Printout
from tutor.diagnosis.figures.remark import Remark, said
from tutor.diagnosis.figures.series import Series, series_of
from tutor.diagnosis.findings import Evidence

K: Final = 10
PLATEAU: Final = -math.log(1e-7)
FLOOR: Final = math.log(1 + (K - 1) / math.e)
UNTRAINED: Final = math.log(K)
_WITH_EPSILON: Final = -math.log(1 / K + 1e-7)
_BATCHES: Final = (2, 3, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 500, 512, 1000)
_FLOOR_REACHED: Final = 1.475


@dataclass(frozen=True, slots=True)
class Known:
    """A loss that has one source."""

    value: float
    digits: int
    pitfall: str
    sentence: str


def _nine_tenths(epsilon: float) -> float:
    return -9 * math.log(0.1 + epsilon) - math.log(0.05 + epsilon)


_MIXED = (
    "{text} is -(9 log 0.1 + log 0.05): the loss of the example y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, "
    "0, 0.1, 0, 0] with a one-hot t handed to the formula for labels, y[arange(N), t], which reads "
    "y[0] nine times and y[1] once. -log 0.6 = 0.5108 is right. Next: print t.shape, and hand over "
    "labels or use -sum(t * log(y))."
)
KNOWN: Final = (
    Known(
        PLATEAU,
        5,
        "epsilon-plateau",
        "{text} is -log(1e-7) = 16.11809565: the right class has y = 0 in float64, and log(y + "
        "1e-7) cannot give more. Up there the numerical gradient is 0 while backprop's is not. "
        "Next: print the largest of the logits before softmax; a smaller rate or smaller weights "
        "keep it down.",
    ),
    Known(_nine_tenths(0.0), 6, "label-one-hot-mixup", _MIXED),
    Known(_nine_tenths(1e-7), 6, "label-one-hot-mixup", _MIXED),
    Known(
        155.7648417741,
        5,
        "label-one-hot-mixup",
        "{text} is what the example y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0] gives when "
        "the label 2 is handed to the one-hot formula: -2 * sum(log(y + 1e-7)). -log 0.6 = 0.5108 "
        "is right. Next: print t, and make it one-hot or use y[arange(N), t].",
    ),
)


def remarks_on_losses(printout: Printout) -> Iterator[Remark]:
    """Yield what the losses of an output show."""
    yield from _known_of(printout)
    for series in series_of(printout):
        remark = next(_of_series(series), None)
        if remark is not None:
            yield remark.at(None, remark.text or series.text)


def _known_of(printout: Printout) -> Iterator[Remark]:
    """Yield each known figure once, where it is shown with the digits to be certain."""
    found: dict[str, Remark] = {}
    for item in printout.items:
        known = _known(item.number) if item.shape == () else None
        if known is not None and (known.pitfall not in found or known.certain):
            found[known.pitfall] = known.at(None, printout.line_of(item))
    yield from found.values()


def _known(number: Number) -> Remark | None:
    known = min(KNOWN, key=lambda one: abs(one.value - number.value))
    if not math.isfinite(number.value) or number.digits < known.digits:
        return None
    if not number.is_near(known.value, 1e-6 * known.value):
        return None
    measured = Evidence("loss", known.value, number.value)
    certain = number.is_near(known.value, 1e-8) and number.digits >= 6
    return said(known.sentence.format(text=number.text), known.pitfall, measured, certain=certain)


def _of_series(series: Series) -> Iterator[Remark]:
    """Yield what a series shows, the most telling first."""
    if not np.isfinite(series.values).all():
        yield from _not_finite(series)
        return
    if _known(series.numbers[-1]) is not None:
        return
    yield from _untrained(series)
    if not series.trained:
        return
    yield from _unmoved(series)
    if series.labelled:
        yield from _whole_batch(series)
        yield from _floor(series)
        yield from _rising(series)


def _not_finite(series: Series) -> Iterator[Remark]:
    at = int(np.argmin(np.isfinite(series.values)))
    lines = series.text.split("\n")
    line = lines[min(at, len(lines) - 1)].strip()
    if np.isnan(series.values[at]):
        yield said(
            f"The loss is NaN {_since(at)}. NaN comes of inf - inf, inf / inf, 0 * inf, 0 / 0 or "
            "the log of a negative number, and stays; the figure does not say which. "
            "Next: np.seterr(all='raise') before the training stops at the first such line.",
            "blow-up" if at > 0 else "",
            text=line,
        )
    else:
        yield said(
            f"The loss is inf {_since(at)}: some -log(y) was taken at y = 0. Backprop never reads "
            "the loss and goes on; a numerical gradient becomes NaN (inf - inf). Next: print "
            "y.min(), and use log(y + 1e-7).",
            "log-of-zero",
            Evidence("-log(0)", "inf", "inf"),
            text=line,
        )


def _since(at: int) -> str:
    return "from the first figure on" if at == 0 else f"from figure {at + 1} on"


def _untrained(series: Series) -> Iterator[Remark]:
    """Read ln 10 to seven digits or more where it stands alone or never moves."""
    first = series.numbers[0]
    exact = any(first.is_near(value, 1e-9) for value in (UNTRAINED, _WITH_EPSILON))
    if not exact or first.digits < 7 or (len(series.numbers) > 1 and not series.never_moves):
        return
    evidence = Evidence("ln K, K = 10", UNTRAINED, first.value)
    known = f"{first.text} is ln 10: each of ten classes has y = 0.1, whatever the image."
    if series.never_moves:
        yield said(
            f"{known} It never moves, so the weights are as equal at the end as at the start: all "
            "zeros (with hidden layers none but the last bias then gets a slope), or an update "
            "that does not reach the layers. The figures do not say which. Next: print "
            "np.abs(W1).max() before and after one step.",
            "zero-init",
            evidence,
        )
    else:
        yield said(
            f"{known} That is where an untrained net begins; to all these digits it takes weights "
            "that are all zeros. Alone, the figure does not say whether it will move. Next: print "
            "it again after 100 steps.",
            "",
            evidence,
        )


def _unmoved(series: Series) -> Iterator[Remark]:
    first = series.numbers[0]
    least = 6 if series.labelled else 10
    if not series.never_moves or first.digits < least or is_train_share(first):
        return
    name = "loss" if series.labelled else "figure"
    yield said(
        f"The {name} is {first.text} to the last digit in all {len(series.numbers)} lines: no step "
        "changed what the net answers. params[k] = params[k] - lr * grad gives the dict new arrays "
        "while the layers keep the old ones; a gradient of zeros, or lr = 0, looks the same. "
        "Next: print params['W1'] is layers['Affine1'].W after one step.",
        "rebinds-parameters",
        Evidence("change of the loss", 0.0, float(series.values[-1] - series.values[0])),
    )


def _whole_batch(series: Series) -> Iterator[Remark]:
    """Read ln(N K) in the first loss of a training."""
    first = series.numbers[0]
    if len(series.numbers) < 2 or first.digits < 4:
        return
    for batch in _BATCHES:
        predicted = math.log(batch * K)
        if abs(first.value - predicted) < 0.002:
            yield said(
                f"The first loss, {first.text}, is near ln({batch} * 10) = {predicted:.4f}, and an "
                f"untrained net with ten classes begins near ln 10 = {UNTRAINED:.4f}. A softmax "
                f"that divides by the sum over a batch of {batch} begins there; one over the wrong "
                f"axis of a batch of {batch * K} does, and large first weights may by chance. "
                "Next: print softmax(a).sum(axis=1); each row must give 1.",
                "softmax-whole-batch",
                Evidence(f"ln(N K), N = {batch}, K = 10", predicted, first.value),
                text=series.text.split("\n")[0].strip(),
            )
            return


def _floor(series: Series) -> Iterator[Remark]:
    """Read a loss that settles on the least that two squashings allow."""
    last = series.values[-3:]
    if len(series.numbers) < 4 or series.values.min() < FLOOR - 1e-4 or last.max() > _FLOOR_REACHED:
        return
    yield said(
        f"The loss settles at {series.numbers[-1].text} and never goes below {FLOOR:.4f} = ln(1 + "
        "9/e): the least that softmax gives for ten logits between 0 and 1. Logits are squeezed "
        "into [0, 1] by a softmax or a sigmoid before the softmax of the loss. A training that "
        "happens to stop there looks the same. Next: print the range of what goes into the loss.",
        "squashed-twice",
        Evidence("ln(1 + (K-1)/e), K = 10", FLOOR, float(series.values.min())),
    )


def _rising(series: Series) -> Iterator[Remark]:
    values = series.values
    if len(values) < 3 or not np.all(np.diff(values) > 0) or values[-1] < 1.05 * values[0]:
        return
    yield said(
        f"The loss rises at every line, from {series.numbers[0].text} to "
        f"{series.numbers[-1].text}. A step with the wrong sign (params += lr * grad) climbs; a "
        "rate that is too large throws the loss up as well, and the figures do not say which. "
        "Next: take one step with lr = 1e-6; if the loss still rises, it is the sign.",
        "gradient-ascent",
        Evidence("change of the loss", "below 0", float(values[-1] - values[0])),
    )
