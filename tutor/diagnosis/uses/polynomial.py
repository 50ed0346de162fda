"""A differentiator, asked for the slopes of a polynomial that are known in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutor.diagnosis.asked import Asked, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.uses.call import Floats

_POWERS = np.array([0.31, 0.7, 1.3, 0.25])
VECTOR = np.array([0.6, 1.1, 1.7])
MATRIX = np.array([[0.6, 1.1, 1.7], [0.9, 1.4, 0.7]])
_FUNCTIONS = ("f", "func", "fn", "function", "fct", "fonction", "loss", "cost")
_FAIR = 2e-4  # relative: what a fair step leaves


@dataclass(frozen=True, slots=True)
class Sloped:
    """What a differentiator gave for the sum of 0.31 + 0.7 x + 1.3 x**2 + 0.25 x**3."""

    x: Floats
    asked: Asked

    @property
    def true(self) -> Floats:
        """Return the right slopes."""
        return np.asarray(sum(k * c * self.x ** (k - 1) for k, c in enumerate(_POWERS) if k))

    @property
    def found(self) -> Floats | None:
        """Return the slopes that came back, None if their shape is another or it failed."""
        found = self.asked.result.array()
        return found if found is not None and found.shape == self.x.shape else None

    @property
    def error(self) -> float:
        """Return the largest relative error."""
        if self.found is None:
            return float("inf")
        return float(np.max(np.abs(self.found - self.true) / np.abs(self.true)))

    @property
    def is_right(self) -> bool:
        """Tell whether they are the slopes, as far as a fair step allows."""
        return self.error <= _FAIR

    @property
    def step(self) -> float:
        """Return how far x was moved at most."""
        points = self.asked.points
        if points.shape[1:] != self.x.shape:
            return 0.0
        return float(np.max(np.abs(points - self.x), initial=0.0))


def slopes_at(student: Student, definition: Definition, x: Floats) -> Sloped:
    """Ask a differentiator for the slopes at x."""
    names = [name.lower() for name in definition.parameters[:2]]
    second = len(names) == 2 and names[1] in _FUNCTIONS and names[0] not in _FUNCTIONS
    order = "xf" if second else "fx"
    return Sloped(x, student.differentiate(definition.expression, x, _POWERS, order))
