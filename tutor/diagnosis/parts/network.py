"""A net, examined: its gradient beside the slopes of its own loss, parameter by parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import GRADIENT, LOSS, NUMERICAL, PREDICT, method, plain
from tutor.diagnosis.parts.building import build
from tutor.diagnosis.parts.gradients import (
    Parameter,
    ask_gradient,
    gradients_of,
    last_name,
    matched,
    returns_pairs,
)
from tutor.diagnosis.parts.shapes import D, K, Sizes, net_sizes
from tutor.diagnosis.proof import is_close

SIZES = (2, 6)  # batches
_STEP = 1e-5
_SIZED = 3  # arguments of a constructor: inputs, hidden units and classes
_FAR = 50.0  # times x: what is not squashed leaves 0 to 1
_SCALE = 0.4  # of the random weights: no y so small that the epsilon of a logarithm shows

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Batch:
    """A net's loss, gradient and slopes for one batch.

    ``gradients`` and ``slopes`` are by the parameter's name; a gradient that is missing is not
    there, one of another shape is as it came. ``numerical`` is what the net's own numerical
    gradient gave. ``predicted_far`` is what the net predicts for x 50 times as large, and for its
    opposite.
    """

    x: Floats
    t: NDArray[Any]
    loss: Observed
    asked: Observed
    gradients: Mapping[str, Floats]
    slopes: Mapping[str, Floats]
    numerical: Mapping[str, Floats]
    numerical_asked: Observed
    predicted: Observed
    again: Observed
    permuted: Observed
    twice: Observed
    predicted_far: Observed = field(default_factory=Observed)


@dataclass(frozen=True, slots=True)
class Network:
    """What a net gave for two batches, with random weights of float64 in place of its own."""

    definition: Definition
    loss: str
    gradient: str
    numerical: str
    parameters: tuple[Parameter, ...]
    initial: Mapping[str, Floats]
    weights: Mapping[str, Floats]
    batches: tuple[Batch, ...]
    kind: str
    decay: bool = False
    sizes: Sizes = field(default_factory=Sizes)

    @property
    def has_gradient(self) -> bool:
        """Tell whether it gave a gradient for any of its parameters."""
        return any(batch.gradients for batch in self.batches)

    def pairs(self) -> Iterator[tuple[Batch, str, Floats, Floats]]:
        """Yield (batch, parameter, gradient, slopes) for all that can be compared."""
        for batch in self.batches:
            for name, gradient in batch.gradients.items():
                if name in batch.slopes:
                    yield batch, name, gradient, batch.slopes[name]

    @property
    def agrees(self) -> bool:
        """Tell whether every gradient is that of the loss."""
        found = [agree(gradient, slopes) for _, _, gradient, slopes in self.pairs()]
        return bool(found) and all(found)


def agree(gradient: Floats, slopes: Floats) -> bool:
    """Tell whether a gradient is that of the loss, as far as rounding and an epsilon allow."""
    if gradient.shape != slopes.shape:
        return False
    scale = float(np.max(np.abs(slopes), initial=0.0)) + float(
        np.max(np.abs(gradient), initial=0.0)
    )
    return bool(np.all(np.abs(gradient - slopes) <= 2e-5 * scale + 1e-9))


def is_network(definition: Definition) -> bool:
    """Tell whether a class has what a net has: a loss, or a prediction and a gradient."""
    names = definition.methods
    loss = method(names, LOSS)
    if loss:
        return len(definition.methods[loss].parameters) >= 1
    gradient = method(names, GRADIENT)
    forward = names.get(method(names, ("forward",)))
    sized = len(definition.parameters) >= _SIZED
    whole = forward is not None and len(forward.parameters) == 2 and sized
    return bool(gradient) and bool(method(names, PREDICT[:1]) or whole)


def ask_network(
    student: Student, definition: Definition, rng: np.random.Generator, decay: bool = False
) -> Network | Observed:
    """Build a net, give it random weights, and ask for its loss and its gradient.

    Returns
    -------
    Network, or the call that could not be made: of the constructor, or of the loss.
    """
    sizes, lengths = net_sizes(rng)
    made = build(student, definition, decay, sizes)
    if made.raised:
        return made
    prepared(student, sizes)
    names = definition.methods
    loss = method(names, LOSS) or method(names, ("forward",))
    gradient = method(names, GRADIENT, near=True)
    numerical = method(names, NUMERICAL)
    if gradient == loss:
        gradient = ""
    if not gradient and returns_pairs(definition, loss):
        gradient = loss
    found = held_parameters(student)
    inputs, classes = _dimensions(found, definition)
    kind = _kind_of_targets(student, loss, inputs, classes, rng)
    if isinstance(kind, Observed):
        return kind
    initial = {
        p.name: np.asarray(v)
        for p, v in zip(found, student.copies([p.path for p in found]), strict=True)
    }
    weights = {p.name: _random(rng, p.shape) for p in found}
    student.put({p.path: weights[p.name] for p in found})
    net = (loss, gradient, numerical)
    batches = tuple(
        _ask_batch(student, definition, net, found, _data(rng, n, inputs, classes, kind))
        for n in lengths
    )
    return Network(definition, *net, found, initial, weights, batches, kind, decay, sizes)


def prepared(student: Student, sizes: Sizes) -> None:
    """Make the weights of a fresh net float64, and few."""
    student.oracle.ask("widen", "net")
    student.oracle.ask("shrink", "net", (sizes.inputs, sizes.hidden, sizes.classes))


def ask_gradient_again(student: Student, net: Network) -> Network | None:
    """Ask a net for its gradient once more, after a change that leaves its loss alone.

    Returns
    -------
    Network with the new gradients beside the slopes that are known, or None if it has none.
    """
    definition = net.definition
    if build(student, definition, net.decay, net.sizes).raised:
        return None
    prepared(student, net.sizes)
    student.put({p.path: net.weights[p.name] for p in net.parameters})
    batches = []
    for batch in net.batches:
        if student.observe(f"net.{net.loss}", batch.x, batch.t).raised:
            return None
        asked = ask_gradient(student, definition, net.gradient, net.loss, batch.x, batch.t)
        gradients = gradients_of(student, asked, net.parameters, batch.slopes)
        if not gradients:
            return None
        batches.append(replace(batch, asked=asked, gradients=gradients))
    return replace(net, batches=tuple(batches))


def _random(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Return weights with which a layer's outputs are of the size of its inputs or smaller."""
    inputs = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
    return np.asarray(_SCALE * min(1.0, (D / inputs) ** 0.5) * rng.normal(size=shape))


_WEIGHT = re.compile(
    r"^(w|b|theta|weight|bias|weights|biases|gamma|beta)\d*$|w_|b_|_w|_b|weight|bias"
)


def held_parameters(student: Student) -> tuple[Parameter, ...]:
    """Return the arrays that a fresh net holds, each once, by the name nearest to the learner."""
    groups: dict[int, list[Mapping[str, Any]]] = {}
    for entry in student.parameters("net"):
        if not entry["dtype"].startswith("float") or not np.prod(entry["shape"]):
            continue
        groups.setdefault(entry["at"], []).append(entry)
    out = []
    for entries in groups.values():
        best = min(entries, key=lambda e: ("params" not in e["path"], len(e["path"])))
        last = last_name(best["path"])
        if plain(last).startswith(("d", "grad", "v", "m", "h")) and not _WEIGHT.search(plain(last)):
            continue
        if re.match(r"d_?[wb]|grad", plain(last)) or "grad" in best["path"].lower():
            continue
        aliases = tuple(e["path"] for e in entries if e is not best)
        out.append(Parameter(best["path"], last, tuple(best["shape"]), aliases))
    named: dict[str, int] = {}
    unique = []
    for parameter in out:
        named[parameter.name] = named.get(parameter.name, 0) + 1
        many = sum(p.name == parameter.name for p in out) > 1
        name = f"{parameter.name}{named[parameter.name]}" if many else parameter.name
        unique.append(Parameter(parameter.path, name, parameter.shape, parameter.aliases))
    return tuple(unique)


def _dimensions(parameters: Sequence[Parameter], definition: Definition) -> tuple[int, int]:
    """Return how many numbers go in and come out."""
    matrices = [p.shape for p in parameters if len(p.shape) == 2]
    if not matrices:
        return D, K
    return matrices[0][0], matrices[-1][-1]


def _kind_of_targets(
    student: Student, loss: str, inputs: int, classes: int, rng: np.random.Generator
) -> str | Observed:
    """Return which targets the loss takes, or the call that failed with all of them."""
    failed = Observed(raised="AttributeError", text="it has no loss")
    fallback = ""
    for kind in ("one-hot", "labels", "one row"):
        x, t = _data(rng, SIZES[0], inputs, classes, kind)
        found = student.observe(f"net.{loss}", x, t)
        pair = isinstance(found.value, tuple | list) and bool(found.value)
        value = found.value[0] if pair else found.value
        if not found.raised and value is not None and np.size(value) == 1:
            if np.isfinite(np.asarray(value, float)).all():
                return kind
            fallback = fallback or kind
        failed = failed if failed.line and not found.line else found
    return fallback or failed


def _data(
    rng: np.random.Generator, n: int, inputs: int, classes: int, kind: str
) -> tuple[Floats, NDArray[Any]]:
    x = rng.normal(size=(n, inputs))
    labels = rng.permutation(np.arange(n) % classes)
    if kind == "labels":
        return x, labels
    if kind == "one row":
        return x[0], np.eye(classes)[labels[0]]
    return x, np.eye(classes)[labels]


# -- asking it ------------------------------------------------------------------------------------


def _ask_batch(
    student: Student,
    definition: Definition,
    net: tuple[str, str, str],
    parameters: Sequence[Parameter],
    data: tuple[Floats, NDArray[Any]],
) -> Batch:
    loss, gradient, numerical = net
    x, t = data
    target = f"net.{loss}"
    slopes = student.slopes(target, (x, t), [p.path for p in parameters], _STEP)
    named = {p.name: slopes[p.path] for p in parameters}
    predict = method(definition.methods, PREDICT[:1])
    predicted = student.observe(f"net.{predict}", x) if predict else Observed()
    rows = np.concatenate([_FAR * x, -_FAR * x]) if np.ndim(x) == 2 else _FAR * x
    far = student.observe(f"net.{predict}", rows) if predict else Observed()
    other = np.roll(t, 1, axis=-1)
    permuted = student.observe(target, x, other)
    both = (np.concatenate([x, x]), np.concatenate([t, t])) if np.ndim(x) == 2 else (x, t)
    twice = student.observe(target, *both)
    again = student.observe(target, x, t)
    first = student.observe(target, x, t)
    asked = ask_gradient(student, definition, gradient, loss, x, t)
    gradients = gradients_of(student, asked, parameters, named)
    own = Observed()
    numerical_gradients: dict[str, Floats] = {}
    if numerical:
        own = student.observe(f"net.{numerical}", x, t)
        numerical_gradients = matched(own.value, parameters, named)
    return Batch(
        x,
        t,
        first,
        asked,
        gradients,
        named,
        numerical_gradients,
        own,
        predicted,
        again,
        permuted,
        twice,
        far,
    )


def reference_loss(batch: Batch) -> float | None:
    """Return the cross-entropy of what a net predicts: probabilities or logits, None if neither."""
    p = batch.predicted.array()
    if p is None or p.ndim != 2 or np.ndim(batch.x) != 2 or len(p) != len(batch.x):
        return None
    labels = batch.t if batch.t.ndim == 1 else np.argmax(batch.t, axis=1)
    if np.max(labels) >= p.shape[1]:
        return None
    rows = np.arange(len(p))
    if is_close(p.sum(axis=1), np.ones(len(p))) and np.all(p >= 0):
        return float(-np.mean(np.log(p[rows, labels])))
    shifted = p - p.max(axis=1, keepdims=True)
    log_y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-np.mean(log_y[rows, labels]))
