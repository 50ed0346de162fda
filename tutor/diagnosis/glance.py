"""A glance at a net that was changed: which gradients may be those of its loss, and which cannot.

It takes one slope of each parameter, along a random direction, where the whole measurement takes
one of each entry. What agrees entry by entry agrees along a direction too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.parts.building import build
from tutor.diagnosis.parts.gradients import Floats, ask_gradient, gradients_of
from tutor.diagnosis.parts.network import Batch, Network, agree

Agreeing = set[tuple[int, str]]
"""Batch size and name of each parameter whose gradient is that of the loss."""

_STEP = 1e-5
_SIZES = [_STEP, -_STEP, _STEP / 10, -_STEP / 10]  # a kink lies between one pair, not both
_LOOSE = 5e-5  # for each entry, of the largest


def agreeing(net: Network) -> Agreeing:
    """Return the parameters that agree, but those on which nothing depends."""
    return {
        (len(batch.x), name)
        for batch, name, gradient, slopes in net.pairs()
        if agree(gradient, slopes) and slopes.any()
    }


def telling(net: Network) -> Network:
    """Return a net with but one of its batches: the last one for which a gradient is wrong."""
    wrong = [b for b, _, gradient, slopes in net.pairs() if not agree(gradient, slopes)]
    return replace(net, batches=(wrong[-1] if wrong else net.batches[-1],))


def glance(student: Student, net: Network, seed: int) -> Agreeing | None:
    """Return the parameters that may agree now, for the data of a net; None if it is not made.

    All of them where it is made with other lengths now: then nothing can be told.
    """
    if build(student, net.definition, net.decay, net.sizes).raised:
        return None
    student.oracle.ask("widen", "net")
    sizes = net.sizes
    student.oracle.ask("shrink", "net", (sizes.inputs, sizes.hidden, sizes.classes))
    shapes = {entry["path"]: tuple(entry["shape"]) for entry in student.parameters("net")}
    if any(shapes.get(p.path) != p.shape for p in net.parameters):
        return {(len(b.x), p.name) for b in net.batches for p in net.parameters}
    student.put({p.path: net.weights[p.name] for p in net.parameters})
    rng = np.random.default_rng(seed)
    return {(len(b.x), name) for b in net.batches for name in _near(student, net, b, rng)}


def _near(student: Student, net: Network, batch: Batch, rng: np.random.Generator) -> list[str]:
    target = f"net.{net.loss}"
    ways = {p.name: rng.choice([-1.0, 1.0], size=p.shape) for p in net.parameters}
    moves = [(p.path, ways[p.name], _SIZES) for p in net.parameters]
    losses = student.losses(target, (batch.x, batch.t), moves)
    by_name = {p.name: found for p, found in zip(net.parameters, losses, strict=True)}
    student.observe(target, batch.x, batch.t)
    definition = net.definition
    asked = ask_gradient(student, definition, net.gradient, net.loss, batch.x, batch.t)
    gradients = gradients_of(student, asked, net.parameters, batch.slopes)
    return [name for name, g in gradients.items() if _may_agree(g, ways[name], by_name[name])]


def _may_agree(gradient: Floats, way: Floats, losses: Sequence[float]) -> bool:
    if gradient.shape != way.shape:
        return False
    along = float(np.sum(gradient * way))
    room = _LOOSE * gradient.size * float(np.max(np.abs(gradient), initial=0.0)) + 1e-7
    wide, narrow = (losses[0] - losses[1]) / (2 * _STEP), (losses[2] - losses[3]) / (_STEP / 5)
    return bool(min(abs(wide - along), abs(narrow - along)) <= room)
