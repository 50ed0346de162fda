"""A training step in the form of a net, so that the rules of a net can be asked about it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from tutor.diagnosis.asked import Observed
from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.parts.gradients import Parameter
from tutor.diagnosis.parts.network import Batch, Network
from tutor.diagnosis.proof import is_close
from tutor.diagnosis.steps.asked import Floats, Weight
from tutor.diagnosis.steps.losses import Trust
from tutor.diagnosis.steps.measured import Block, Stepped, entry_slopes, sub_block
from tutor.diagnosis.steps.step import Step

MOST = 4  # rows and columns of a weight that are looked at
FEW = 2  # of one that is right along a direction


def network(found: Stepped, larger: bool = True, most: int = MOST) -> Network | None:
    """Return a step in the form of a net.

    Its batches are one of twice the size, where the step can be given that and ``larger`` asks
    for it, and the file's own.
    """
    blocks = blocks_of(found, most)
    own = _measured(found, blocks, None)
    if own is None:
        return None
    n = _batch_size(found)
    more = _measured(found, blocks, (n, 2 * n)) if n and larger else None
    times = _times(more[2] / own[2]) if more is not None and own[2] else np.nan
    batches = [_batch(found, n or 2, own, times)]
    if more is not None:
        batches.insert(0, _batch(found, 2 * n, more, times))
    return Network(
        definition(found.step),
        found.best.loss.text,
        found.step.definition,
        "",
        tuple(
            Parameter(w.name, w.name, _flat(found, w, w.value).shape) for w in found.base.weights
        ),
        {w.name: w.value for w in found.initial},
        dict(_parts(found, blocks)),
        tuple(batches),
        "",
    )


def _times(ratio: float) -> float:
    """Return 1 for a mean and 2 for a sum; a batch that is drawn anew is never quite the same."""
    return next((whole for whole in (1.0, 2.0) if abs(ratio - whole) < 0.3), np.nan)


def _parts(found: Stepped, blocks: Sequence[Block]) -> Iterator[tuple[str, Floats]]:
    """Yield the entries of each weight that are looked at, by its name."""
    for weight, value, block in zip(found.base.weights, found.values, blocks, strict=True):
        yield weight.name, _flat(found, weight, value[np.ix_(*block)] if block else value)


def blocks_of(found: Stepped, most: int) -> list[Block]:
    """Return the entries of each weight that are looked at."""
    same = [w.gradient.shape == w.value.shape for w in found.base.weights]
    return [
        sub_block(w.value.shape, w.gradient if alike else w.value, most)
        for w, alike in zip(found.base.weights, same, strict=True)
    ]


def _measured(
    found: Stepped, blocks: Sequence[Block], grow: tuple[int, int] | None
) -> tuple[dict[str, Floats], dict[str, Floats], float] | None:
    asked = entry_slopes(found, found.best.loss, found.values, blocks, grow)
    if asked is None:
        return None
    run, entries = asked
    gradients, slopes = {}, {}
    unit = (
        1.0
        if found.knows_scale and found.best.loss.trust >= Trust.NAMED
        else abs(found.best.factor)
    )
    for weight, block, slope in zip(run.weights, blocks, entries, strict=True):
        gradient = found.gradient(weight) / unit
        if gradient.shape == weight.value.shape:
            part = gradient[np.ix_(*block)] if block else gradient
            gradients[weight.name] = _flat(found, weight, part)
            slopes[weight.name] = _flat(found, weight, slope)
        else:
            gradients[weight.name] = gradient
            slopes[weight.name] = np.zeros(weight.value.shape)
    return gradients, slopes, run.losses.get(0, np.nan)


def _flat(found: Stepped, weight: Weight, values: Floats) -> Floats:
    """Return a bias that lies in a row or a column as a vector."""
    return values.reshape(-1) if is_bias(weight, found) else values


def _batch(
    found: Stepped,
    n: int,
    figures: tuple[dict[str, Floats], dict[str, Floats], float],
    times: float,
) -> Batch:
    gradients, slopes, loss = figures
    nothing, told = Observed(), Observed(loss)
    width = found.values[0].shape[0] if found.values[0].ndim else 1
    return Batch(
        np.zeros((n, width)),
        np.zeros(n),
        told,
        nothing,
        gradients,
        slopes,
        {},
        nothing,
        nothing,
        told,
        nothing,
        Observed(times * loss),
    )


def _batch_size(found: Stepped) -> int:
    """Return how many samples a step takes: the ratio itself where it is one of the lengths."""
    weights = {n for w in found.base.weights for n in w.value.shape}
    whole = {text.partition("[")[0] for text in found.step.parts() if text in found.base.shapes}
    shapes = [shape for name, shape in found.base.shapes.items() if shape and name not in whole]
    lengths = Counter(n for shape in shapes for n in {shape[0], shape[-1]} if n > 1)
    known = {*lengths, *(n for n in found.base.counts if n > 1)}
    factor = abs(found.best.factor)
    for size in (factor, 1 / factor if factor else 0.0):
        if round(size) in known and round(size) > 1 and is_close(size, round(size), 2e-3):
            return round(size)
    likely = [(count, n) for n, count in lengths.items() if n not in weights]
    return max(likely)[1] if likely else 0


def is_bias(weight: Weight, found: Stepped) -> bool:
    """Tell whether a weight is a bias: by its name, or a vector as wide as a matrix before it."""
    shape = weight.value.shape
    if weight.name[:1] in "bB":
        return True
    if weight.name[:1] in "wWvVuU" or sum(n > 1 for n in shape) > 1:
        return False
    names = [w.name for w in found.base.weights]
    before = found.base.weights[: names.index(weight.name)]
    matrices = [w for w in before if w.value.ndim == 2 and min(w.value.shape) > 1]
    return bool(matrices) and weight.value.size in matrices[-1].value.shape


def entries(
    found: Stepped, values: Sequence[Floats], wanted: Sequence[int]
) -> tuple[Floats, Floats] | None:
    """Return gradient and slopes of the first wanted weight, entry by entry, with other weights."""
    blocks = [
        sub_block(w.value.shape, w.gradient, MOST) if i in wanted else None
        for i, w in enumerate(found.base.weights)
    ]
    asked = entry_slopes(found, found.best.loss, values, blocks)
    if asked is None:
        return None
    run, slopes = asked
    at = wanted[0]
    block = blocks[at]
    assert block is not None
    gradient = found.gradient(run.weights[at])
    if gradient.shape != run.weights[at].value.shape:
        return None
    return (gradient[np.ix_(*block)] if block else gradient), slopes[at]


def definition(step: Step) -> Definition:
    """Return what a step stands in as a definition, so that its lines can be changed one by one."""
    node = step.node
    whole = node if isinstance(node, ast.FunctionDef) else _wrapped(step)
    end = node.end_lineno or node.lineno
    return Definition(step.module, step.definition, Kind.FUNCTION, node.lineno, end, (), 0, whole)


def _wrapped(step: Step) -> ast.FunctionDef:
    empty = ast.arguments([], [], None, [], [], None, [])
    assert not isinstance(step.node, ast.FunctionDef)
    made = ast.FunctionDef("step", empty, [step.node], [], None, None)
    return ast.copy_location(made, step.node)
