"""The loss as a function of the parameters, asked along directions, wherever the net lives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Asks for the loss when one parameter array is moved along a direction.

    Attributes
    ----------
    name : str
        The parameter array that is moved; all others stay.
    direction : array, the shape of that parameter array
        How far each entry goes for a step of 1. Small integers (int8) where that will do.
    steps : tuple of float
        The loss is wanted at ``params[name] + step * direction`` for each of them.
    """

    name: str
    direction: Array
    steps: tuple[float, ...]


class Losses(Protocol):
    """Answers questions about the loss; the net itself may be in another process."""

    def many(self, questions: Sequence[Question]) -> list[list[float]]:
        """Return the losses of each question, one for each step, in order.

        Afterwards all parameters are what they were, bit for bit. One call is one round trip.
        """


class InPlace:
    """A net in this process, whose loss reads the very arrays that are given here.

    Parameters
    ----------
    loss : callable without arguments, gives one number
        It has to read the arrays of `params` in place: a net that holds copies never sees a step.
    params : mapping of str to array of floats
    """

    def __init__(self, loss: Callable[[], float], params: Mapping[str, Array]) -> None:
        self._loss = loss
        self._params = params

    def many(self, questions: Sequence[Question]) -> list[list[float]]:
        """Return the losses of each question, one for each step, in order."""
        return [self.along(q.name, q.direction, q.steps) for q in questions]

    def along(self, name: str, direction: Array, steps: Sequence[float]) -> list[float]:
        """Return the loss at ``params[name] + step * direction`` for each step.

        Raises
        ------
        TypeError
            If the loss is not one number.
        """
        param = self._params[name]
        before = param.copy()
        try:
            return [self._at(param, before, step, direction) for step in steps]
        finally:
            param[...] = before

    def _at(self, param: Array, before: Array, step: float, direction: Array) -> float:
        param[...] = before + step * direction if step else before
        value = self._loss()
        if np.size(value) != 1:
            raise TypeError(
                f"The loss has shape {np.shape(value)}, but a gradient is checked against one "
                "number. Let it return the mean, or the sum, over the batch."
            )
        return float(np.asarray(value).reshape(()))
