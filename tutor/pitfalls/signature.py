"""The figure that gives a pitfall away: predicted first, then measured."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.pitfalls.setting import Setting


def _never(_: Setting) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Signature:
    """One figure: what it is, what it should be, how to get it, and how near is near.

    Attributes
    ----------
    figure : str
        What is measured, in words.
    formula : str
        What it should be, as a formula of N, K, h and the data.
    predict : function of a setting
        Gives the figure before anything is measured; no student's code runs. It may be inf or
        nan, where a pitfall is known by that.
    measure : function of (code, setting)
        Gives the figure of a student's code. For right code it gives another one, or nan.
    rtol, atol : float
        How far the two may be apart; 0 and 0 for figures that are exact.
    why : str
        The reason for this tolerance.
    silent : function of a setting
        Tells the settings in which right code has the same figure, so that it proves nothing.
    """

    figure: str
    formula: str
    predict: Callable[[Setting], float]
    measure: Callable[[Any, Setting], float]
    rtol: float = 0.0
    atol: float = 0.0
    why: str = "exact"
    silent: Callable[[Setting], bool] = _never

    def measured(self, code: Any, setting: Setting) -> float:
        """Measure the figure of some code, with the warnings of its arithmetic kept quiet."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return float(self.measure(code, setting))

    def agree(self, predicted: float, measured: float) -> bool:
        """Tell whether two figures are the same within the tolerance; nan is nan."""
        if not math.isfinite(predicted) or not math.isfinite(measured):
            return bool(np.array_equal(predicted, measured, equal_nan=True))
        return abs(measured - predicted) <= self.atol + self.rtol * abs(predicted)
