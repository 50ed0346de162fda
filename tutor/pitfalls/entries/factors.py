"""Signatures that many pitfalls have in common: one factor in all slopes, one event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutor.pitfalls.measuring import network_ratio
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

EPSILON_SHOWS = "the 1e-7 in the log, over a probability"
"""Why backprop and the numerical gradient of a right net are not equal to the last digit."""


def network_factor(formula: str, factor: Callable[[Setting], float]) -> Signature:
    """Return the signature of a net whose gradients are all off by one factor.

    It is silent in settings where that factor is 1.
    """
    return Signature(
        "backprop / numerical, one factor for all parameters",
        formula,
        factor,
        network_ratio,
        rtol=1e-3,
        why=EPSILON_SHOWS,
        silent=lambda setting: factor(setting) == 1,
    )


def event(figure: str, measure: Callable[[Any, Setting], float]) -> Signature:
    """Return the signature of something that happens once in wrong code, and never in right."""
    return Signature(figure, "1", lambda _: 1.0, measure)
