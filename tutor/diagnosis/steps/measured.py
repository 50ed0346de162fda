"""A training step, examined: what its updates subtract, beside the slopes of its own loss."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.steps.asked import Floats, Move, Probe, Run, Weight
from tutor.diagnosis.steps.compared import (
    FINE,
    STEPS,
    Compared,
    along,
    best_of,
    better,
    compared,
    directions,
    moves_along,
)
from tutor.diagnosis.steps.finder import steps
from tutor.diagnosis.steps.losses import Loss, Trust, losses, references
from tutor.diagnosis.steps.step import Step

Block = tuple[NDArray[np.int_], ...]

_SCALE = 0.8  # of random weights, over the root of their longest side
_SMALL = 2e-3  # the second scale, for inputs of hundreds
_SHORT = 3  # times as many elements: a vector that is looked at whole


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step gave: its weights to begin with, and its gradients beside a loss.

    ``base`` is the run with random weights, ``best`` the loss that fits best. ``sizes`` are the
    lengths that may be the batch's.
    """

    probe: Probe
    initial: tuple[Weight, ...]
    values: tuple[Floats, ...]
    base: Run
    best: Compared
    own: tuple[Compared, ...]
    scaled: bool

    @property
    def step(self) -> Step:
        """Return the step."""
        return self.probe.step

    @property
    def agrees(self) -> bool:
        """Tell whether every gradient is that of the loss."""
        return bool(self.best.right.all())

    @property
    def knows_scale(self) -> bool:
        """Tell whether the learning rate could be told from the gradient."""
        return all(weight.rate is not None for weight in self.base.weights)

    @property
    def is_descent(self) -> bool:
        """Tell whether the gradients are the slopes up to one number above 0."""
        return self.best.factor > 0 and bool(self.best.alike.all())

    def gradient(self, weight: Weight) -> Floats:
        """Return a weight's gradient with the numbers that belong to it."""
        return weight.gradient_of(self.scaled)


def measured(
    student: Student, found: Sequence[Step], definitions: Mapping[str, Definition], seed: int
) -> list[Stepped]:
    """Return what the steps of a file gave: each update once, calls only where nothing else did.

    Parameters
    ----------
    found : sequence of Step
        The steps, in the order of `tutor.diagnosis.steps.step.steps`; the file was loaded marked.
    definitions : mapping of str to Definition
        What the file defines, by name.
    """
    came = set(student.oracle.ask("steps_reached"))
    out: list[Stepped] = []
    seen: set[int] = set()
    tried: set[int] = set()
    for step in found:
        lines = {site.line for site in step.sites}
        if step.number not in came or (lines and lines <= seen) or (step.is_call and out):
            continue
        if lines and lines <= tried and not losses(step, definitions):
            continue  # a larger loop around one without a loss, and no loss in it either
        tried |= lines
        one = ask_step(student, step, definitions, np.random.default_rng(seed + step.number))
        if isinstance(one, Stepped):
            seen |= lines
            out.append(one)
    return out


def ask_step(
    student: Student, step: Step, definitions: Mapping[str, Definition], rng: np.random.Generator
) -> Stepped | Observed:
    """Run a step with random weights and hold its gradients beside all that may be its loss.

    Returns
    -------
    Stepped, or what kept it from being measured; its ``raised`` is empty where nothing failed.
    """
    if step.is_numerical:
        return Observed(raised="", text="its gradient is a numerical one")
    probe = Probe(student, step, tuple(losses(step, definitions)))
    initial = probe.run()
    if isinstance(initial, Observed):
        return initial
    for scale in (_SCALE, _SMALL):
        values = _random_weights(initial.weights, scale, rng)
        found = _stepped(probe, initial, values, rng)
        if isinstance(found, Observed) or np.isfinite(found.best.slopes).all():
            return found
    return Observed(raised="", text="its loss is no number")


def _random_weights(
    weights: Sequence[Weight], scale: float, rng: np.random.Generator
) -> tuple[Floats, ...]:
    return tuple(
        scale * rng.normal(size=w.value.shape) / np.sqrt(max(w.value.shape, default=1))
        for w in weights
    )


def _stepped(
    probe: Probe, initial: Run, values: tuple[Floats, ...], rng: np.random.Generator
) -> Stepped | Observed:
    """Take slopes by one step size; by two where the gradients are not those of the file's loss."""
    ways = directions(values, rng)
    extra = references(probe.step, initial.shapes)
    for sizes in (FINE, STEPS):
        base = probe.run(values, moves_along(ways, sizes), extra=extra)
        if isinstance(base, Observed):
            return base
        if any(w.gradient.shape != w.value.shape for w in base.weights):
            ways = [np.zeros(0)] * len(ways)
        every = list(_each(base, ways, (*probe.losses, *extra)))
        own = [(c, scaled) for c, scaled in every if c.loss.trust > Trust.REFERENCE]
        is_last = sizes == STEPS
        if every and (is_last or (own and best_of(own)[0].right.all())):
            best, scaled = _best(every, own)
            kept = tuple(c for c, _ in own)
            return Stepped(probe, initial.weights, values, base, best, kept, scaled)
    return Observed(raised="", text="no loss of it was found")


_Pairs = list[tuple[Compared, bool]]


def _best(every: _Pairs, own: _Pairs) -> tuple[Compared, bool]:
    """Return the loss that fits best: of the file's own, if it has any."""
    best, scaled = best_of(own or every)
    if own and not best.right.all():
        usual = [pair for pair in every if pair[0].loss.trust is Trust.REFERENCE]
        return better(best, scaled, usual)
    return best, scaled


def _each(
    run: Run, ways: Sequence[Floats], every: Sequence[Loss]
) -> Iterator[tuple[Compared, bool]]:
    """Yield the gradients beside each loss, with and without the numbers beside the rate."""
    for scaled in (False, True) if any(w.scalar != 1 for w in run.weights) else (True,):
        for number, loss in enumerate(every):
            found = compared(run, ways, number, loss, scaled)
            if found is not None:
                yield found, scaled


def compare(found: Stepped, values: Sequence[Floats]) -> Compared | None:
    """Return the gradients beside the slopes of the best loss, with other weights."""
    ways = directions(values, np.random.default_rng(0))
    probe = replace(found.probe, losses=(found.best.loss,))
    run = probe.run(values, moves_along(ways, FINE))
    if isinstance(run, Observed):
        return None
    return compared(run, ways, 0, found.best.loss, found.scaled)


def compare_again(found: Stepped, before: Compared) -> Compared | None:
    """Return the gradients as they are now beside the slopes that `compare` gave before."""
    ways = directions(found.values, np.random.default_rng(0))
    run = replace(found.probe, losses=(found.best.loss,)).run(found.values)
    if isinstance(run, Observed) or len(run.weights) != len(ways):
        return None
    gradients, norms = along([w.gradient_of(found.scaled) for w in run.weights], ways)
    return replace(before, gradients=gradients, norms=norms)


def is_right(found: Stepped, step: Step | None = None) -> bool:
    """Tell whether a step is right now: a definition that it calls was replaced, or its own text.

    Parameters
    ----------
    found : Stepped
        What it gave before.
    step : Step, optional
        The step as it reads now, where its own definition is the one that was changed.
    """
    changed = found if step is None else replace(found, probe=replace(found.probe, step=step))
    now = compare(changed, found.values)
    return now is not None and bool(now.right.all())


def replaced(step: Step, source: str, definition: Definition, changed: str) -> Step | None:
    """Return a step as it reads with the text of its own definition changed; None if it is gone."""
    lines = source.split("\n")
    whole = [*lines[: definition.line - 1], changed, *lines[definition.end_line :]]
    try:
        tree = ast.parse("\n".join(whole))
    except SyntaxError:
        return None
    same = (s for s in steps(tree, step.module) if s.node.lineno == step.node.lineno)
    return next((replace(s, number=step.number) for s in same if s.is_call == step.is_call), None)


def sub_block(shape: tuple[int, ...], gradient: Floats, most: int) -> Block:
    """Return the rows and columns of an array that are looked at: where its gradient is largest."""
    if len(shape) != 2:
        return tuple(np.arange(n if n <= _SHORT * most else 2 * most) for n in shape)
    size = np.abs(gradient)
    rows = np.sort(np.argsort(-size.sum(axis=1), kind="stable")[:most])
    columns = np.sort(np.argsort(-size.sum(axis=0), kind="stable")[:most])
    if shape[0] == shape[1]:
        columns = rows
    return rows, columns


def entry_slopes(
    found: Stepped,
    loss: Loss,
    values: Sequence[Floats],
    blocks: Sequence[Block | None],
    grow: tuple[int, int] | None = None,
) -> tuple[Run, list[Floats]] | None:
    """Return the slopes of a loss at chosen entries of each weight, in their shape.

    A weight whose block is None is not looked at; its slopes are empty.
    """
    h = STEPS[0]
    probe = replace(found.probe, losses=(loss,))
    moves: list[Move] = []
    shapes = []
    for i, (block, value) in enumerate(zip(blocks, values, strict=True)):
        flat: NDArray[np.int64] = np.zeros(0, np.int64)
        if block is not None:
            flat = np.arange(value.size).reshape(value.shape)
            flat = flat[np.ix_(*block)] if block else flat
        shapes.append(np.shape(flat))
        moves += [(i, int(at), [h, -h]) for at in np.ravel(flat)]
    run = probe.run(values, moves, grow)
    if isinstance(run, Observed):
        return None
    slopes = [run.slope(2 * k, (h, -h), 0) for k in range(len(moves))]
    return run, list(_shaped(slopes, shapes))


def _shaped(values: Sequence[float], shapes: Sequence[tuple[int, ...]]) -> Iterator[Floats]:
    start = 0
    for shape in shapes:
        size = int(np.prod(shape))
        yield np.array(values[start : start + size]).reshape(shape)
        start += size
