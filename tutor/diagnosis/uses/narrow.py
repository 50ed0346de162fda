"""Nets with weights of float32, whose own numerical gradient is noise."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.names import NUMERICAL, Role, method
from tutor.diagnosis.parts.building import build
from tutor.diagnosis.parts.network import Network, ask_network
from tutor.diagnosis.uses.text import Text
from tutor.diagnosis.uses.use import Case, Use, error

_NOISE = 3e-5  # of the largest slope: what a step of 1e-4 in float64 stays far below
_TIMES = 30.0  # by how much float64 has to be better


@dataclass(frozen=True, slots=True)
class Noise:
    """The largest errors of a net's numerical gradient, in float32 and in float64."""

    narrow: float
    wide: float

    @property
    def is_harmful(self) -> bool:
        """Tell whether float32 is what spoils the slopes."""
        return self.narrow > max(_NOISE, _TIMES * self.wide)


def find_narrow(case: Case) -> Iterator[Use]:
    """Yield the nets whose numerical gradient is right in float64 and not in their float32."""
    for part in case.parts:
        owner = part.definition
        numerical = method(owner.methods, NUMERICAL) if part.role is Role.NETWORK else ""
        if not numerical or "32" not in ast.unparse(owner.node):
            continue
        noise = _noise(case.student, owner, numerical)
        if noise is not None and noise.is_harmful:
            yield from _narrow(case, owner, numerical, noise)


def _noise(student: Student, owner: Definition, numerical: str) -> Noise | None:
    """Ask a net for its numerical gradient as it is, then with its arrays made float64.

    None if it has no float32 in it, or gives no slopes.
    """
    rng = np.random.default_rng(0)
    net = ask_network(student, owner, rng)
    if not isinstance(net, Network) or build(student, owner, net.decay, net.sizes).raised:
        return None
    known = {parameter.path: net.weights[parameter.name] for parameter in net.parameters}
    narrow = [p["path"] for p in student.parameters("net") if p["dtype"] == "float32"]
    if not set(narrow) & set(known):
        return None
    values = {path: value.astype(np.float32) for path, value in known.items()}
    batch = net.batches[-1]
    found = []
    for x in (batch.x.astype(np.float32), batch.x.astype(np.float32).astype(float)):
        student.put(values)
        found.append(student.observe(f"net.{numerical}", x, batch.t).value)
        student.oracle.ask("widen", "net")
    student.put(values)
    slopes = student.slopes(f"net.{net.loss}", (x, batch.t), list(known), 1e-5)
    true = {p.name: slopes[p.path] for p in net.parameters}
    errors = [_error(one, true) for one in found]
    return None if errors[0] is None or errors[1] is None else Noise(errors[0], errors[1])


def _error(found: object, true: Mapping[str, np.ndarray]) -> float | None:
    """Return the largest error over the largest slope of the same array."""
    if not isinstance(found, Mapping):
        return None
    pairs = [(np.asarray(found[k], float), true[k]) for k in found if k in true]
    pairs = [(a, b) for a, b in pairs if a.shape == b.shape and b.any()]
    return max((float(np.max(np.abs(a - b)) / np.max(np.abs(b))) for a, b in pairs), default=None)


def _narrow(case: Case, owner: Definition, numerical: str, noise: Noise) -> Iterator[Use]:
    """Yield the line that makes float32 of the weights, if float64 in its place is right."""
    text = case.texts[owner.module]
    for node in ast.walk(owner.node):
        if not _is_float32(node) or not isinstance(node, ast.expr):
            continue
        new = text.piece(node).replace("float32", "float64")
        left = _left(case, owner, numerical, text, text.with_piece(node, new))
        if left is not None and left <= _NOISE:
            evidence = (
                Evidence("largest error of the slopes, in float32", "above 3e-05", noise.narrow),
                Evidence("the same, in float64", "below 3e-05", noise.wide),
            )
            statement = text.statement(node.lineno)
            line = text.piece(statement).replace(text.piece(node), new) if statement else new
            proved = error("float32-noise", *evidence)
            yield case.at(text.name, node.lineno, proved, Repair(True, left, line))
            return


def _is_float32(node: ast.AST) -> bool:
    named = isinstance(node, ast.Attribute) and node.attr == "float32"
    return named or (isinstance(node, ast.Constant) and node.value == "float32")


def _left(case: Case, owner: Definition, numerical: str, text: Text, source: str) -> float | None:
    """Return the error of the numerical gradient of a net as it reads now."""
    student = case.student
    whole = "\n".join(source.split("\n")[owner.line - 1 : owner.end_line])
    if not student.redefine(owner.name, whole, owner.line, owner.module):
        return None
    try:
        net = ask_network(student, owner, np.random.default_rng(0))
        if not isinstance(net, Network):
            return None
        if build(student, owner, net.decay, net.sizes).raised or any(
            entry["dtype"] == "float32" for entry in student.parameters("net")
        ):
            return None
        student.put({p.path: net.weights[p.name] for p in net.parameters})
        batch = net.batches[-1]
        found = student.observe(f"net.{numerical}", batch.x, batch.t).value
        return _error(found, batch.slopes)
    finally:
        student.restore()
