"""Calls of the functions that a file defines and never calls, with small data of the judge's.

A function is driven only if the name of each argument that it needs says what it takes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.known import known_net
from tutor.diagnosis.names import Role, plain
from tutor.diagnosis.parts.gradients import ask_gradient, gradients_of
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.proof import is_close
from tutor.diagnosis.roles import Taken
from tutor.diagnosis.trees import nodes
from tutor.diagnosis.uses.data import INPUTS, NET, PIXELS, TARGETS, WEIGHTS, Data, beside_f, is_f
from tutor.diagnosis.uses.run import updates_of
from tutor.diagnosis.uses.text import Function, Text, called

_METHODS = ("gradient", "accuracy", "numerical_gradient")
_WORK = re.compile(r"grad|update|step|accuracy|diff|backward|train|fit|check")


def driven(
    student: Student, texts: Mapping[str, Text], parts: Sequence[Taken], seed: int
) -> tuple[str, ...]:
    """Return the statements that call what the file leaves uncalled."""
    text = next(iter(texts.values()))
    data = Data.of(seed)
    nets = [part.definition for part in parts if part.role is Role.NETWORK]
    asked = {part.definition.name for part in parts if part.role is not Role.DESCENT}
    left_out = asked | reached(texts)
    taken = {net.name: _targets_of(student, net) for net in nets}
    return (
        *_of_nets(data, nets, taken, left_out),
        *_of_functions(data, text, nets[:1], taken, left_out),
    )


def driven_steps(functions: Iterable[Function], seed: int) -> Iterator[str]:
    """Yield calls of functions that take a dict of weights, inputs and targets.

    The weights are random; their keys are those that the function itself reads.
    """
    data = Data.of(seed)
    for node in functions:
        names = [plain(argument.arg) for argument in node.args.args]
        if len(names) != 3 or not all(map(re.fullmatch, (WEIGHTS, INPUTS, TARGETS), names)):
            continue
        weights = data.weights(_keys_read(node, node.args.args[0].arg))
        if weights:
            yield f"{node.name}({weights}, {data.x}, {data.t('one-hot')})"


def _keys_read(node: Function, name: str) -> set[str]:
    return {
        inner.slice.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Subscript) and ast.unparse(inner.value) == name
        if isinstance(inner.slice, ast.Constant) and isinstance(inner.slice.value, str)
    }


def _of_nets(
    data: Data, nets: Sequence[Definition], taken: Mapping[str, Sequence[str]], left_out: Set[str]
) -> Iterator[str]:
    for net in nets:
        kinds = taken[net.name]
        for name in _METHODS:
            if name in net.methods and f".{name}" not in left_out and kinds:
                yield f"{data.net(net)}.{name}({data.x}, {data.t(kinds[0])})"
        if ".accuracy" not in left_out and "accuracy" in net.methods:
            yield from (f"{data.net(net)}.accuracy({data.x}, {data.t(k)})" for k in kinds[1:])


def _of_functions(
    data: Data,
    text: Text,
    nets: Sequence[Definition],
    taken: Mapping[str, Sequence[str]],
    left_out: Set[str],
) -> Iterator[str]:
    lines = {update.line for update in updates_of(text)}
    for name, node in text.owners():
        if "." in name or name in left_out or not _works(node, lines):
            continue
        net = nets[0] if nets and _needs(node, NET) else None
        kinds = taken[net.name] if net is not None else next(iter(taken.values()), ())
        args = _arguments(data, node, net, next(iter(kinds), ""))
        if args is not None:
            yield f"{name}({', '.join(args)})"


def reached(texts: Mapping[str, Text]) -> set[str]:
    """Return the functions, and the methods with a dot before, that a run of the file calls."""
    bodies: dict[str, list[ast.AST]] = {}
    for text in texts.values():
        for name, function in text.owners():
            bodies.setdefault(name.rpartition(".")[2], []).append(function)
    waiting: list[ast.AST] = [
        node
        for text in texts.values()
        for node in text.tree.body
        if not isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    found: set[str] = set()
    while waiting:
        for node in nodes(waiting.pop()):
            read = node.id if isinstance(node, ast.Name) else ""
            read = f".{node.attr}" if isinstance(node, ast.Attribute) else read
            if read and read not in found and read.lstrip(".") in bodies:
                found.add(read)
                waiting += bodies[read.lstrip(".")]
    return found


def _works(node: Function, updates: Set[int]) -> bool:
    """Tell whether a function trains, differentiates or measures."""
    inside = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    calls = (called(n) for n in ast.walk(node) if isinstance(n, ast.Call))
    return any(_WORK.search(plain(name)) for name in calls if name) or any(
        line in inside for line in updates
    )


def _needs(node: Function, pattern: str) -> bool:
    return any(re.fullmatch(pattern, plain(a.arg)) for a in node.args.args)


def _arguments(data: Data, node: Function, net: Definition | None, kind: str) -> list[str] | None:
    """Return an expression for each argument that is needed, None if one is unknown."""
    needed = node.args.args[: len(node.args.args) - len(node.args.defaults)]
    names = [plain(argument.arg) for argument in needed]
    out = []
    for argument, name in zip(needed, names, strict=True):
        if is_f(names[0]):
            value = beside_f(argument.arg, name)
        elif net is not None and re.fullmatch(NET, name):
            value = data.net(net, wide=_needs(node, PIXELS))
        else:
            value = data.value(name, kind)
        if not value:
            return None
        out.append(value)
    return out


def _targets_of(student: Student, net: Definition) -> tuple[str, ...]:
    """Return which targets a net takes, one-hot or labels or both; none if it is not known."""
    if net.required > 3:
        return ()
    found = known_net(student, net)
    if not isinstance(found, Network):
        return ("one-hot",) if found.line else ()
    if found.kind != "one-hot":
        return () if found.kind == "one row" else (found.kind,)
    return ("one-hot", "labels") if _takes_labels(student, found) else ("one-hot",)


def _takes_labels(student: Student, net: Network) -> bool:
    """Tell whether labels give the loss and the gradient that one-hot rows give.

    A loss alone may take both where nothing else of a net was meant to.
    """
    batch = net.batches[-1]
    labels = np.argmax(batch.t, axis=-1)
    other = student.observe(f"net.{net.loss}", batch.x, labels).number()
    one = batch.loss.number()
    if one is None or other is None or abs(one - other) > 1e-9 * abs(one) or not net.gradient:
        return False
    asked = ask_gradient(student, net.definition, net.gradient, net.loss, batch.x, labels)
    found = gradients_of(student, asked, net.parameters, batch.slopes)
    return bool(found) and all(is_close(found[k], v) for k, v in batch.gradients.items())
