"""A training step asked: run with given weights, it tells its updates and its losses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.steps.losses import Loss
from tutor.diagnosis.steps.step import Step

Floats = NDArray[np.float64]
Move = tuple[int, Any, list[float]]


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight that a step moves.

    ``gradient`` is what the update subtracts from it, without the learning rate; ``scalar`` is
    what other numbers multiply it by, part of the gradient or of the rate. ``sign`` is that
    which the source moves it by. ``rate`` is None where the learning rate cannot be told.
    """

    name: str
    value: Floats
    gradient: Floats
    scalar: float
    rate: float | None
    sign: int
    line: int

    def gradient_of(self, scaled: bool) -> Floats:
        """Return its gradient, with the numbers that belong to it if there are such."""
        return self.gradient * self.scalar if scaled else self.gradient


@dataclass(frozen=True, slots=True)
class Run:
    """A step, run with given weights: its updates and its losses."""

    weights: tuple[Weight, ...]
    losses: Mapping[int, float]
    moved: tuple[Mapping[int, float], ...]
    shapes: Mapping[str, tuple[int, ...]]
    counts: tuple[int, ...]

    def slope(self, move: int, sizes: Sequence[float], loss: int) -> float:
        """Return the central difference of a loss along a move with sizes (h, -h)."""
        up, down = (self.moved[move + i].get(loss, np.nan) for i in range(2))
        return (up - down) / (sizes[0] - sizes[1])


@dataclass(frozen=True, slots=True)
class Probe:
    """A step and how it is asked: what is needed to ask it again after a repair."""

    student: Student
    step: Step
    losses: tuple[Loss, ...]

    def run(
        self,
        values: Sequence[Floats] = (),
        moves: Sequence[Move] = (),
        grow: tuple[int, int] | None = None,
        extra: Sequence[Loss] = (),
    ) -> Run | Observed:
        """Run the step once as it is, and once for each move and size."""
        step = self.step
        code = step.code([loss.text for loss in (*self.losses, *extra)], grow)
        helpers = [{"owner": h.owner, "name": h.name, "source": h.source} for h in step.helpers]
        answer = self.student.oracle.ask(
            "run_step", step.number, code, step.owner, helpers, list(values), list(moves), grow,
            _names(step),
        )  # fmt: skip
        if "raised" in answer:
            return Observed.read(answer)
        return read(answer)


def _names(step: Step) -> list[str]:
    return [*sorted(set(re.findall(r"\w+", step.code(())))), *step.parts()]


def read(answer: Mapping[str, Any]) -> Run | Observed:
    """Return a run that came over, or a sentence for why it cannot be judged."""
    notes = {note["weight"]: note for note in answer["notes"]}
    several = Counter((note["weight"], note["line"]) for note in answer["notes"])
    if -1 in notes or not notes or len(several) != len(notes):
        return Observed(raised="", text="its updates are of no array that it began with")
    if not answer["same"] or any(note["odd"] for note in notes.values()):
        return Observed(raised="", text="its updates are no plain descent, or change by chance")
    if len(notes) != answer["weights"]:
        return Observed(raised="", text="not every weight is moved each time")
    names = _unique([_name(path) for path in answer["paths"]])
    weights = tuple(_weight(names[i], notes[i]) for i in sorted(notes))
    moved = tuple(one for move in answer["moved"] for one in move)
    return Run(weights, answer["losses"], moved, answer["shapes"], tuple(answer["counts"]))


def _name(path: str) -> str:
    parts = path.split(".")
    return f"{parts[-2]}[{parts[-1]}]" if parts[-1].isdigit() and len(parts) > 1 else parts[-1]


def _unique(names: Sequence[str]) -> list[str]:
    count = Counter(names)
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        seen[name] += 1
        out.append(f"{name}{seen[name]}" if count[name] > 1 else name)
    return out


def _weight(name: str, note: Mapping[str, Any]) -> Weight:
    value = np.asarray(note["value"], float)
    gradient = -note["sign"] * np.asarray(note["gradient"], float)
    if gradient.shape != value.shape:
        if gradient.size == value.size and _squeezed(gradient) == _squeezed(value):
            gradient = gradient.reshape(value.shape)
        elif gradient.ndim <= value.ndim and _broadcasts(gradient.shape, value.shape):
            gradient = np.broadcast_to(gradient, value.shape).copy()
    return Weight(
        name,
        value,
        gradient,
        float(note["scalar"]),
        note["rate"],
        int(note["sign"]),
        int(note["line"]),
    )


def _squeezed(values: Floats) -> tuple[int, ...]:
    return tuple(n for n in values.shape if n > 1)


def _broadcasts(inner: tuple[int, ...], outer: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(inner, outer) == outer
    except ValueError:
        return False
