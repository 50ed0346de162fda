"""The points at which a numerical gradient can be taken."""

from __future__ import annotations

import functools
from typing import Protocol

import numpy as np

from tutor.nets.arrays import FloatArray, Function


class Differentiator(Protocol):
    """A numerical gradient: the slopes of f at x, for a step h."""

    def __call__(self, f: Function, x: FloatArray, h: float = 1e-4) -> FloatArray:
        """Return an array of the shape of x."""


def require_floats(x: FloatArray) -> None:
    """Refuse a point that cannot be moved by a small h.

    Raises
    ------
    TypeError
        If x is no NumPy array, or holds anything but floats: an array of integers would store
        3 + h as 3 and 3 - h as 2.
    ValueError
        If x is empty.
    """
    if not isinstance(x, np.ndarray):
        raise TypeError(
            f"x is a {type(x).__name__}, and a step of h needs a NumPy array to be written into. "
            "Use np.array([3.0, 4.0])."
        )
    if x.dtype.kind != "f":
        raise TypeError(
            f"x holds {x.dtype}, and x + h cannot be stored in it. "
            "Use floats: x.astype(float), or write the numbers as np.array([3.0, 4.0])."
        )
    if x.size == 0:
        raise ValueError(f"x has shape {x.shape}: there is no element to take a slope along.")


def moves_elements(differentiator: Differentiator) -> Differentiator:
    """Let a function that moves the elements of x refuse an x whose elements cannot move.

    The check stands outside the function, so that its own lines are those of the textbook.
    """

    @functools.wraps(differentiator)
    def checked(f: Function, x: FloatArray, h: float = 1e-4) -> FloatArray:
        require_floats(x)
        return differentiator(f, x, h)

    return checked
