"""Every figure that a submission shows, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from tutor.diagnosis.figures.accuracy import remarks_on_accuracy
from tutor.diagnosis.figures.check import checks_of
from tutor.diagnosis.figures.check_figures import remark_on
from tutor.diagnosis.figures.listing import Listing, listing_of
from tutor.diagnosis.figures.loss import remarks_on_losses
from tutor.diagnosis.figures.message import remarks_on_messages
from tutor.diagnosis.figures.printed_gradient import remarks_on_gradient
from tutor.diagnosis.figures.printed_loss import remarks_on_loss
from tutor.diagnosis.figures.printout import Printout, printouts
from tutor.diagnosis.figures.remark import Remark, said
from tutor.diagnosis.figures.scene import Scene, scenes_of
from tutor.diagnosis.figures.scores import remarks_on_argmax, remarks_on_scores
from tutor.diagnosis.figures.slopes import remarks_on_slopes
from tutor.diagnosis.submission import Submission

_MOST: Final = 40
_FIGURES_ALONE: Final = (
    "Only figures were handed in, and this is as far as figures go: they show what came out, not "
    "which line made it. Next: hand in the code with them."
)


def read_figures(submission: Submission) -> tuple[Remark, ...]:
    """Explain what was printed: gradient checks, losses, accuracies, errors, W and p and dW.

    Nothing is run. Ordinary figures of a sound run get no remark, but for a gradient check that
    was handed in without code, or whose last bias shows the epsilon: those are explained, and
    point to no pitfall.

    Parameters
    ----------
    submission : Submission
        Its outputs are read, and its source where there is one.

    Returns
    -------
    tuple of Remark
        In the order of the outputs, each remark once; those about several outputs come last.
    """
    outputs = printouts(submission)
    listing = listing_of(submission)
    scenes = scenes_of(outputs, listing)
    remarks = chain(
        chain.from_iterable(map(_of_output, outputs)),
        chain.from_iterable(_of_scene(scene, listing) for scene in scenes),
    )
    found = _once(remarks)
    if found and not submission.has_code:
        found.append(said(_FIGURES_ALONE))
    return tuple(found)


def _of_output(printout: Printout) -> Iterator[Remark]:
    for check in checks_of(printout):
        yield from (remark.at(printout.cell, check.text) for remark in remark_on(check))
    readings = (remarks_on_accuracy, remarks_on_losses, remarks_on_messages, remarks_on_slopes)
    for reading in readings:
        yield from (remark.at(printout.cell, remark.text) for remark in reading(printout))


def _of_scene(scene: Scene, listing: Listing) -> Iterator[Remark]:
    yield from remarks_on_scores(scene)
    yield from remarks_on_argmax(scene)
    yield from remarks_on_loss(scene, listing)
    yield from remarks_on_gradient(scene)


def _once(remarks: Iterable[Remark]) -> list[Remark]:
    """Return the remarks without those that say again what was said of the same cell."""
    found: dict[tuple[str, int | None], Remark] = {}
    for remark in remarks:
        found.setdefault((remark.sentence, remark.cell), remark)
        if len(found) >= _MOST:
            break
    return list(found.values())
