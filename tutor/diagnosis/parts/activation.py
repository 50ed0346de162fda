"""Sigmoid, ReLU and tanh as functions, and the derivative of the sigmoid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Question, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts.patterns import unnamed
from tutor.diagnosis.proof import Proof, is_close, proof
from tutor.nets import relu, sigmoid


@dataclass(frozen=True, slots=True)
class Activation:
    """What an activation function gave for a batch."""

    role: Role
    x: NDArray[np.float64]
    of: Observed

    @property
    def right(self) -> NDArray[np.float64]:
        """Return what it should give."""
        return activation(self.role, self.x)

    @property
    def is_right(self) -> bool:
        """Tell whether it gives that."""
        return is_close(self.of.array(), self.right)


def activation(role: Role, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sigmoid, ReLU, tanh or the sigmoid's derivative of x, of its shape."""
    if role is Role.RELU:
        return np.asarray(relu(x), np.float64)
    if role is Role.TANH:
        return np.tanh(x)
    y = np.asarray(sigmoid(x), np.float64)
    return y * (1 - y) if role is Role.SIGMOID_GRADIENT else y


def ask_activation(
    student: Student, definition: Definition, role: Role, rng: np.random.Generator
) -> Activation:
    """Ask an activation function about a batch of both signs."""
    x = rng.normal(size=(3, 4))
    (of,) = student.several([Question(definition.expression, (x,))])
    return Activation(role, x, of)


def faults(found: Activation) -> Iterator[Proof]:
    """Yield what the figures prove."""
    y = found.of.array()
    if found.is_right or y is None:
        return
    x, first = found.x, float(found.x.flat[0])
    one = float(y.flat[0])
    if found.role is Role.SIGMOID:
        slopes = (("sigmoid-sign", sigmoid(-x)), ("sigmoid-sign", 1 / 1 + np.exp(-x)))
        for slug, wrong in slopes:
            if is_close(y, wrong):
                yield proof(slug, f"sigmoid({first:.3f})", float(wrong.flat[0]), one)
                return
    if found.role is Role.SIGMOID_GRADIENT:
        if is_close(y, x * (1 - x)):
            return  # of the activation, by its author's choice: the net decides
        if is_close(y, sigmoid(sigmoid(x)) * (1 - sigmoid(sigmoid(x)))):
            yield proof(
                "sigmoid-grad-of-activation",
                "derivative at x[0, 0]",
                float(found.right.flat[0]),
                one,
            )
            return
    name = found.role.value
    if y.shape == x.shape:
        yield unnamed(f"the {name} of x", y, found.right, x, beside="the right one")
    else:
        yield proof("", f"shape of the {name} of a (3, 4) x", str(x.shape), str(y.shape))
