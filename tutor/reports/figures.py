"""Two figures side by side, with as many digits as it takes to tell them apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Final

from tutor.diagnosis.findings import Evidence
from tutor.reports.visible import shortened

_FEWEST: Final = 3
_MOST: Final = 17
_POSITIONAL: Final = 1e-4, 1e7
_LONGEST: Final = 200
_ALIKE: Final = 0.02  # relative: closer than that, a figure is what was predicted


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of evidence as text; ``difference`` is empty where there are no two numbers."""

    what: str
    predicted: str
    measured: str
    difference: str = ""


def compared(evidence: Evidence) -> Compared:
    """Return evidence as it is shown."""
    what, a, b = shortened(evidence.what, _LONGEST), evidence.predicted, evidence.measured
    if not (is_number(a) and is_number(b)):
        return Compared(what, told(a), told(b))
    one, other = float(a), float(b)
    return Compared(what, *apart(one, other), _difference(one, other))


def is_number(value: object) -> bool:
    """Tell whether a value is a real number, NumPy's included, and no truth value."""
    return isinstance(value, Real) and not isinstance(value, bool)


def told(value: float | str) -> str:
    """Return one value of evidence as text."""
    return figure(float(value)) if is_number(value) else shortened(str(value), _LONGEST)


def apart(a: float, b: float) -> tuple[str, str]:
    """Return two numbers with three digits, or with as many as it takes to tell them apart."""
    for digits in range(_FEWEST, _MOST):
        texts = figure(a, digits), figure(b, digits)
        if a == b or texts[0] != texts[1]:
            return texts
    return figure(a, _MOST), figure(b, _MOST)


def figure(value: float, digits: int = _FEWEST) -> str:
    """Return a number with so many digits; a whole part of up to seven is never rounded."""
    if not math.isfinite(value):
        return str(value)
    value += 0.0  # no minus before a zero
    size = abs(value)
    if value and not _POSITIONAL[0] <= size < _POSITIONAL[1]:
        return _without_zeros(f"{value:.{digits - 1}e}")
    whole = len(str(int(size))) if size >= 1 else 0
    text = f"{value:.{max(digits, whole)}g}"
    return format(Decimal(text), "f") if "e" in text else text


def _is_in_range(told: str, value: float | str) -> bool:
    """Tell whether a value lies where words say: above 1, below 1e-3, other than 0."""
    if told.startswith("other than "):
        other = told.removeprefix("other than ")
        return str(value) != other and value != (float(other) if _is_written(other) else None)
    word, _, limit = told.partition(" ")
    if word not in ("above", "below") or not (is_number(value) and _is_written(limit)):
        return False
    return float(value) > float(limit) if word == "above" else float(value) < float(limit)


def _is_written(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_foretold(evidence: Evidence) -> bool:
    """Tell whether the measured value is the predicted one, and not what should have come."""
    a, b = evidence.predicted, evidence.measured
    if not (is_number(a) and is_number(b)):
        # A prediction of an exception names its kind, and the text of it differs by version.
        named = str(a).partition(":")[0].endswith("Error")
        return named or str(b).startswith(str(a)) or _is_in_range(str(a), b)
    one, other = float(a), float(b)
    if math.isnan(one) and math.isnan(other):
        return True
    return one == other or abs(one - other) <= _ALIKE * max(abs(one), abs(other))


def _difference(a: float, b: float) -> str:
    if not (math.isfinite(a) and math.isfinite(b)):
        return ""
    return "0" if a == b else figure(float(f"{abs(a - b):.0e}"), 1)


def _without_zeros(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{exponent}"
