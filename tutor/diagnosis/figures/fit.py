"""What a printed loss was computed from: which class was right, and what its log added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.diagnosis.figures.scene import Scene
from tutor.nets.functions import softmax

EPSILON: Final = 1e-7

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """A right class, and an epsilon of the log, that give the printed loss."""

    right: int
    epsilon: float


def rights(scene: Scene, classes: int) -> list[int]:
    """Return the classes that can be the right one."""
    if scene.t is not None and len(scene.t) == classes:
        return [int(np.argmax(scene.t))]
    if scene.dW is not None and scene.dW.shape == (len(scene.x), classes):
        # y - t is negative for the right class alone.
        negative = np.flatnonzero((scene.dW.values * np.sign(scene.x)[:, None]).sum(axis=0) < 0)
        if len(negative) == 1:
            return [int(negative[0])]
    return list(range(classes))


def fits(scores: Vector, slack: float, scene: Scene) -> list[Fit]:
    """Return the ways in which the printed loss is that of the scores, to the digits of both."""
    if scene.loss is None:
        return []
    y, number = softmax(scores), scene.loss.number
    return [
        Fit(right, epsilon)
        for right in rights(scene, len(y))
        for epsilon in (0.0, EPSILON)
        if number.is_near(loss_of(y, right, epsilon), 2 * slack)
    ]


def loss_of(y: ArrayLike, right: int, epsilon: float) -> float:
    """Return -log(y[right] + epsilon)."""
    return float(-np.log(np.asarray(y)[right] + epsilon))
