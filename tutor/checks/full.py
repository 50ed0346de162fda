"""The whole gradient by central differences, entry by entry: exact, for small nets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tutor.checks.compare import Floats
from tutor.checks.losses import Array, InPlace, Losses, Question


def full_gradient(
    loss: Callable[[], float] | Losses, params: Mapping[str, Array], name: str, h: float = 1e-4
) -> Floats:
    """Return the central difference (f(x+h) - f(x-h)) / 2h of every entry of one parameter.

    Two forward passes an entry, all in one round trip.

    Parameters
    ----------
    loss : callable without arguments, or Losses
        As `check_gradients` takes it.
    params : mapping of str to array of floats
    name : str
    h : float
        The size of a step.

    Returns
    -------
    array of float64, the shape of ``params[name]``
    """
    losses = InPlace(loss, params) if callable(loss) else loss
    shape = params[name].shape
    asked = []
    for idx in np.ndindex(shape):
        unit = np.zeros(shape, dtype=np.int8)
        unit[idx] = 1
        asked.append(Question(name, unit, (h, -h)))
    quotients = [(fxh1 - fxh2) / (2 * h) for fxh1, fxh2 in losses.many(asked)]
    return np.array(quotients).reshape(shape)
