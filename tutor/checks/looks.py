"""One look at a gradient: the slope along a direction, by backprop and by the loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, frexp, isfinite, ldexp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from tutor.checks.losses import Array, Losses, Question
from tutor.checks.noise import POINTS, quantum, roughness

UNIT = 64
"""A step of h moves an entry whose direction says 64 by h."""

Direction = NDArray[np.int8]

_HUNDREDTH = 100.0
_AIM = 1e-7  # of the gradient's size: how fine a look should be, where rounding allows it
_FACTOR = 5.0  # standard deviations of rounding that a difference has to pass
_LARGEST, _PLAIN, _SMALLEST = 2.0**-8, 2.0**-13, 2.0**-29
_SLACK = 1e-5  # of the gradient's size: how much the epsilon's share may vary between samples
_ROUGH, _ROUGH_SINGLE = 2.0**-24, 2.0**-18  # spacing of the points between which noise shows


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A direction to look along, and how far to step.

    Attributes
    ----------
    name : str
    direction : array of int8
        64 to 127 in size where an entry is moved, 0 where it is not. The sign is random. So one
        wrong entry always counts in full, and two equally wrong ones hardly ever cancel.
    h : float
        A power of two: parameter plus step is then exact, most of the time.
    """

    name: str
    direction: Direction
    h: float


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What came out of a probe.

    Attributes
    ----------
    bp, num : float
        The slope along the direction, by backprop and by a central difference.
    bend : float
        How much the slope changes over the step: (f(x+h) - 2 f(x) + f(x-h)) / h.
    size : float
        How large a slope along such a direction is expected to be, or is.
    tolerance : float
        Up to here a difference can be rounding.
    share : float
        The share of a gradient that the epsilon in the log is expected to take.
    """

    probe: Probe
    bp: float
    num: float
    bend: float
    size: float
    tolerance: float
    share: float

    @property
    def finite(self) -> bool:
        """Whether the losses were finite."""
        return isfinite(self.num) and isfinite(self.bend)

    @property
    def flat(self) -> bool:
        """Whether the loss is exactly the same a step to either side."""
        return self.num == 0

    @property
    def unexplained(self) -> float:
        """The difference, less what the epsilon is expected to make of it, if that helps."""
        plain = self.bp - self.num
        return min(plain, plain - self.share * self.bp, key=abs)

    @property
    def within_rounding(self) -> bool:
        """Whether the difference can be rounding."""
        return abs(self.bp - self.num) <= self.tolerance

    @property
    def seen(self) -> bool:
        """Whether there is a difference that neither rounding nor the epsilon explains."""
        slack = min(self.share / 2, _SLACK) * self.size
        return not self.within_rounding and not abs(self.unexplained) <= self.tolerance + slack


class Looker:
    """Asks about the loss, and counts.

    Parameters
    ----------
    losses : Losses
    params, grads : mapping of str to array
        The gradients are copied, as they may be corrected while looking on.
    rng : numpy Generator
    epsilon : float
        What may be added to y inside the log.

    Attributes
    ----------
    passes : int
        Forward passes so far.
    loss, again : float
        The loss where it stands, asked for twice.
    noise : float
        The rounding error that one value of the loss has.
    share : float
        The share of a gradient that the epsilon is expected to take: epsilon / (y + epsilon)
        for a y that gives this loss.
    allowed : float
        The share that it may take of a single entry, where samples differ.
    """

    def __init__(
        self,
        losses: Losses,
        params: Mapping[str, Array],
        grads: Mapping[str, Array],
        rng: np.random.Generator,
        epsilon: float,
    ) -> None:
        self._losses = losses
        self.params = params
        self.grads = {name: np.array(grad, dtype=np.float64) for name, grad in grads.items()}
        self.rng = rng
        self._epsilon = epsilon
        self.passes = 0
        self.loss, self.again = self._ask([self._question_here()])[0]
        self.noise = 2 * self._rounding() * max(abs(self.loss), 1.0)
        self.share = self._share()
        self.allowed = 0.0

    def _ask(self, questions: Sequence[Question]) -> list[list[float]]:
        self.passes += sum(len(question.steps) for question in questions)
        return self._losses.many(questions)

    def _question_here(self) -> Question:
        name, param = next(iter(self.params.items()))
        return Question(name, np.zeros(param.shape, dtype=np.int8), (0.0, 0.0))

    def _rounding(self) -> float:
        return max(float(np.finfo(param.dtype).eps) for param in self.params.values())

    def _share(self) -> float:
        cap = -log(self._epsilon) if self._epsilon else 0.0
        return self._epsilon * exp(self.loss) if 0 < self.loss < cap * (1 + 1e-9) else 0.0

    def direction(self, name: str) -> Direction:
        """Return a direction in which all entries move, with random signs."""
        shape = self.params[name].shape
        size = self.rng.integers(UNIT, 2 * UNIT, shape, dtype=np.int8)
        return np.where(self.rng.random(shape) < 0.5, size, -size)

    def probe(
        self,
        name: str,
        direction: Direction,
        *,
        finer: int = 1,
        at_least: float = 0.0,
        resolve: float = 0.0,
    ) -> Probe:
        """Return a probe with the step that rounding calls for, or a `finer` times smaller one.

        The smaller the step, the fewer kinks lie within it, and the more rounding counts: h is
        as small as it may be for rounding to be a ten millionth of the gradient, or of
        `at_least`; or a hundredth of the difference `resolve`, if one is being followed.
        """
        size = max(self.size(name, direction), at_least, resolve / (_HUNDREDTH * _AIM))
        largest = _LARGEST / sqrt(_moved_together(direction))
        wanted = self.noise / (_AIM * size) if size else _PLAIN
        param_size = max(1.0, float(np.max(np.abs(self.params[name]))))
        h = max(min(wanted, largest), _SMALLEST * param_size)
        return Probe(name, direction, _power_of_two(h) / finer)

    def size(self, name: str, direction: Direction) -> float:
        """Return how large the slope along a direction is expected to be."""
        return float(np.linalg.norm(self.grads[name] * direction)) / UNIT

    def look(self, probes: Iterable[Probe]) -> list[Look]:
        """Return what all probes show; two forward passes each, one round trip in all."""
        probes = list(probes)
        steps = [probe.h / UNIT for probe in probes]
        asked = [
            Question(probe.name, probe.direction, (step, -step))
            for probe, step in zip(probes, steps, strict=True)
        ]
        answers = self._ask(asked)
        return [self._seen(probe, *ab) for probe, ab in zip(probes, answers, strict=True)]

    def _seen(self, probe: Probe, plus: float, minus: float) -> Look:
        num = (plus - minus) / (2 * probe.h)
        bp = float(np.sum(self.grads[probe.name] * probe.direction)) / UNIT
        size = self.size(probe.name, probe.direction)
        return Look(
            probe,
            bp=bp,
            num=num,
            bend=(plus - 2 * self.loss + minus) / probe.h,
            size=max(size, abs(bp), abs(num)),
            tolerance=_FACTOR * self.noise / probe.h,
            share=self.share,
        )

    def measure_noise(self, name: str) -> bool:
        """Measure the rounding error along one parameter; return whether it is much more."""
        single = self.params[name].dtype.itemsize < 8
        even = [(_ROUGH_SINGLE if single else _ROUGH) * k for k in range(1, POINTS + 1)]
        wide = [_LARGEST / 8**k for k in range(POINTS)]
        first = self._line(name, even)
        if 0 < max(roughness(first), quantum(first)) <= self.noise:
            return False
        # Roughness is everywhere. A kink, which looks like it, is on one of two lines at most.
        second, ladder = self._line(name, even), self._line(name, wide)
        rough = 2 * min(roughness(first), roughness(second))
        measured = max(rough, *map(quantum, (first, second, ladder)))
        if not measured > 3 * self.noise:
            return False
        self.noise = measured
        return True

    def _line(self, name: str, steps: Sequence[float]) -> list[float]:
        asked = Question(name, self.direction(name), tuple(h / UNIT for h in steps))
        return self._ask([asked])[0]

    def loss_without(self, names: Iterable[str]) -> list[float]:
        """Return the losses with each of these parameters set to 0, one at a time."""
        asked = [Question(name, -self.params[name], (1.0,)) for name in names]
        return [losses[0] for losses in self._ask(asked)]


def _moved_together(direction: Direction) -> int:
    """Return how many entries may move one and the same unit of the next layer."""
    moved = int(np.count_nonzero(direction))
    return max(1, min(moved, direction.shape[0])) if direction.ndim > 1 else 1


def _power_of_two(value: float) -> float:
    return ldexp(1.0, frexp(value)[1] - 1)
