"""Whether the printed loss is that of the printed scores, by the log that the listing has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.diagnosis.figures.fit import EPSILON, Fit, Vector, fits, loss_of, rights
from tutor.diagnosis.figures.listing import Listing
from tutor.diagnosis.figures.remark import Remark
from tutor.diagnosis.figures.scene import Scene
from tutor.diagnosis.figures.scores import scores_off
from tutor.diagnosis.findings import Evidence
from tutor.nets.functions import softmax

_LEAST_DIGITS: Final = 5


def remarks_on_loss(scene: Scene, listing: Listing) -> Iterator[Remark]:
    """Compare the printed loss with the scores', and with the log that the listing has."""
    scores, slack = _best_scores(scene)
    if scene.loss is None or scores is None or scene.loss.number.digits < _LEAST_DIGITS:
        return
    found = fits(scores, slack, scene)
    if found:
        yield from _of_listing(scene, listing, scores, found)
    elif not scores_off(scene).any() or scores_off(scene).all():
        yield _other_loss(scene, scores, listing.epsilon or 0.0)


def _best_scores(scene: Scene) -> tuple[Vector | None, float]:
    """Return the scores the loss is held against: the printed p, else x @ W."""
    if scene.p is not None:
        return scene.p.values, scene.p.half
    return scene.scores, scene.slack


def _of_listing(
    scene: Scene, listing: Listing, scores: Vector, found: list[Fit]
) -> Iterator[Remark]:
    """Say so if the loss was printed with another epsilon than the listing has."""
    used = {fit.epsilon for fit in found}
    if listing.epsilon is None or scene.loss is None or len(used) > 1:
        return
    if listing.epsilon in used or listing.epsilon not in (0.0, EPSILON):
        return
    y, right, number = softmax(scores), found[0].right, scene.loss.number
    has, printed = loss_of(y, right, listing.epsilon), loss_of(y, right, found[0].epsilon)
    without, with_it = "log(y), without the 1e-7", "log(y + 1e-7)"
    used_log, listed_log = (without, with_it) if listing.epsilon else (with_it, without)
    yield Remark(
        f"The printed loss was not printed by this listing. From the printed p, {listed_log} as in "
        f"the listing gives {has:.12g}; {used_log} gives {printed:.12g}, and {number.text} is "
        f"printed. The two are 1e-7 / y = {EPSILON / y[right]:.2g} apart. The figures come from "
        "another version of the code. Next: run the listing again and compare the eighth digit.",
        scene.cell,
        scene.loss.text,
        "",
        (
            Evidence(f"loss of p by {listed_log}", has, number.value),
            Evidence(f"loss of p by {used_log}", printed, number.value),
        ),
        True,
    )


def _other_loss(scene: Scene, scores: Vector, epsilon: float) -> Remark:
    assert scene.loss is not None
    y, number = softmax(scores), scene.loss.number
    classes = rights(scene, len(scores))
    predicted = [loss_of(y, right, epsilon) for right in classes]
    told = " or ".join(
        f"{value:.8g} (right class {right})"
        for right, value in zip(classes, predicted, strict=True)
    )
    source = "p" if scene.p is not None else "x @ W"
    return Remark(
        f"The printed loss, {number.text}, is not that of the printed {source}, which gives {told}:"
        " one of the two was changed, or they come from two runs. A sum over several samples would "
        "differ as well. Next: print p and the loss in one run.",
        scene.cell,
        scene.loss.text,
        "",
        tuple(Evidence(f"loss of {source}, t = {r}", v, number.value)
              for r, v in zip(classes, predicted, strict=True)),
        scene.t is not None and scene.p is not None,
    )  # fmt: skip
