"""Calls of the functions that a file defines and never calls, with small data of the judge's.

A function is driven only if the name of each argument that it needs says what it takes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence, Set

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import Role, plain
from tutor.diagnosis.parts.network import Network, ask_network
from tutor.diagnosis.roles import Taken
from tutor.diagnosis.uses.run import updates_of
from tutor.diagnosis.uses.text import Function, Text, called

_ROWS, D, H, K = 30, 5, 4, 3
_NET = r"net|network|model|nn|reseau|mlp|neural_net"
_INPUTS = r"x|x_train|x_batch|inputs|x_data|features|entrees"
_TARGETS = r"t|y|t_train|y_train|labels|targets|t_batch|y_batch|y_true"
_VALUES: tuple[tuple[str, str], ...] = (
    (_INPUTS, f"np.random.RandomState(0).randn({_ROWS}, {D})"),
    (r"d|input_size|n_in", str(D)),
    (r"h|hidden_size|n_hidden", str(H)),
    (r"k|output_size|n_out|n_classes", str(K)),
    (r"lr|learning_rate|eta|alpha", "0.1"),
    (r"epochs|steps|iters_num|n_iters|step_num|iterations|num_steps", "5"),
    (r"batch_size", "10"),
    (r"seed", "0"),
)
_OF_F: tuple[tuple[str, str], ...] = (
    (r"f|func|fn|function|fonction", "(lambda p: float(np.sum(0.5*p[0]**2 + 0.2*p[1]**2)))"),
    (r"points", "np.array([[0.5, 1.0], [2.0, 0.3], [-1.0, 0.8], [1.5, -0.4]])"),
    (r"x|init_x|x0|start|point|w", "np.array([-1.5, 2.0])"),
    (r"xs|x_grid", "np.array([0.5, 2.0, -1.0, 1.5])"),
    (r"ys|y|y_grid", "np.array([1.0, 0.3, 0.8, -0.4])"),
)
_METHODS = ("gradient", "accuracy", "numerical_gradient")
_WORK = re.compile(r"grad|update|step|accuracy|diff|backward|train|fit|check")


def driven(student: Student, texts: Mapping[str, Text], parts: Sequence[Taken]) -> tuple[str, ...]:
    """Return the statements that call what the file leaves uncalled."""
    text = next(iter(texts.values()))
    nets = [part.definition for part in parts if part.role is Role.NETWORK]
    left_out = {part.definition.name for part in parts} | _reached(texts)
    kinds = {net.name: _kind(student, net) for net in nets}
    return (
        *_of_nets(student, nets, kinds, left_out),
        *_of_functions(text, nets[:1], kinds, left_out),
    )


def _of_nets(
    student: Student, nets: Sequence[Definition], kinds: Mapping[str, str], left_out: Set[str]
) -> Iterator[str]:
    for net in nets:
        for name in _METHODS:
            if name in net.methods and f".{name}" not in left_out and kinds[net.name]:
                yield f"{_made(net)}.{name}({_inputs()}, {_targets(kinds[net.name])})"
        if ".accuracy" not in left_out:
            yield from _with_labels(student, net)


def _of_functions(
    text: Text, nets: Sequence[Definition], kinds: Mapping[str, str], left_out: Set[str]
) -> Iterator[str]:
    for name, node in text.owners():
        if "." in name or name in left_out or not _works(text, node):
            continue
        net = nets[0] if nets and _needs(node, _NET) else None
        kind = kinds[net.name] if net is not None else next(iter(kinds.values()), "")
        args = _arguments(node, net, kind)
        if args is not None:
            yield f"{name}({', '.join(args)})"


def _reached(texts: Mapping[str, Text]) -> set[str]:
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
        for node in ast.walk(waiting.pop()):
            read = node.id if isinstance(node, ast.Name) else ""
            read = f".{node.attr}" if isinstance(node, ast.Attribute) else read
            if read and read not in found and read.lstrip(".") in bodies:
                found.add(read)
                waiting += bodies[read.lstrip(".")]
    return found


def _works(text: Text, node: Function) -> bool:
    """Tell whether a function trains, differentiates or measures."""
    inside = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    calls = (called(n) for n in ast.walk(node) if isinstance(n, ast.Call))
    return any(_WORK.search(plain(name)) for name in calls if name) or any(
        update.line in inside for update in updates_of(text)
    )


def _needs(node: Function, pattern: str) -> bool:
    return any(re.fullmatch(pattern, plain(a.arg)) for a in node.args.args)


def _arguments(node: Function, net: Definition | None, kind: str) -> list[str] | None:
    """Return an expression for each argument that is needed, None if one is unknown."""
    needed = node.args.args[: len(node.args.args) - len(node.args.defaults)]
    names = [plain(argument.arg) for argument in needed]
    of_f = bool(names) and re.fullmatch(_OF_F[0][0], names[0]) is not None
    out = []
    for argument, name in zip(needed, names, strict=True):
        value = _value(argument.arg, name, of_f, net, kind)
        if not value:
            return None
        out.append(value)
    return out


def _value(written: str, name: str, of_f: bool, net: Definition | None, kind: str) -> str:
    if of_f:
        grid = {"X": "xs", "Y": "ys"}.get(written, name)
        return next((v for pattern, v in _OF_F if re.fullmatch(pattern, grid)), "")
    if net is not None and re.fullmatch(_NET, name):
        return _made(net)
    if re.fullmatch(_TARGETS, name):
        return _targets(kind) if kind else ""
    return next((v for pattern, v in _VALUES if re.fullmatch(pattern, name)), "")


def _made(net: Definition) -> str:
    """Return the construction of a small net."""
    names = {plain(name) for name in net.parameters[: net.required]}
    if net.required == 1 and names & {"sizes", "dims", "layers", "tailles", "layer_sizes"}:
        return f"{net.name}([{D}, {H}, {K}])"
    if net.required == 3:
        return f"{net.name}({D}, {H}, {K})"
    return f"{net.name}({', '.join(str(n) for n in (D, K)[: net.required])})"


def _inputs() -> str:
    return _VALUES[0][1]


def _targets(kind: str) -> str:
    labels = f"np.arange({_ROWS}) % {K}"
    return f"np.eye({K})[{labels}]" if kind == "one-hot" else labels


def _kind(student: Student, net: Definition) -> str:
    """Return which targets a net takes: one-hot, labels, or none that is known."""
    if net.required > 3:
        return ""
    found = ask_network(student, net, np.random.default_rng(0))
    if isinstance(found, Network):
        return "" if found.kind == "one row" else found.kind
    return "one-hot" if found.line else ""


def _with_labels(student: Student, net: Definition) -> Iterator[str]:
    """Yield the call of an accuracy with labels, if the net's loss takes them as one-hot rows."""
    found = ask_network(student, net, np.random.default_rng(0))
    if isinstance(found, Network) and found.kind == "one-hot" and "accuracy" in net.methods:
        batch = found.batches[-1]
        labels = np.argmax(batch.t, axis=-1)
        other = student.observe(f"net.{found.loss}", batch.x, labels).number()
        one = batch.loss.number()
        if one is not None and other is not None and abs(one - other) <= 1e-9 * abs(one):
            yield f"{_made(net)}.accuracy({_inputs()}, {_targets('labels')})"
