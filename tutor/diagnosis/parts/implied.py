"""A net that never says what its loss is: the usual one that its gradients fit is taken for it.

Its gradients come back from a method, or are told by how a method moves the weights. They are held
beside the slopes of every usual loss, and mean something only where a matrix of weights fits one
of them up to a factor: then the others have to fit it with the same factor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.names import method, plain
from tutor.diagnosis.parts.building import build
from tutor.diagnosis.parts.gradients import Parameter, matched
from tutor.diagnosis.parts.network import Batch, Network, agree, held_parameters, prepared
from tutor.diagnosis.parts.shapes import H, Sizes

Floats = NDArray[np.float64]

IMPLIED: Final = "implied"
_FORWARD: Final = (
    "feedforward", "feed_forward", "forward", "forward_pass", "forward_prop", "predict",
    "forward_propagation", "forward_propagate", "calculate_outputs", "__call__", "propagate",
)  # fmt: skip
_BACKWARD: Final = (
    "backprop", "backward", "backpropagation", "back_propagation", "back_prop", "backward_pass",
    "backward_propagation", "backpropagate", "train_step", "update", "gradient",
    "compute_gradients", "train", "fit",
)  # fmt: skip
_X: Final = re.compile(r"x|a|x_\w+|inputs?|input_\w+|data|features|sample|images?|training_inputs")
_T: Final = re.compile(
    r"y|t|y_\w+|t_\w+|targets?|target_\w*|labels?|expected\w*|desired\w*|training_outputs|y_true"
)
_GIVEN_X: Final = re.compile(_X.pattern + r"|x_?train|input_data|data_in")
_GIVEN_T: Final = re.compile(_T.pattern + r"|outputs?|actual_\w+|output_data|res|solution")
_RATE: Final = re.compile(r"lr|l_r|\w*learn\w*|alpha|eta|rate|step_size")
_ONE: Final = re.compile(r"epochs?|num_epochs|n_epochs|n_iters?|iterations?|num_iter\w*|steps")
_NONE: Final = re.compile(r"reg\w*|lambd\w*|lmbda|l2\w*|decay|momentum")
_CACHE: Final = re.compile(r"\w*cache\w*|memory|activations")
_OUT: Final = re.compile(r"outputs?|y_hat|y_pred\w*|yhat|pred\w*|probs?|a\d|a_?out|out|o")
_MEANINGS: Final = (
    (_X, "=x"), (_OUT, "=out"), (_T, "=t"), (_CACHE, "=cache"), (_RATE, "=1e-6"), (_ONE, "=1"),
    (_NONE, "=0.0"),
)  # fmt: skip
_DATA: Final = ("=x", "=t", "=out", "=cache")
_RATES: Final = ("lr", "learning_rate", "eta", "alpha", "rate", "learningRate")
_KEPT: Final = ("output", "layer2", "y_hat", "a2", "out", "predictions", "outputs")
_TINY: Final = 1e-6  # a learning rate at which it does not matter what is moved first
_STEP: Final = 1e-5
_EVEN: Final = 2e-4
_FEW: Final = 3
_ROWS: Final = 4
_NP: Final = "__import__('numpy')"
_LOSSES: Final = (
    "0.5 * ((y - t) ** 2).sum()",
    "-(t * np.log(y)).sum()",
    "-(t * np.log(y) + (1 - t) * np.log(1 - y)).sum()",
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How samples lie in a batch: in rows, in ``columns``, one ``flat``; with ``labels`` or not."""

    rows: int
    classes: int
    made: int
    """The length that the last size of a net becomes: where it gives one number, a hidden one's."""
    columns: bool = False
    flat: bool = False
    labels: bool = False

    def data(self, rng: np.random.Generator, inputs: int) -> tuple[Floats, Floats]:
        """Return a batch and its targets."""
        x = rng.normal(size=(self.rows, inputs))
        if self.classes == 1:
            t = (np.arange(self.rows) % 2).reshape(-1, 1).astype(float)
        else:
            t = np.eye(self.classes)[rng.permutation(np.arange(self.rows) % self.classes)]
        if self.flat:
            return x[0], t[0]
        return (x.T, t.T) if self.columns else (x, t)


def _layouts(classes: int) -> Iterator[_Layout]:
    yield _Layout(_ROWS, classes, classes, labels=True)
    for k, made in ((classes, classes), (1, H), (1, 1)):
        yield _Layout(_ROWS, k, made)
        yield _Layout(1, k, made, columns=True)
        yield _Layout(_ROWS, k, made, columns=True)
    yield _Layout(1, classes, classes, flat=True)


def is_implied(definition: Definition) -> bool:
    """Tell whether a class predicts, and has a method that takes inputs and targets backwards."""
    if definition.kind is not Kind.CLASS:
        return False
    if holds_data(definition):
        return True
    back = _backward(definition)
    return bool(method(definition.methods, _FORWARD)) and back != ""


def holds_data(definition: Definition) -> bool:
    """Tell whether a net is made with its inputs and targets, and steps without any argument."""
    names = [plain(name) for name in definition.parameters]
    made = len(names) >= 2 == definition.required and bool(
        _GIVEN_X.fullmatch(names[0]) and _GIVEN_T.fullmatch(names[1])
    )
    steps = [m for n in _BACKWARD if (m := definition.methods.get(n)) and not m.required]
    goes = [m for n in _FORWARD if (m := definition.methods.get(n)) and not m.required]
    return made and bool(steps) and bool(goes)


def _backward(definition: Definition) -> str:
    methods = definition.methods
    found = (n for n in _BACKWARD if n in methods)
    return next((n for n in found if _arguments(methods[n].parameters, methods[n].required)), "")


def _arguments(parameters: Sequence[str], needed: int) -> list[str] | None:
    """Return an expression for each argument that is needed, None where one says nothing.

    The targets have to be among them; the inputs, or what forward gave, may be.
    """
    out: list[str] = []
    for at, name in enumerate(plain(p) for p in parameters):
        known = ((n, e) for n, e in _MEANINGS if e not in out and n.fullmatch(name))
        found = next((e for _, e in known if e in _DATA or "=t" in out), None)
        if found is None and at < needed:
            return None
        if found is None:
            break
        out.append(found)
    return out if "=t" in out and (len(out) > 1 or len(parameters) == 1) else None


def ask_implied(
    student: Student, definition: Definition, rng: np.random.Generator
) -> Network | Observed:
    """Ask a net without a loss, in each way in which its samples may lie, for its gradients.

    Returns
    -------
    Network, or a call that was of no use in the last of them.
    """
    if holds_data(definition):
        return _with_data(student, definition, rng)
    told = Observed(raised="", text="no usual loss fits its gradients")
    best: Network | None = None
    for layout in _layouts(Sizes().classes):
        if best is not None and layout.made == 1:
            break  # too few units to tell anything apart
        found = _in_layout(student, definition, layout, rng)
        if isinstance(found, Network):
            if found.agrees:
                return found
            best = best or found
        else:
            told = found
    return best or told


def _in_layout(
    student: Student, definition: Definition, layout: _Layout, rng: np.random.Generator
) -> Network | Observed:
    sizes = Sizes(classes=layout.made)
    made = build(student, definition, sizes=sizes)
    if made.raised:
        return made
    prepared(student, sizes)
    for name in _RATES:
        student.observe("(lambda n: setattr(net, n, 1e-6) if hasattr(net, n) else None)", name)
    found = held_parameters(student)
    if not found:
        return Observed(text="it holds no weights")
    weights = {p.name: np.asarray(0.5 * rng.normal(size=p.shape)) for p in found}
    inputs = _inputs(found, layout)
    x, t = layout.data(rng, inputs)
    given = np.argmax(t, axis=1) if layout.labels else t
    net = _Asked(student, definition, found, weights, x, t, given)
    output = net.output()
    if output is None:
        return Observed(text="it predicts nothing of the shape of the targets")
    gradients, moves = net.gradients()
    again, _ = net.gradients()
    same = [n for n in gradients if n in again and np.array_equal(gradients[n], again[n])]
    if not gradients or len(same) < len(gradients):
        return Observed(text="it gives no gradients, or others each time")
    fitted = _fitted(net, output, gradients, moves)
    return fitted or Observed(text="no usual loss fits its gradients")


def _with_data(
    student: Student, definition: Definition, rng: np.random.Generator
) -> Network | Observed:
    """Ask a net that was made with its data: once for one target a sample, once for several."""
    told = Observed(text="it predicts nothing of the shape of the targets")
    for classes in (1, Sizes().classes):
        layout = _Layout(_ROWS + 2, classes, classes)
        x, t = layout.data(rng, Sizes().inputs)
        made = student.observe(definition.expression, x, t, keep="net")
        if made.raised:
            told = made
            continue
        held = held_parameters(student)
        values = student.copies([p.path for p in held])
        kept = ((x.shape, x), (t.shape, t), (t.shape, np.zeros(t.shape)))
        own = [any(np.shape(v) == s and np.array_equal(v, k) for s, k in kept) for v in values]
        found = tuple(p for p, data in zip(held, own, strict=True) if not data)
        weights = {p.name: np.asarray(0.5 * rng.normal(size=p.shape)) for p in found}
        net = _Asked(student, definition, found, weights, x, t, t, held=True)
        output = net.output() if found else None
        gradients, moves = net.gradients() if output is not None else ({}, False)
        fitted = _fitted(net, output, gradients, moves) if output and gradients else None
        if fitted is not None:
            return fitted
    return told


def _inputs(found: Sequence[Parameter], layout: _Layout) -> int:
    matrices = [p.shape for p in found if len(p.shape) == 2]
    matrices = [shape for shape in matrices if min(shape) > 1] or matrices
    if not matrices:
        return Sizes().inputs
    return matrices[0][1] if layout.columns else matrices[0][0]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A net in the jail, with what it is asked about."""

    student: Student
    definition: Definition
    found: Sequence[Parameter]
    weights: Mapping[str, Floats]
    x: Floats
    t: Floats
    given: NDArray[Any]
    """The targets as its method takes them."""
    held: bool = False
    """Whether it was made with its data, and is given none."""

    def again(self) -> None:
        """Put the weights and the data back, as far as the net still holds such weights."""
        paths = ", ".join(p.path for p in self.found)
        text = f"(lambda *to: [a.__setitem__(..., b) for a, b in zip(({paths},), to)] and None)"
        self.student.observe(text, *(self.weights[p.name] for p in self.found))
        self.student.keep({"x": self.x.copy(), "t": self.given.copy(), "hot": self.t.copy()})

    def output(self) -> str | None:
        """Return the expression of what it predicts for x; None if there is none."""
        for name in _FORWARD:
            if name not in self.definition.methods:
                continue
            if self.held:
                return self._kept_output(name)
            for part in ("", "[-1]", "[0]"):
                self.again()
                value = self.student.observe(f"(lambda x: net.{name}(x){part})", "=x").array()
                if value is not None and value.shape == self.t.shape and np.isfinite(value).all():
                    return f"net.{name}(x){part}"
        return None

    def _kept_output(self, name: str) -> str | None:
        """Return the expression of what it predicts for its own data, given back or kept."""
        self.again()
        ways = (f"net.{name}()", *(f"(net.{name}(), net.{kept})[1]" for kept in _KEPT))
        for way in ways:
            value = self.student.observe(f"(lambda: {way})").array()
            if value is not None and value.shape == self.t.shape and value.any():
                return way
        return None

    def gradients(self) -> tuple[dict[str, Floats], bool]:
        """Return the gradients that a method gives back, or by which it moves the weights."""
        name = _backward(self.definition) or next(
            n for n in _BACKWARD if n in self.definition.methods
        )
        taken = self.definition.methods[name]
        args = [] if self.held else _arguments(taken.parameters, taken.required) or []
        self.again()
        forward = next(n for n in _FORWARD if n in self.definition.methods)
        given = () if self.held else ("=x",)
        self.student.observe(f"net.{forward}", *given, keep="forward")
        for holder, part in (("out", "0"), ("cache", "-1")):
            text = f"(lambda f: f[{part}] if isinstance(f, tuple) else f)"
            self.student.observe(text, "=forward", keep=holder)
        told = self.student.observe(f"net.{name}", *args)
        if told.raised:
            return {}, False
        paths = ", ".join(p.path for p in self.found)
        now = self.student.observe(f"(lambda: [{paths}])").value
        if not isinstance(now, list):
            return {}, False
        moved = {
            p.name: (self.weights[p.name] - np.asarray(after, float)) / _TINY
            for p, after in zip(self.found, now, strict=True)
            if isinstance(after, np.ndarray) and after.shape == p.shape
        }
        if any(m.any() for m in moved.values()):
            return (moved if len(moved) == len(self.found) else {}), True
        return matched(_flat(told.value, self.found), self.found, {}), False

    def slopes(self, output: str, loss: str) -> dict[str, Floats]:
        """Return the slopes of a usual loss of what it predicts."""
        self.again()
        text = f"(lambda x, t: (lambda y, np: {loss})({output}, {_NP}))"
        paths = [p.path for p in self.found]
        found = self.student.slopes(text, ("=x", "=hot"), paths, _STEP)
        return {p.name: found[p.path] for p in self.found}


def _flat(value: Any, found: Sequence[Parameter]) -> Any:
    """Return lists of gradients in one list, in the order of the weights: first those of W or b."""
    if not isinstance(value, tuple | list):
        return value
    lists = [item for item in value if isinstance(item, tuple | list)]
    shapes = [p.shape for p in found]
    for order in (lists, lists[::-1]):
        arrays = [np.asarray(a) for item in order for a in item]
        if len(order) == 2 and [a.shape for a in arrays] == shapes:
            return arrays
    return value


def _fitted(
    net: _Asked, output: str, gradients: Mapping[str, Floats], moves: bool
) -> Network | None:
    """Return the net beside the usual loss that most of its gradients fit, None if none does.

    The sign of gradients that are given back is a matter of what is done with them; the sign of
    a move is not.
    """
    best: tuple[int, float, dict[str, Floats]] | None = None
    for loss in _LOSSES:
        slopes = net.slopes(output, loss)
        if not all(np.isfinite(s).all() for s in slopes.values()):
            continue
        for factor in _factors(gradients, slopes):
            fits = sum(
                _fits(gradients[n], factor * s, net.weights[n])
                for n, s in slopes.items()
                if n in gradients
            )
            if best is None or fits > best[0]:
                best = (fits, factor, slopes)
    if best is None:
        return None
    _, factor, slopes = best
    size = abs(factor) if moves else factor
    right = {n: factor / size * slopes[n] for n in gradients}
    scaled = {
        n: right[n] if _fits(g, factor * slopes[n], net.weights[n]) else g / size
        for n, g in gradients.items()
    }
    empty = Observed()
    batch = Batch(
        net.x, net.t, empty, Observed(value=0.0), scaled, slopes, {}, empty, empty, empty, empty,
        empty,
    )  # fmt: skip
    step = next((n for n in _BACKWARD if n in net.definition.methods), "")
    names = ("", _backward(net.definition) or step, "")
    found = tuple(net.found)
    return Network(net.definition, *names, found, {}, net.weights, (batch,), IMPLIED)


def _factors(gradients: Mapping[str, Floats], slopes: Mapping[str, Floats]) -> Iterator[float]:
    """Yield what the gradient of a matrix is over its slope, where that is one number."""
    for name, gradient in gradients.items():
        slope = slopes[name]
        if gradient.shape != slope.shape or min(slope.shape, default=0) < 1:
            continue
        mask = np.abs(slope) > 1e-7
        if mask.sum() < _FEW:
            continue
        ratio = gradient[mask] / slope[mask]
        middle = float(np.median(ratio))
        if middle and float(np.ptp(ratio)) <= _EVEN * abs(middle):
            yield middle


def _fits(gradient: Floats, slope: Floats, weight: Floats) -> bool:
    """Tell whether a gradient is the slope, or that and a part of the weight: a decay of it."""
    if gradient.shape != slope.shape:
        return False
    if agree(gradient, slope):
        return True
    left = gradient - slope
    part = float(np.sum(left * weight) / max(float(np.sum(weight**2)), 1e-12))
    return weight.ndim == 2 and agree(left, part * weight) and weight.size > _FEW
