"""Printed numerical gradients that give their differentiator away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from tutor.diagnosis.figures.item import Item
from tutor.diagnosis.figures.printout import Printout
from tutor.diagnosis.figures.remark import Remark, said
from tutor.diagnosis.findings import Evidence

H: Final = 1e-4
_STEP: Final = 5000.0  # 1 / (2h): what one unit of f makes of a quotient over 2h

_GRADIENT: Final = re.compile(
    r"grad|slope|\bd[WwBb]\d?\b|numerical|\bdiff|勾配|微分|傾き|pente|d[ée]riv|기울기|미분", re.I
)
_FXH: Final = re.compile(r"fx_?h_?(\d)|f_?(plus|minus)", re.I)
_ZEROS_ASKED: Final = re.compile(r"zeros|\bxs?\b|\.x\b|init")
_WEIGHTS: Final = re.compile(r"(?:^|\.|\[['\"])W\d?(?:['\"]\])?$")
_KNOWN: Final = frozenset({-3, 0, 2, 3, 4})  # where the bowl's slopes are asked for
_ALIKE: Final = 1e-3
_OTHER_NAME: Final = re.compile(r"softmax|loss|params|labels?|shape|\by\b|\bt\b", re.I)


def remarks_on_slopes(printout: Printout) -> Iterator[Remark]:
    """Yield what the gradients of an output show."""
    for item in printout.items:
        yield from _zero_weights(item)
        named = _is_gradient(item, printout)
        if not named and (printout.has_code or _OTHER_NAME.search(item.label)):
            continue
        for reading in (_zeros, _integers, _gigantic, _tiny, _rows, _summed):
            remark = next(reading(item, named, printout), None)
            if remark is not None:
                yield remark.at(None, item.text if item.shape else printout.line_of(item))
                break
    yield from _unmoved(printout)


def _is_gradient(item: Item, printout: Printout) -> bool:
    """Tell whether a label, or the code, says that it is a gradient."""
    if item.code:
        return bool(_GRADIENT.search(item.code)) and "shape" not in item.code
    if item.label:
        return bool(_GRADIENT.search(item.label)) and not item.label.endswith("_fn")
    shown = [line for line in printout.context.split("\n") if "print(" in line or "=" not in line]
    return bool(_GRADIENT.search("\n".join(shown)))


Readings = Iterator[Remark]


def _zero_weights(item: Item) -> Readings:
    """Read a printed weight matrix that is all zeros."""
    if len(item.shape) != 2 or item.values.any() or not _WEIGHTS.search(item.code or item.label):
        return
    yield said(
        "Every weight of this matrix is 0. With hidden layers, weights of zeros get slopes of "
        "zero and stay, and only the last bias moves; a net of one layer learns all the same. "
        "Next: print it again after a step.",
        "zero-init",
        Evidence("weights after a step", "not all 0", "all 0"),
    ).at(None, item.text)


def _zeros(item: Item, named: bool, printout: Printout) -> Readings:
    if not item.shape or item.values.any() or not named or len(item.numbers) < 2:
        return
    if _ZEROS_ASKED.search(item.code) and "(" not in item.code:
        return
    yield said(
        f"All {len(item.numbers)} slopes are exactly 0: f gave the same value at x + h and x - h "
        "every time. Either f never looks at the array that is changed (perturbs-a-copy), or h is "
        "so small that x + h == x (step-underflow), or f is flat there: a matrix stepped row by "
        "row before a softmax is (row-view). Figures alone cannot say which. Next: print "
        "x[idx] + h == x[idx], then f(x) before and after x[0] += 1.",
        "",
        Evidence("slopes where f follows x", "not all 0", "all 0"),
    )


def _integers(item: Item, named: bool, printout: Printout) -> Readings:
    """Read (f(x) - f(x-1)) / (2h), a multiple of 5000 where f is whole at whole x."""
    units = item.values / _STEP
    if len(item.shape) != 1 or len(item.numbers) < 2 or not units.any():
        return
    if item.half > 0.5 or not np.array_equal(units, np.round(units)):
        return
    if np.all(units == units[0]) and units[0] % 2 == 0:
        return
    points = _points_of_the_bowl(units)
    odd = points is not None
    told = (
        f"For x0**2 + x1**2 these are the slopes at x = {points}, since "
        f"(x**2 - (x-1)**2) / 2e-4 = (2x - 1) * 5000 for x > 0. "
        if odd
        else ""
    )
    yield said(
        f"{item.text} are whole multiples of 5000 = 1 / (2 * 1e-4): f moved by whole units. In an "
        "array of integers 3 + 1e-4 is stored as 3 and 3 - 1e-4 as 2, so the quotient is "
        f"(f(3) - f(2)) / 2h. {told}Next: print x.dtype, and write np.array([3.0, 4.0]).",
        "integer-array",
        Evidence(
            "slope in units of 1 / (2h)", "no whole number", ", ".join(f"{u:g}" for u in units)
        ),
        certain=points is not None and len(set(units)) > 1 and (named or _KNOWN.issuperset(points)),
    )


def _points_of_the_bowl(units: np.ndarray) -> list[int] | None:
    """Return the whole x at which x0**2 + x1**2 + ... gives these, or None."""
    if np.any((units != 0) & (units % 2 == 0)) or np.abs(units).max() > 2000:
        return None
    whole = units.astype(int)
    # Truncation goes toward zero: below 0 it is x + h that is stored one unit off.
    return [0 if u == 0 else int(u + 1) // 2 if u > 0 else int(u - 1) // 2 for u in whole]


def _gigantic(item: Item, named: bool, printout: Printout) -> Readings:
    """Read L/h in every entry."""
    values = item.values.reshape(-1)
    size = np.abs(values).min()
    if not np.isfinite(size) or size < 1e3 or not np.ptp(values) <= _ALIKE * size:
        return
    if item.shape == () and (not named or item.is_whole):
        return
    if item.is_whole and not named:
        return
    level = float(np.abs(values).mean() * H)
    count = f"All {len(values)} slopes are" if len(values) > 1 else "The slope is"
    sign = values[0] > 0
    formula = (
        "(f(x+h) + f(x-h)) / (2h) is f / h"
        if sign
        else "f(x+h) - f(x)/h is about -f / h, with 2h below half of that"
    )
    yield said(
        f"{count} about {values[0]:.6g} = {'' if sign else '-'}{level:.6g} / 1e-4, and a slope "
        f"does not depend on h: {formula}. Figures alone do not prove that f(x) is {level:.4g}. "
        "Next: print f(x); then look "
        + ("for a + where a - belongs." if sign else "for the parentheses around the difference."),
        "sum-not-difference" if sign else "missing-parentheses",
        Evidence("f / h, with f", f"{level:.6g}", float(values[0])),
    )


def _tiny(item: Item, named: bool, printout: Printout) -> Readings:
    """Read h squared times round slopes: / 2*h multiplies by h."""
    values = item.values.reshape(-1)
    scaled = values / H**2
    largest = float(np.abs(values).max())
    if not named or len(values) < 2 or not 1e-9 < largest < 1e-6 or np.count_nonzero(values) < 2:
        return
    if not np.allclose(scaled, np.round(scaled), atol=1e-3) or np.abs(scaled).max() > 50:
        return
    yield said(
        f"{item.text} is 1e-8 = h * h times {np.round(scaled).astype(int).tolist()}. "
        "(f(x+h) - f(x-h)) / 2*h divides by 2 and then multiplies by h. Next: write / (2*h).",
        "step-precedence",
        Evidence("slope / h**2", "no round number", ", ".join(f"{v:.6g}" for v in scaled)),
    )


def _rows(item: Item, named: bool, printout: Printout) -> Readings:
    """Read rows that are constant, each with its own figure."""
    if len(item.shape) != 2 or min(item.shape) < 2:
        return
    values = item.values
    rows = values[:, 0]
    if np.any(values != rows[:, None]) or len(np.unique(rows)) < min(2, len(rows)):
        return
    if max(number.digits for number in item.numbers) < 4:
        return
    yield said(
        f"Every row of this {item.shape[0]}x{item.shape[1]} gradient holds one figure "
        f"({rows[0]:.6g} in the first). x[i] of a matrix is a row, and a view: x[i] = tmp + h "
        "steps the whole row at once, and the value kept to restore it moves along; the figure is "
        "half the sum of that row's slopes. Hidden units with equal weights give equal columns "
        "too, and the figures do not say which. Next: loop with np.ndindex(x.shape).",
        "row-view",
        Evidence("spread within a row", "above 0", 0.0),
    )


def _summed(item: Item, named: bool, printout: Printout) -> Readings:
    """Read 14 = 6 + 8 where the gradient of the bowl at (3, 4) was wanted."""
    number = item.number
    if item.shape or number.digits < 10 or not number.is_near(14, 1e-8):
        return
    yield said(
        f"{number.text} is one number, and the gradient of x0**2 + x1**2 at (3, 4) is two: [6, 8]. "
        "14 = 6 + 8 is what comes out if x + h steps all entries at once. Other functions have a "
        "slope of 14, too. Next: print np.shape of the result; it must be that of x.",
        "steps-all-coordinates",
        Evidence("sum of the slopes 6 and 8", 14.0, number.value),
    )


def _unmoved(printout: Printout) -> Readings:
    """Read fxh1 and fxh2 that are the same to the last digit at every entry."""
    found = [i for i in printout.items if i.shape == () and _FXH.search(f"{i.label} {i.code}")]
    pairs = [(one, other) for one, other in pairwise(found)][::2]
    if len(pairs) < 2 or any(one.number.value != other.number.value for one, other in pairs):
        return
    number = found[0].number
    if number.digits < 10 or len({one.number.value for one, _ in pairs}) > 1:
        return
    yield said(
        f"f gave {number.text} at all {2 * len(pairs)} points: nothing that was changed reached "
        "it, so every slope is 0. Either f does not read the array that is changed, or x + h == x. "
        "The figures do not say which. Next: print f(x) before and after x[0] += 1.",
        "perturbs-a-copy",
        Evidence("fxh1 - fxh2", "not 0 everywhere", 0.0),
        text=printout.line_of(found[0]),
    ).at(None, printout.line_of(found[0]))
