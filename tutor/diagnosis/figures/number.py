"""A printed number: its value, its digits, and how far the value that was rounded may be."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

# Only ASCII letters bind a digit to a name: a Japanese label may touch its figure.
NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9_.])[-+]?"
    r"(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)(?![A-Za-z0-9_]|\.\d)"
)
_ROUNDING: Final = 1e-12  # relative: what two ways of computing a figure differ by in float64


@dataclass(frozen=True)
class Number:
    """A number as it was printed.

    Attributes
    ----------
    text : str
        Its digits.
    value : float
        A share where ``text`` was followed by a percent sign.
    percent : bool
    """

    text: str
    value: float
    percent: bool = False

    @classmethod
    def of(cls, text: str, percent: bool = False) -> Number:
        """Read a number; one in percent becomes a share."""
        return cls(text, float(text) / (100 if percent else 1), percent)

    @property
    def is_whole(self) -> bool:
        """Tell whether it was printed as an integer, without a point."""
        return self.text.lstrip("+-").isdigit()

    @cached_property
    def digits(self) -> int:
        """Count the significant digits."""
        mantissa = re.split("[eE]", self.text)[0]
        return len(re.sub(r"\D", "", mantissa).lstrip("0"))

    @cached_property
    def unit(self) -> float:
        """Return one unit of the last printed digit; 0 for an integer."""
        if self.is_whole or not math.isfinite(self.value):
            return 0.0
        mantissa, _, power = re.sub("E", "e", self.text).partition("e")
        decimals = len(mantissa.partition(".")[2])
        return 10.0 ** (int(power or 0) - decimals - (2 if self.percent else 0))

    def is_near(self, value: float, slack: float = 0.0) -> bool:
        """Tell whether it is this value, rounded or cut off; ``slack`` is absolute."""
        if not math.isfinite(self.value):
            return False
        return abs(self.value - value) <= self.unit + slack + _ROUNDING * abs(value)


def shown(value: float) -> str:
    """Return a computed figure with the digits that a comparison needs."""
    return f"{value:.10g}"
