"""Whether the printed scores p are x @ W of the printed W, and argmax theirs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.figures.fit import Vector, fits
from tutor.diagnosis.figures.number import shown
from tutor.diagnosis.figures.remark import Remark
from tutor.diagnosis.figures.scene import Scene
from tutor.diagnosis.findings import Evidence


def scores_off(scene: Scene) -> NDArray[np.bool_]:
    """Tell of each score whether it is not that of x @ W; none where both are not there."""
    scores = scene.scores
    if scene.p is None or scores is None or scene.p.shape != scores.shape:
        return np.zeros(0, np.bool_)
    return np.asarray(np.abs(scene.p.values - scores) > 2 * (scene.slack + scene.p.half) + 1e-12)


def remarks_on_scores(scene: Scene) -> Iterator[Remark]:
    """Yield where the printed p is not x @ W of the printed W."""
    off = scores_off(scene)
    if not off.any() or scene.W is None or scene.p is None or scene.scores is None:
        return
    evidence = tuple(
        Evidence(f"p[{k}] = x @ W[:, {k}]", float(scene.scores[k]), float(scene.p.values[k]))
        for k in np.flatnonzero(off)
    )
    assumed = "" if scene.x_known else ", with x = [0.6, 0.9], which is not printed"
    known = (
        f"The printed W does not give the printed p: x @ W is {_row(scene.scores)} and p is "
        f"{_row(scene.p.values)}{assumed}."
    )
    if np.count_nonzero(off) == 1 and len(off) > 1:
        known += " " + _blame(scene, int(np.argmax(off)))
    elif off.all():
        known += (
            " Not one entry agrees: W and p come from two runs (W is drawn anew in each)."
            " Next: print both in one run, after np.random.seed(0)."
        )
    else:
        agreeing = ", ".join(f"p[{k}]" for k in np.flatnonzero(~off))
        known += f" {agreeing} agrees, so single entries were changed, not the run."
    certain = scene.x_known or not off.all()
    yield Remark(known, scene.cell, scene.p.text, "", evidence, certain)


def _blame(scene: Scene, k: int) -> str:
    """Say which entry is off where one column alone is: p[k], or one of W's column k."""
    W, p, scores = scene.W, scene.p, scene.scores
    assert W is not None
    assert p is not None
    assert scores is not None
    if scene.loss is not None and p.values.shape == scores.shape:
        by_p, by_scores = fits(p.values, p.half, scene), fits(scores, scene.slack, scene)
        if by_scores and not by_p:
            return (
                f"Only p[{k}] is off, and the printed loss is that of x @ W: p[{k}] should be "
                f"{shown(float(scores[k]))}."
            )
        if by_p and not by_scores:
            return f"The printed loss is that of p, so an entry of W is off: {_needed(scene, k)}."
    return f"Only column {k} is off: either p[{k}] or an entry of W: {_needed(scene, k)}."


def _needed(scene: Scene, k: int) -> str:
    """Return what each entry of a column of W would have to be for p[k] to come out."""
    assert scene.W is not None
    assert scene.p is not None
    column, x = scene.W.values[:, k], scene.x
    missing = scene.p.values[k] - x @ column
    options = [
        f"W[{i}, {k}] would have to be {column[i] + missing / x[i]:.8g}"
        for i in range(len(x))
        if x[i]
    ]
    return " or ".join(options)


def remarks_on_argmax(scene: Scene) -> Iterator[Remark]:
    """Yield where the printed argmax is not that of the printed p."""
    if scene.p is None or scene.argmax is None:
        return
    values = scene.p.values
    largest, told = int(np.argmax(values)), int(scene.argmax.number.value)
    if not 0 <= told < len(values) or values[largest] - values[told] <= 2 * scene.p.half:
        return
    yield Remark(
        f"The printed argmax is {told}, and the largest entry of the printed p is p[{largest}] = "
        f"{values[largest]:.8g}: they come from two runs, or argmax was taken of something else. "
        "Next: print np.argmax(p) right after p.",
        scene.cell,
        scene.argmax.text,
        "",
        (Evidence("argmax of p", float(largest), float(told)),),
    )


def _row(values: Vector) -> str:
    return "[" + ", ".join(f"{value:.8g}" for value in values) + "]"
