"""Whether the printed dW is the gradient of the figures beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.figures.fit import EPSILON, Vector, rights
from tutor.diagnosis.figures.item import Item
from tutor.diagnosis.figures.number import Number
from tutor.diagnosis.figures.remark import Remark
from tutor.diagnosis.figures.scene import Scene
from tutor.diagnosis.findings import Evidence
from tutor.nets.functions import softmax

_OF_H: Final = 3e-9  # what h = 1e-4 leaves in a central difference, beside the digits


def remarks_on_gradient(scene: Scene) -> Iterator[Remark]:
    """Hold dW against outer(x, y - t), or, without scores, its rows against each other."""
    dW = scene.dW
    if dW is None or not scene.fits_x(dW) or not dW.values.any():
        return
    off = _entries_off(scene, dW)
    if off is None:
        return
    expected, wrong = off
    if not wrong.any():
        return
    if np.count_nonzero(wrong) == 1:
        i, k = map(int, np.argwhere(wrong)[0])
        yield _misprint(scene, dW, (i, k), float(expected[i, k]))
    elif wrong.all():
        yield _other_run(scene, dW, expected)
    else:
        names = ", ".join(f"dW[{i}, {k}]" for i, k in np.argwhere(wrong))
        yield _of_entries(scene, dW, names, expected, wrong)


def _entries_off(scene: Scene, dW: Item) -> tuple[Vector, NDArray[np.bool_]] | None:
    """Return the entries that the rest of the run predicts, and which of dW are none of them."""
    slack = 2 * dW.half + _OF_H
    candidates = list(_predicted(scene, dW.shape))
    judged = [(one, np.abs(dW.values - one) > slack + extra) for one, extra in candidates]
    if not judged:
        return None
    return min(judged, key=lambda pair: np.count_nonzero(pair[1]))


def _predicted(scene: Scene, shape: tuple[int, ...]) -> Iterator[tuple[Vector, float]]:
    """Yield outer(x, y - t) for what was printed, with and without the epsilon, and its slack."""
    sources = [(scene.p.values, scene.p.half)] if scene.p is not None else []
    if scene.scores is not None:
        sources.append((scene.scores, scene.slack))
    for scores, slack in sources:
        if len(scores) != shape[1]:
            continue
        y = softmax(scores)
        for right in rights(scene, len(y)):
            full = np.outer(scene.x, y - np.eye(len(y))[right])
            yield full, 2 * slack
            yield full * (y[right] / (y[right] + EPSILON)), 2 * slack
    if not sources:
        yield from _from_rows(scene)


def _from_rows(scene: Scene) -> Iterator[tuple[Vector, float]]:
    """Yield what each row makes of all, a row being x[i] times one and the same y - t."""
    assert scene.dW is not None
    for i, row in enumerate(scene.dW.values):
        if scene.x[i] and abs(row.sum()) <= len(row) * 2 * scene.dW.half + _OF_H:
            ratio = float(np.abs(scene.x / scene.x[i]).max())
            yield np.outer(scene.x / scene.x[i], row), 2 * ratio * scene.dW.half


def _misprint(scene: Scene, dW: Item, at: tuple[int, int], expected: float) -> Remark:
    i, k = at
    number: Number = dW.numbers[i * dW.shape[1] + k]
    row_sum = float(dW.values[i].sum())
    decimals = max(0, round(-np.log10(2 * dW.half))) if dW.half else 8
    right = f"{expected:.{decimals}f}"
    return Remark(
        f"dW[{i}, {k}], printed as {number.text}, cannot be: x[{i}] * (y[{k}] - t[{k}]) is "
        f"{right}. A row of dW sums to 0, as y - t does; this one sums to {row_sum:.3g}. The other "
        "entries agree, so this one was mistyped when the figures were copied. "
        "Next: print dW.sum(axis=1).",
        scene.cell,
        number.text,
        "",
        (Evidence(f"dW[{i}, {k}]", float(right), number.value),),
        True,
    )


def _of_entries(
    scene: Scene, dW: Item, names: str, expected: Vector, wrong: NDArray[np.bool_]
) -> Remark:
    evidence = tuple(
        Evidence(f"dW[{i}, {k}]", float(expected[i, k]), float(dW.values[i, k]))
        for i, k in np.argwhere(wrong)
    )
    return Remark(
        f"{names}: not x times (y - t) of the figures beside it, while the other entries are. "
        "Next: print p, y - t and dW in one run.",
        scene.cell,
        dW.text,
        "",
        evidence,
    )


def _other_run(scene: Scene, dW: Item, expected: Vector) -> Remark:
    sums = np.abs(dW.values.sum(axis=1)).max()
    own = (
        "Its rows sum to 0, as those of a softmax's gradient do, so it belongs to another W."
        if sums <= 6 * dW.half + _OF_H
        else f"Its rows do not sum to 0 (up to {sums:.3g}), as a softmax's gradient must."
    )
    return Remark(
        f"The printed dW is not the gradient of the figures beside it: outer(x, y - t) begins with "
        f"{expected[0, 0]:.8g}, and {dW.values[0, 0]:.8g} is printed. {own} "
        "Next: print W, p and dW in one run.",
        scene.cell,
        dW.text,
        "",
        (Evidence("dW[0, 0]", float(expected[0, 0]), float(dW.values[0, 0])),),
    )
