"""The gradients of a training step beside the slopes of one loss, a direction for each weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.steps.asked import Floats, Move, Run
from tutor.diagnosis.steps.losses import Loss, Trust

STEPS = (1e-6, 1e-5)
FINE = STEPS[:1]
_AGREES = 1e-4  # of the norm: above what an epsilon in the logarithm leaves
_FEW = 1e-9
_GRADIENTS = -1  # among the losses: a number that changes with any gradient


@dataclass(frozen=True, slots=True)
class Compared:
    """Gradients of a step beside the slopes of one loss, along one direction for each weight."""

    loss: Loss
    gradients: Floats
    slopes: Floats
    norms: Floats
    reliable: bool

    @property
    def right(self) -> NDArray[np.bool_]:
        """Tell which weights agree."""
        return self.right_but_for(1.0)

    def right_but_for(self, factor: float) -> NDArray[np.bool_]:
        """Tell which weights agree when the slope is multiplied by a factor."""
        size = self.norms + np.abs(factor * self.slopes)
        near: NDArray[np.bool_] = (
            np.abs(self.gradients - factor * self.slopes) <= _AGREES * size + _FEW
        )
        return near

    @property
    def factor(self) -> float:
        """Return the gradient over the slope as most weights have it."""
        best = max(self._factors(), key=lambda f: int(self.right_but_for(f).sum()), default=1.0)
        return best if self.right_but_for(best).sum() > self.right.sum() else 1.0

    @property
    def alike(self) -> NDArray[np.bool_]:
        """Tell which weights agree up to the factor that most have."""
        return self.right_but_for(self.factor)

    @property
    def is_anchored(self) -> bool:
        """Tell whether more than chance ties the gradients to this loss.

        One weight always agrees up to a factor of its own; two with one factor do not.
        """
        return bool(self.right.any()) or int(self.alike.sum()) >= 2

    def _factors(self) -> list[float]:
        with np.errstate(all="ignore"):
            found = self.gradients / self.slopes
        return [float(f) for f in found if np.isfinite(f) and abs(f) > _FEW]


def moves_along(ways: Sequence[Floats], sizes: Sequence[float] = STEPS) -> list[Move]:
    """Return a move of each weight along its direction, for each step size."""
    return [(i, way, [h, -h]) for i, way in enumerate(ways) for h in sizes]


def directions(values: Sequence[Floats], rng: np.random.Generator) -> list[Floats]:
    """Return a direction for each weight that no entry is missing from.

    Not of +1 and -1 alone: a softmax does not feel it when all logits move alike.
    """
    shapes = [value.shape for value in values]
    return [
        np.asarray(rng.choice([-1.0, 1.0], size=s) * rng.uniform(0.5, 1.5, size=s)) for s in shapes
    ]


def better(
    best: Compared, scaled: bool, usual: list[tuple[Compared, bool]]
) -> tuple[Compared, bool]:
    """Return a usual loss where it fits in every weight and the file's own is tied to none."""
    if not usual or (best.is_anchored and best.loss.trust > Trust.WEAK):
        return best, scaled
    other, way = best_of(usual)
    fits = other.is_anchored and other.alike.all()
    return (other, way) if fits else (best, scaled)


def best_of(compared: Sequence[tuple[Compared, bool]]) -> tuple[Compared, bool]:
    """Return the loss that fits best, and whether the other numbers belong to the gradient."""
    return max(compared, key=lambda pair: _merit(pair[0]))


def along(gradients: Sequence[Floats], ways: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Return the gradients along their directions, NaN where the shapes differ, and their norms."""
    pairs = zip(gradients, ways, strict=True)
    found = [float(np.sum(g * way)) if way.shape == g.shape else np.nan for g, way in pairs]
    return np.array(found), np.array([float(np.linalg.norm(g)) for g in gradients])


def _merit(found: Compared) -> tuple[bool, int, int, int, int]:
    return (
        bool(found.right.all()),
        int(found.reliable),
        int(found.alike.sum()),
        int(found.right.sum()),
        int(found.loss.trust),
    )


def compared(
    run: Run, ways: Sequence[Floats], number: int, loss: Loss, scaled: bool
) -> Compared | None:
    """Return gradients beside slopes; None where the loss is none, or does not know the weights.

    Where the weights were moved by the first step size alone, the slopes count as reliable.
    """
    each = len(run.moved) // len(run.weights)
    gradients, norms = along([w.gradient_of(scaled) for w in run.weights], ways)
    slopes, even = [], []
    for i in range(len(run.weights)):
        sizes = STEPS[: each // 2]
        found = [run.slope(each * i + 2 * j, (h, -h), number) for j, h in enumerate(sizes)]
        slopes.append(found[0])
        even.append(abs(found[0] - found[-1]) <= 1e-3 * (abs(found[0]) + norms[i]) + _FEW)
        even.append(_is_read(run, i, number))
    fines = np.array(slopes)
    if np.isnan(fines).all() or not np.any(np.abs(fines) > _FEW):
        return None
    return Compared(loss, gradients, fines, norms, all(even))


def _is_read(run: Run, weight: int, loss: int) -> bool:
    """Tell whether moving a weight, not a bias, moves the gradients and the loss.

    Where it does not, they are computed from copies made before the step, and say nothing.
    """
    each = len(run.moved) // len(run.weights)
    moved = run.moved[each * weight : each * (weight + 1)]
    matrices = [min(w.value.shape, default=1) > 1 for w in run.weights]
    bias = run.weights[weight].name[:1] in "bB"
    if bias or (any(matrices) and not matrices[weight]):
        return True  # a softmax over the wrong axis does not feel its bias
    gradients = any(one.get(_GRADIENTS) != run.losses.get(_GRADIENTS) for one in moved)
    losses = any(one.get(loss) != run.losses.get(loss) for one in moved)
    return gradients and losses
