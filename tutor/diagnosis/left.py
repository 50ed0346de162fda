"""What is left between a part's figures and the right ones, once the part is put right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.diagnosis.parts.activation import Activation
from tutor.diagnosis.parts.differentiator import Differentiator
from tutor.diagnosis.parts.layer import Layer
from tutor.diagnosis.parts.loss import Loss
from tutor.diagnosis.parts.loss_layer import LossLayer
from tutor.diagnosis.parts.net_faults import gap_of
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.parts.softmax import Softmax
from tutor.nets import softmax

Floats = NDArray[np.float64]


def error_left(measured: object) -> float | None:
    """Return the largest error of a part's figures, relative to the largest of the right ones.

    Of a net, a layer and a loss layer these are gradients beside slopes, of a softmax and of an
    activation what it gives, of a loss its values, of a differentiator its slopes.
    """
    return max(_errors(measured), default=None)


def is_of_gradients(measured: object) -> bool:
    """Tell whether the figures of a part are gradients, or slopes."""
    return isinstance(measured, Network | Layer | LossLayer | Differentiator)


def _errors(measured: object) -> Iterator[float]:
    if isinstance(measured, Network):
        yield from (gap_of(gradient, slopes) for _, _, gradient, slopes in measured.pairs())
    elif isinstance(measured, Layer):
        yield from _gap(measured.dx.array(), measured.slopes["x"])
        for name, of in measured.gradients.items():
            yield from _gap(of.array(), measured.slopes[name])
    elif isinstance(measured, LossLayer):
        for batch in measured.batches:
            yield from _gap(batch.dx.array(), batch.slopes)
    elif isinstance(measured, Softmax):
        for of, x in zip(measured.of_batches, measured.batches, strict=True):
            yield from _gap(of.array(), softmax(x))
    elif isinstance(measured, Activation):
        yield from _gap(measured.of.array(), measured.right)
    elif isinstance(measured, Loss):
        yield from _of_loss(measured)
    elif isinstance(measured, Differentiator):
        slopes = measured.single if measured.moves_all else measured.vector
        yield from _gap(slopes.found, slopes.true)


def _of_loss(measured: Loss) -> Iterator[float]:
    """Yield the errors of a loss in the form of targets that it takes."""
    for form in ("one_hot", "by_label"):
        factor = measured.factor(form)
        for batch in measured.batches if factor is not None else ():
            times = batch.size if measured.is_sum else 1
            yield from _gap(getattr(batch, form).array(), np.asarray(batch.mean * times))


def _gap(found: ArrayLike | None, right: ArrayLike) -> Iterator[float]:
    if found is not None:
        yield gap_of(np.asarray(found, float), np.asarray(right, float))
