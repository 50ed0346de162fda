"""A layer, examined: its backward beside the slopes of its own forward."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import BACKWARD, FORWARD, Role, method, plain
from tutor.diagnosis.parts.activation import activation
from tutor.diagnosis.parts.building import size_of
from tutor.diagnosis.parts.patterns import unnamed
from tutor.diagnosis.parts.shapes import Sizes, layer_shape
from tutor.diagnosis.proof import Proof, advice, is_close, proof

_STEP = 1e-5
_TIGHT = 1e-5
_OUTPUTS = ("output", "out", "outputs", "y", "a", "z")
GRADIENTS = ("dinputs", "dx", "dinput", "d_inputs", "d_input", "grad_input", "dX")
_UNITS = re.compile(r"^m$|neuron|unit|node")
_TIMES = 6  # a mask of dropout may be the same twice

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layer:
    """What a layer gave forward and backward, and the slopes of its forward.

    ``given`` are the arrays it was made with; ``gradients`` what it keeps for each of them after
    backward; ``slopes`` the central differences of sum(forward(x) * dout), for x and for each.
    """

    definition: Definition
    forward: str
    backward: str
    x: Floats
    dout: Floats
    given: Mapping[str, Floats]
    out: Observed
    dx: Observed
    gradients: Mapping[str, Observed]
    slopes: Mapping[str, Floats]
    after: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def batch_size(self) -> int:
        """Return N."""
        return len(self.x)

    @property
    def role(self) -> Role | None:
        """Return the activation that its forward is, if it is one."""
        out = self.out.array()
        for role in (Role.RELU, Role.SIGMOID, Role.TANH):
            if is_close(out, activation(role, self.x)):
                return role
        return None


def is_layer(definition: Definition) -> bool:
    """Tell whether a class has a forward and a backward."""
    forward, backward = methods(definition)
    return bool(forward and backward) and not is_stub(definition.methods[forward])


def is_stub(definition: Definition) -> bool:
    """Tell whether a function is not written yet: it holds a text, ``pass`` or a raise."""
    empty = (ast.Pass, ast.Raise)
    return all(
        isinstance(statement, empty)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in definition.node.body
    )


def methods(definition: Definition) -> tuple[str, str]:
    """Return the names of its forward and its backward, empty where there is none."""
    names = definition.methods
    return method(names, FORWARD, near=True), method(names, BACKWARD, near=True)


def ask_layer(student: Student, definition: Definition, rng: np.random.Generator) -> Layer | None:
    """Make a layer, send a batch through it and back; None if it cannot be made."""
    forward, backward = methods(definition)
    n, inputs, outputs = layer_shape(rng)
    args = _made_with(definition, rng, (inputs, outputs))
    if args is None or student.observe(definition.expression, *args, keep="layer").raised:
        return None
    paths = _held(student)
    given = {name: rng.normal(size=shape) for name, (_, shape) in paths.items()}
    student.put({paths[name][0]: value for name, value in given.items()})
    x = rng.normal(size=(n, inputs))
    x[np.abs(x) < 0.05] = 0.3  # away from a kink
    student.keep({"x": x})
    go, out = ask_kept(student, f"layer.{forward}", (x,), _OUTPUTS)
    value = out.array()
    if value is None:
        return None
    again = (student.observe(go, x).array() for _ in range(_TIMES))
    if not all(other is not None and np.array_equal(value, other) for other in again):
        return None  # a random layer: its slopes say nothing
    dout = rng.normal(size=value.shape)
    keeps = go != f"layer.{forward}"
    _, dx = ask_kept(student, f"layer.{backward}", (dout,), GRADIENTS if keeps else ())
    if keeps and not dx.raised and dx.value is None:
        return None  # it keeps that too, under a name of its own
    gradients = _kept_gradients(student, given)
    held = [path for path, _ in paths.values()]
    after = dict(zip(given, student.copies(held), strict=True))
    student.put({paths[name][0]: v for name, v in given.items() if after[name].shape == v.shape})
    slopes = student.slopes(go, ("=x",), ("x", *held), _STEP, dout)
    named = {"x": slopes["x"], **{name: slopes[paths[name][0]] for name in given}}
    return Layer(definition, forward, backward, x, dout, given, out, dx, gradients, named, after)


def ask_kept(
    student: Student, method_: str, args: tuple[Any, ...], names: tuple[str, ...]
) -> tuple[str, Observed]:
    """Call a method of ``layer``; where it returns nothing, look at what it has kept instead.

    Returns
    -------
    (str, Observed)
        An expression of a function that gives the value, and what it gave.
    """
    told = student.observe(method_, *args)
    if told.raised or told.value is not None:
        return method_, told
    for name in names:
        kept = student.observe(f"(lambda: layer.{name})")
        if kept.array() is not None:
            text = f"(lambda *given: ({method_}(*given), layer.{name})[1])"
            return text, replace(kept, changed=told.changed)
    return method_, told


def _made_with(
    definition: Definition, rng: np.random.Generator, sizes: tuple[int, int]
) -> list[Any] | None:
    """Return the arguments to make a layer with; None if they cannot be guessed."""
    inputs, outputs = sizes
    out: list[Any] = []
    for name in definition.parameters[: definition.required]:
        words = plain(name)
        if words in ("w", "weight", "weights", "weight_matrix"):
            out.append(rng.normal(size=sizes))
        elif words in ("b", "bias", "biases"):
            out.append(rng.normal(size=outputs))
        elif words.startswith(("in", "n_in", "input", "fan_in")) or words == "d":
            out.append(inputs)
        elif words.startswith(("out", "n_out", "output", "fan_out")) or _UNITS.search(words):
            out.append(outputs)
        elif type(size := size_of(words, Sizes(inputs, outputs, outputs))) in (int, float):
            out.append(size)
        else:
            return None
    return out


def _held(student: Student) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return the weights that a fresh layer holds: the expression and the shape of each."""
    out = {}
    for entry in student.parameters("layer"):
        name = entry["path"].rpartition(".")[2].strip("[]'")
        is_gradient = plain(name).startswith(("d_", "grad")) or name in ("dW", "db", "dw")
        if entry["dtype"] == "float64" and entry["shape"] and not is_gradient:
            out[name] = (entry["path"], tuple(entry["shape"]))
    return out


def _kept_gradients(student: Student, given: Mapping[str, Floats]) -> dict[str, Observed]:
    """Return what the layer keeps as the gradient of each array: dW for W."""
    held = {entry["path"]: entry for entry in student.parameters("layer")}
    found = {}
    for name in given:
        wanted = (f"d{name}", f"grad_{name}", f"{name}_grad", f"d_{name}")
        paths = [p for p in held if plain(p.rpartition(".")[2].strip("[]'")) in map(plain, wanted)]
        names = [f"layer.d{name}"] if not paths else paths[:1]
        answer = student.observe(f"(lambda: {names[0]})")
        if not answer.raised and answer.value is not None:
            found[name] = answer
    return found


# -- what the figures prove -----------------------------------------------------------------------


def faults(found: Layer) -> Iterator[Proof]:
    """Yield what the figures prove, one after the other from forward to backward."""
    forward = list(_forward(found))
    if forward:
        yield from forward
        return
    yield from _weights_kept(found)
    divided = _divided(found)
    if divided is not None:
        yield divided
        return
    dx = found.dx.array()
    if dx is None:
        yield from _no_dx(found)
    elif not is_close(dx, found.slopes["x"], _TIGHT):
        yield _wrong_dx(found, dx)
    for name in found.given:
        if name in found.gradients:
            yield from _gradient(found, name, found.gradients[name])
    if found.dx.changed:
        yield advice("relu-mutates-dout", "arrays given to backward and changed", 1, 1)


def _divided(found: Layer) -> Proof | None:
    """Return that every gradient of a weight is divided by the batch once more."""
    ratios = {}
    for name, of in found.gradients.items():
        got = of.array()
        ratios[name] = None if got is None else _constant(got, found.slopes[name])
    if not any(found.slopes[name].ndim == 2 for name in ratios):
        return None
    if all(r is not None and abs(r - 1 / found.batch_size) < _TIGHT for r in ratios.values()):
        name = next(iter(ratios))
        what = f"d{name} over the slope, batch of {found.batch_size}"
        return proof(
            "double-batch-division", what, 1 / found.batch_size, float(ratios[name] or 0.0)
        )
    return None


def _forward(found: Layer) -> Iterator[Proof]:
    out = found.out.array()
    words = plain(found.definition.name)
    if out is None or out.shape != found.x.shape:
        return
    if "sigm" in words and found.role is not Role.SIGMOID:
        x = found.x
        wrong = (activation(Role.SIGMOID, -x), 1 + np.exp(-x))
        for formula in wrong:
            if is_close(out, formula):
                yield proof(
                    "sigmoid-sign", "forward(x)[0, 0]", float(formula[0, 0]), float(out[0, 0])
                )
                return
    for word, role in (("relu", Role.RELU), ("sigm", Role.SIGMOID), ("tanh", Role.TANH)):
        if _is_called(words, word):
            right = activation(role, found.x)
            if role is Role.RELU and np.array_equal(out, found.x):
                yield _without_mask(found)
                return
            if not is_close(out, right):
                yield unnamed("forward(x)", out, right, found.x, beside=f"the {role.value} of x")
                return


def _without_mask(found: Layer) -> Proof:
    """Return that a ReLU lets everything pass on its way forward."""
    at = tuple(int(i) for i in np.unravel_index(np.argmin(found.x), found.x.shape))
    what = f"forward(x)[{', '.join(map(str, at))}] where x is below 0"
    told = proof("relu-mask", what, float(found.x[at]), float(found.x[at]))
    body = found.definition.methods[found.forward].node.body
    lines = [s.lineno for s in body if not isinstance(s, ast.Return)]
    return replace(told, line=max(lines, default=body[-1].lineno))


def _is_called(words: str, activation_: str) -> bool:
    """Tell whether a class is called like an activation, and like nothing else."""
    plainly = re.sub(r"layer|activation|function|func|my|node|_", "", words)
    return plainly in (activation_, f"{activation_}oid")


def _weights_kept(found: Layer) -> Iterator[Proof]:
    for name, before in found.given.items():
        after = found.after.get(name)
        if after is not None and not np.array_equal(before, after):
            right = found.slopes[name]
            if is_close(after, right, _TIGHT):
                what = f"{name} after backward, its first entry: that of d{name}"
                told = float(right.flat[0]), float(after.flat[0])
            else:
                what = f"weights that a forward and a backward change, {name} among them"
                told = 1.0, 1.0
            yield proof("backward-overwrites-weights", what, *told)


def _no_dx(found: Layer) -> Iterator[Proof]:
    told = found.dx
    if told.raised:
        text = f"{told.raised}: {told.text}"
        slug = "crash"
        if "matmul" in text or "aligned" in text or "shapes" in text:
            slug = "missing-transpose"
        elif "NoneType" in text:
            slug = "sigmoid-backward" if found.role is Role.SIGMOID else "crash"
        evidence = proof("", f"backward of a {found.dout.shape} dout", told.raised, text).evidence
        yield Proof(slug, evidence, None, "", told.module, told.line)
    else:
        kind = "None" if told.value is None else type(told.value).__name__
        yield proof("backward-returns-none", "what backward returns", "None", kind)


def _wrong_dx(found: Layer, dx: Floats) -> Proof:
    right, role = found.slopes["x"], found.role
    if dx.shape != right.shape:
        told = str(right.shape[::-1]), str(dx.shape)
        return proof("missing-transpose", "shape of dx", *told)
    if role is Role.RELU:
        return _of_variant(found, "relu-mask", dx, _masks(found))
    if role is Role.SIGMOID:
        return _of_variant(found, "sigmoid-backward", dx, _half_slopes(found))
    ratio = _constant(dx, right)
    if ratio is not None and abs(ratio + 1) < _TIGHT:
        return proof("gradient-sign", "dx over the slope", -1.0, ratio)
    if ratio is not None and abs(ratio - 1 / found.batch_size) < _TIGHT:
        return proof("double-batch-division", "dx over the slope", 1 / found.batch_size, ratio)
    return unnamed("dx", dx, right, found.x)


def _masks(found: Layer) -> tuple[Floats, ...]:
    """Return what comes of no mask, of the mask turned round, and of one taken from dout."""
    x, dout = found.x, found.dout
    return dout, np.where(x <= 0, dout, 0.0), np.where(dout > 0, dout, 0.0)


def _half_slopes(found: Layer) -> tuple[Floats, ...]:
    """Return what comes of a sigmoid's derivative in which something is left out or mixed up."""
    x, dout = found.x, found.dout
    y = activation(Role.SIGMOID, x)
    slopes = (1 - y, y, x * (1 - x), y * (1 - x), y * (1 + y), -y * (1 - y), np.ones_like(y))
    return tuple(dout * slope for slope in slopes)


def _of_variant(found: Layer, slug: str, dx: Floats, variants: tuple[Floats, ...]) -> Proof:
    """Return a fault of dx at its worst entry, with what a wrong spelling gives there."""
    right = found.slopes["x"]
    wrong = next((v for v in variants if is_close(dx, v, _TIGHT)), right)
    at = _worst(dx, right)
    what = f"dx[{', '.join(map(str, at))}]"
    return proof(slug, what, float(wrong[at]), float(dx[at]))


def _gradient(found: Layer, name: str, of: Observed) -> Iterator[Proof]:
    """Yield what is wrong with a gradient that the layer keeps."""
    right = found.slopes[name]
    got = of.array()
    if got is None or is_close(got, right, _TIGHT):
        return
    label = f"d{name}"
    if right.ndim == 1 or (right.shape[:-1] == (1,) and name[:1] in "bB"):
        if got.shape != right.shape:
            wrong = next(
                (
                    s
                    for s in (found.dout.shape, (), (found.batch_size,), (1, *right.shape))
                    if s == got.shape
                ),
                (),
            )
            yield proof("bias-gradient", f"shape of {label}", str(wrong), str(got.shape))
            return
        ratio = _constant(got, right)
        if ratio is not None and abs(ratio - 1 / found.batch_size) < _TIGHT:
            yield proof("bias-gradient", f"{label} over the slope", 1 / found.batch_size, ratio)
            return
        yield proof("bias-gradient", f"{label}[0]", float(right.flat[0]), float(got.flat[0]))
        return
    if got.shape != right.shape:
        told = str(right.shape[::-1]), str(got.shape)
        yield proof("missing-transpose", f"shape of {label}", *told)
        return
    ratio = _constant(got, right)
    if ratio is not None and abs(ratio - 1 / found.batch_size) < _TIGHT:
        yield proof("double-batch-division", f"{label} over the slope", 1 / found.batch_size, ratio)
    elif ratio is not None and abs(ratio + 1) < _TIGHT:
        yield proof("gradient-sign", f"{label} over the slope", -1.0, ratio)
    else:
        yield unnamed(label, got, right, found.given[name])


def _constant(got: Floats, right: Floats) -> float | None:
    """Return got / right if it is one number for all entries with a slope."""
    mask = np.abs(right) > 1e-8
    if got.shape != right.shape or not mask.any():
        return None
    ratio = got[mask] / right[mask]
    middle = float(np.median(ratio))
    return middle if float(np.ptp(ratio)) < 1e-4 * max(abs(middle), 1e-12) else None


def _worst(got: Floats, right: Floats) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(np.argmax(np.abs(got - right)), right.shape))
