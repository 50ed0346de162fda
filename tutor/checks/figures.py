"""Figures in sentences: few digits, but enough to tell two of them apart."""

from __future__ import annotations

_FEWEST, _MOST = 3, 17


def short(value: float) -> str:
    """Return a figure with two digits that count."""
    return f"{value:.2g}"


def pair(a: float, b: float) -> tuple[str, str]:
    """Return two figures with as many digits as it takes to tell them apart, and one more."""
    for digits in range(_FEWEST, _MOST):
        first, second = f"{a:.{digits}g}", f"{b:.{digits}g}"
        # One digit fewer has to tell them apart too: the last one is the one more.
        if first != second and f"{a:.{digits - 1}g}" != f"{b:.{digits - 1}g}":
            return first, second
    return f"{a:.{_MOST}g}", f"{b:.{_MOST}g}"


def place(index: tuple[int, ...]) -> str:
    """Return an index as it is written in a sentence: ``[3]``, ``(0, 1)``."""
    return f"({', '.join(map(str, index))})" if len(index) != 1 else f"[{index[0]}]"
