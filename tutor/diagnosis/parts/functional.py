"""A function that gives a loss and its gradients: a net without a class, examined like one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.names import plain
from tutor.diagnosis.parts.gradients import Parameter, matched
from tutor.diagnosis.parts.network import SIZES, Batch, Network
from tutor.diagnosis.parts.shapes import D, H, K

Floats = NDArray[np.float64]

_STEP: Final = 1e-5
_SCALE: Final = 0.6
_X: Final = {"x", "data", "inputs", "features", "x_batch", "x_train"}
_Y: Final = {"y", "t", "labels", "label", "targets", "target", "y_batch", "t_batch", "y_true"}
_REG: Final = {"reg", "lambda", "lam", "l2", "reg_lambda", "lambd", "weight_decay"}
_WEIGHT: Final = re.compile(r"(w|b|theta|weights?|bias)_?(\d?)")


@dataclass(frozen=True, slots=True)
class Layout:
    """The shapes of one weight matrix, a batch and its classes: rows of samples, or columns."""

    columns: bool

    def matrix(self, inputs: int, outputs: int) -> tuple[int, int]:
        """Return the shape of a weight matrix."""
        return (outputs, inputs) if self.columns else (inputs, outputs)

    def batch(self, size: int) -> tuple[int, int]:
        """Return the shape of a batch."""
        return (D, size) if self.columns else (size, D)


_LAYOUTS: Final = (Layout(False), Layout(True))


def is_functional(definition: Definition) -> bool:
    """Tell whether a function takes weights, a batch and its classes, and returns two things."""
    if definition.kind is not Kind.FUNCTION:
        return False
    names = [plain(name) for name in definition.parameters]
    data = any(name in _X for name in names) and any(name in _Y for name in names)
    return data and any(map(_is_weight, names)) and _returns_pair(definition)


def _is_weight(name: str) -> bool:
    return bool(_WEIGHT.fullmatch(name))


def _returns_pair(definition: Definition) -> bool:
    returns = [n.value for n in ast.walk(definition.node) if isinstance(n, ast.Return)]
    return any(isinstance(value, ast.Tuple) and len(value.elts) == 2 for value in returns)


def ask_functional(
    student: Student, definition: Definition, rng: np.random.Generator
) -> Network | Observed:
    """Give a function random weights and two batches; ask for its loss and its gradients.

    Returns
    -------
    Network, or the call that failed in every layout.
    """
    failed = Observed(raised="TypeError", text="no arguments were found to call it with")
    for layout in _LAYOUTS:
        weights = _weights(definition, layout, rng)
        batches = []
        for size in SIZES:
            found = _batch(student, definition, layout, weights, size, rng)
            if isinstance(found, Observed):
                failed = failed if failed.line else found
                break
            batches.append(found)
        if len(batches) == len(SIZES) and all(batch.gradients for batch in batches):
            parameters = tuple(Parameter(n, n, w.shape) for n, w in weights.items())
            names = (definition.name, definition.name, "")
            return Network(definition, *names, parameters, {}, weights, tuple(batches), "labels")
    return failed


def _weights(definition: Definition, layout: Layout, rng: np.random.Generator) -> dict[str, Floats]:
    """Return random weights by parameter: one layer for W and b, two for W1, b1, W2, b2."""
    out = {}
    for name in definition.parameters:
        found = _WEIGHT.fullmatch(plain(name))
        if found is None:
            continue
        inputs, outputs = {"": (D, K), "1": (D, H), "2": (H, K)}.get(found[2], (H, H))
        is_bias = found[1] in ("b", "bias")
        shape = (outputs,) if is_bias else layout.matrix(inputs, outputs)
        if is_bias and layout.columns:
            shape = (outputs, 1)
        out[name] = _SCALE * rng.normal(size=shape)
    return out


def _batch(
    student: Student,
    definition: Definition,
    layout: Layout,
    weights: Mapping[str, Floats],
    size: int,
    rng: np.random.Generator,
) -> Batch | Observed:
    x = rng.normal(size=layout.batch(size))
    labels = rng.permutation(np.arange(size) % K)
    forms: tuple[Any, ...] = (labels, np.eye(K)[labels].T if layout.columns else np.eye(K)[labels])
    student.keep(dict(weights))
    failed = Observed()
    for t in forms:
        args = tuple(_arguments(definition, x, t))
        asked = student.observe(definition.expression, *args)
        value = asked.value
        if asked.raised or not isinstance(value, tuple | list) or len(value) != 2:
            failed = asked
            continue
        loss, given = Observed(value[0]), value[1]
        if loss.number() is None:
            failed = asked
            continue
        slopes = student.slopes(definition.expression, args, list(weights), _STEP)
        parameters = tuple(Parameter(n, n, w.shape) for n, w in weights.items())
        gradients = matched(given, parameters, slopes)
        return _measured(student, definition, (x, t), loss, asked, gradients, slopes, args)
    return failed


def _measured(
    student: Student,
    definition: Definition,
    data: tuple[Floats, NDArray[Any]],
    loss: Observed,
    asked: Observed,
    gradients: Mapping[str, Floats],
    slopes: Mapping[str, Floats],
    args: tuple[Any, ...],
) -> Batch:
    again = student.observe(definition.expression, *args)
    second = Observed(again.value[0]) if isinstance(again.value, tuple | list) else again
    both = tuple(
        np.concatenate([a, a], axis=_samples(a)) if isinstance(a, np.ndarray) else a for a in args
    )
    more = student.observe(definition.expression, *both)
    twice = Observed(more.value[0]) if isinstance(more.value, tuple | list) else more
    none = Observed()
    return Batch(*data, loss, asked, gradients, slopes, {}, none, none, second, none, twice)


def _samples(values: NDArray[Any]) -> int:
    """Return the axis along which the samples of a batch lie: N is in no other length."""
    return next(axis for axis, length in enumerate(values.shape) if length in SIZES)


def _arguments(definition: Definition, x: Floats, t: NDArray[Any]) -> Iterator[Any]:
    for name in definition.parameters:
        words = plain(name)
        if words in _X:
            yield x
        elif words in _Y:
            yield t
        elif words in _REG:
            yield 0.1
        elif _is_weight(words):
            yield f"={name}"
        else:
            return
