"""A net's own numerical gradient: of another function, or under another key."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import numpy as np

from tutor.diagnosis.asked import Observed
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.known import known_net
from tutor.diagnosis.names import Role, plain
from tutor.diagnosis.parts.net_faults import gap_of
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.uses.call import Floats
from tutor.diagnosis.uses.polynomial import MATRIX, slopes_at
from tutor.diagnosis.uses.redefined import redefined_net
from tutor.diagnosis.uses.text import Function, Text, called
from tutor.diagnosis.uses.use import Case, Use, error

_FAIR = 1e-3  # of the largest slope
_METHOD = re.compile(r"num|finite|check")


def find_numerical(case: Case) -> Iterator[Use]:
    """Yield the numerical gradients that are not those of the net's own loss."""
    for part in case.parts:
        if part.role is not Role.NETWORK:
            continue
        owner = part.definition
        for name, method in owner.methods.items():
            node = method.node
            if _METHOD.search(plain(name)) and isinstance(node, ast.FunctionDef):
                yield from _method(case, owner, node)


def _method(case: Case, owner: Definition, node: Function) -> Iterator[Use]:
    net = known_net(case.student, owner)
    if isinstance(net, Observed) or len(node.args.args) < 3:
        return
    wrong = _wrong(net, _compared(case, net, node.name))
    text = case.texts[owner.module]
    if not wrong:
        yield from _missing(case, owner, net, node, text)
        return
    yield from _keys(case, owner, node, text, wrong)
    if _is_right(case, node):
        yield from _other(case, owner, node, text, wrong)


def _compared(case: Case, net: Network, method: str) -> dict[str, Floats]:
    """Return the numerical gradients of those parameters whose slopes are known."""
    batch = net.batches[0]
    found = case.student.observe(f"net.{method}", batch.x, batch.t).value
    items = found.items() if isinstance(found, Mapping) else ()
    arrays = {str(name): value for name, value in items if isinstance(value, np.ndarray)}
    return {n: np.asarray(value, float) for n, value in arrays.items() if n in batch.slopes}


def _wrong(net: Network, found: Mapping[str, Floats]) -> dict[str, str]:
    """Return what is wrong with each parameter's numerical gradient: right and found."""
    out = {}
    for name, values in found.items():
        slopes = net.batches[0].slopes[name]
        if values.shape != slopes.shape:
            out[name] = f"{slopes.shape} {values.shape}"
        elif np.max(np.abs(values - slopes), initial=0.0) > _FAIR * np.max(np.abs(slopes)):
            worst = int(np.argmax(np.abs(values - slopes)))
            out[name] = f"{slopes.flat[worst]:.6g} {values.flat[worst]:.6g}"
    return out


def _is_right(case: Case, node: Function) -> bool:
    """Tell whether the differentiators that a method calls are right themselves."""
    names = {called(n) for n in ast.walk(node) if isinstance(n, ast.Call)}
    used = [case.definitions[name] for name in names if name in case.definitions]
    used = [d for d in used if any(d is p.definition and p.role is Role.DIFFERENTIATOR
                                   for p in case.parts)]  # fmt: skip
    return all(slopes_at(case.student, d, MATRIX).is_right for d in used)


# -- keys -----------------------------------------------------------------------------------------


def _keys(
    case: Case, owner: Definition, node: Function, text: Text, wrong: Mapping[str, str]
) -> Iterator[Use]:
    """Yield a parameter under whose key another's gradient is stored."""
    for statement in ast.walk(node):
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
            continue
        key = _key(statement.targets[0])
        for argument in statement.value.args:
            other = _key(argument)
            if not key or not other or key == other or key not in wrong:
                continue
            new = ast.unparse(argument).replace(repr(other), repr(key))
            left = _left(case, owner, node.name, text.with_piece(argument, new))
            if left is not None:
                right, found = _two(wrong[key])
                what = f"shape of the slopes under the key {key}, whose parameter has {right}"
                evidence = Evidence(what, f"other than {right}", found)
                target = ast.unparse(statement.targets[0])
                line = f"{target} = {ast.unparse(statement.value)}".replace(
                    ast.unparse(argument), new
                )
                repair = Repair(True, left, line)
                yield case.at(text.name, statement.lineno, error("wrong-key", evidence), repair)


def _missing(
    case: Case, owner: Definition, net: Network, node: Function, text: Text
) -> Iterator[Use]:
    """Yield the parameters that a numerical gradient leaves out, beside those of backprop."""
    batch = net.batches[0]
    found = case.student.observe(f"net.{node.name}", batch.x, batch.t).value
    known = set(batch.gradients) & set(batch.slopes)
    if not isinstance(found, Mapping) or not found or not set(found) < known:
        return
    left_out = sorted(known - set(found))
    for statement in ast.walk(node):
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
            continue
        key = _key(statement.targets[0])
        if key not in found:
            continue
        whole = text.piece(statement)
        new = "; ".join([whole, *(re.sub(rf"\b{key}\b", name, whole) for name in left_out)])
        left = _left(case, owner, node.name, text.with_piece(statement, new))
        if left is not None:
            what = f"gradients that come back, of {len(known)}"
            evidence = Evidence(what, f"below {len(known)}", len(found))
            repair = Repair(True, left, re.sub(rf"\b{key}\b", left_out[0], whole))
            yield case.at(text.name, statement.lineno, error("wrong-key", evidence), repair)
            return


def _two(told: str) -> tuple[str, str]:
    """Return the two halves of what was said of a parameter."""
    half = told.index(") (") + 1 if ") (" in told else told.index(" ")
    return told[:half], told[half + 1 :]


def _key(node: ast.expr) -> str:
    inner = node.slice if isinstance(node, ast.Subscript) else None
    value = inner.value if isinstance(inner, ast.Constant) else ""
    return value if isinstance(value, str) else ""


def _left(case: Case, owner: Definition, method: str, source: str) -> float | None:
    """Return how far the numerical gradients of a changed net are from the slopes of its loss.

    None if they are others.
    """
    first = redefined_net(case, owner, source)
    if first is None:
        return None
    # The same seed gives the same weights and data, so the first net's slopes hold for the second.
    found = redefined_net(case, owner, source, lambda c: _compared(c, first.net, method))
    if found is None or _wrong(first.net, found.extra):
        return None
    slopes = first.net.batches[0].slopes
    return max((gap_of(found.extra[name], slopes[name]) for name in found.extra), default=None)


# -- functions ------------------------------------------------------------------------------------


def _other(
    case: Case, owner: Definition, node: Function, text: Text, wrong: Mapping[str, str]
) -> Iterator[Use]:
    """Yield the line of a function of its own by which a numerical gradient goes astray."""
    for inner, new in (*_exchanged(case, node), *_own_loss(owner, node)):
        left = _left(case, owner, node.name, text.with_piece(inner, new))
        if left is not None:
            name = next(iter(wrong))
            right, found = _two(wrong[name])
            evidence = Evidence(f"a numerical slope of {name}", _number(right), _number(found))
            line = _line(text, inner, new)
            repair = Repair(True, left, line)
            proved = error("differentiates-another-function", evidence)
            yield case.at(text.name, inner.lineno, proved, repair)
            return


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _line(text: Text, inner: ast.expr, new: str) -> str:
    statement = text.statement(inner.lineno)
    whole = ast.unparse(statement) if statement is not None else ""
    return whole.replace(ast.unparse(inner), new).splitlines()[-1] if whole else new


def _exchanged(case: Case, node: Function) -> Iterator[tuple[ast.expr, str]]:
    """Yield each function that is called in the function of its own, and others for it."""
    functions = [n for n, d in case.definitions.items() if len(d.parameters) == 1]
    for inner in ast.walk(node):
        function = inner.func if isinstance(inner, ast.Call) else None
        if isinstance(function, ast.Name) and function.id in functions:
            yield from ((function, n) for n in functions if n != function.id)


def _own_loss(owner: Definition, node: Function) -> Iterator[tuple[ast.expr, str]]:
    """Yield what the function of its own returns, and the net's own loss for it."""
    names = ", ".join(argument.arg for argument in node.args.args[1:3])
    losses = [n for n in owner.methods if "loss" in plain(n) or "perte" in plain(n)]
    for inner in ast.walk(node):
        value = inner.body if isinstance(inner, ast.Lambda) else None
        if isinstance(inner, ast.FunctionDef) and inner is not node:
            returns = [n for n in ast.walk(inner) if isinstance(n, ast.Return)]
            value = returns[-1].value if returns else None
        if value is not None:
            yield from ((value, f"self.{loss}({names})") for loss in losses[:1])
