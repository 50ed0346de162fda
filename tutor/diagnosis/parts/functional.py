"""A function that gives a loss and its gradients: a net without a class, examined like one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
_FLAT: Final = {"params", "parameters", "theta", "nn_params", "flat_params", "weights_flat", "vec"}
_SIZES: Final = {"dimensions", "dims", "sizes", "layer_sizes", "layer_dims", "shapes", "dimension"}
_SCORES: Final = {"x", "scores", "z", "logits", "s", "inputs", "score"}
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
    weights = any(map(_is_weight, names)) or is_flat(definition)
    return _returns_pair(definition) and ((data and weights) or is_scored(definition))


def is_scored(definition: Definition) -> bool:
    """Tell whether a loss takes scores and classes alone, and gives the gradient of the scores."""
    names = [plain(name) for name in definition.parameters]
    pair = len(names) == definition.required == 2 and names[0] in _SCORES and names[1] in _Y
    return pair and bool(re.search(r"loss|cost|entropy", plain(definition.name)))


def is_flat(definition: Definition) -> bool:
    """Tell whether all weights come as one vector, beside the sizes of the layers."""
    names = {plain(name) for name in definition.parameters}
    return bool(names & _FLAT) and bool(names & _SIZES)


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
    if is_flat(definition):
        return _ask_flat(student, definition, rng)
    if is_scored(definition):
        return _ask_scored(student, definition, rng)
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


def _ask_scored(
    student: Student, definition: Definition, rng: np.random.Generator
) -> Network | Observed:
    """Ask a loss of scores (N, K): they are what it gives a gradient for."""
    name = definition.parameters[0]
    batches = []
    for size in SIZES:
        scores = {name: _SCALE * rng.normal(size=(size, K))}
        found = _batch(student, definition, _LAYOUTS[0], scores, size, rng)
        if isinstance(found, Observed):
            return found
        if not found.gradients:
            return found.asked
        both = (np.concatenate([scores[name]] * 2), np.concatenate([found.t, found.t]))
        more = student.observe(definition.expression, *both).value
        twice = Observed(more[0]) if isinstance(more, tuple | list) and more else Observed()
        batches.append(replace(found, x=scores[name], twice=twice))
    shape = batches[-1].slopes[name].shape
    parameters = (Parameter(name, name, shape),)
    names = (definition.name, definition.name, "")
    last = {name: batches[-1].x}
    return Network(definition, *names, parameters, {}, last, tuple(batches), "labels")


_SHAPES: Final = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}


def _ask_flat(
    student: Student, definition: Definition, rng: np.random.Generator
) -> Network | Observed:
    """Ask a function that takes all weights as one vector, W1, b1, W2 and b2 one after another."""
    name = next(n for n in definition.parameters if plain(n) in _FLAT)
    total = sum(int(np.prod(shape)) for shape in _SHAPES.values())
    weights = {name: _SCALE * rng.normal(size=total)}
    batches = []
    for size in SIZES:
        found = _batch(student, definition, _LAYOUTS[0], weights, size, rng)
        if isinstance(found, Observed):
            return found
        if name not in found.gradients:
            return found.asked
        batches.append(_parted(found, name))
    parameters = tuple(Parameter(n, n, shape) for n, shape in _SHAPES.items())
    names = (definition.name, definition.name, "")
    parted = _parts(weights[name])
    return Network(definition, *names, parameters, {}, parted, tuple(batches), "one-hot")


def _parted(batch: Batch, name: str) -> Batch:
    """Return what was measured of one vector, by the weights that it is made of."""
    gradient = batch.gradients[name]
    same = gradient.shape == batch.slopes[name].shape
    gradients = _parts(gradient) if same else {"b2": gradient}
    return replace(batch, gradients=gradients, slopes=_parts(batch.slopes[name]))


def _parts(vector: Floats) -> dict[str, Floats]:
    ends = np.cumsum([int(np.prod(shape)) for shape in _SHAPES.values()])[:-1]
    pieces = np.split(vector, ends)
    return {n: p.reshape(s) for (n, s), p in zip(_SHAPES.items(), pieces, strict=True)}


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
    one_hot = np.eye(K)[labels].T if layout.columns else np.eye(K)[labels]
    forms: tuple[Any, ...] = (one_hot, labels) if is_flat(definition) else (labels, one_hot)
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
    for at, name in enumerate(definition.parameters):
        words = plain(name)
        if at == 0 and is_scored(definition):
            yield f"={name}"
        elif words in _X:
            yield x
        elif words in _Y:
            yield t
        elif words in _REG:
            yield 0.1
        elif words in _SIZES:
            yield [D, H, K]
        elif words in _FLAT or _is_weight(words):
            yield f"={name}"
        else:
            return
