"""Gradient checks that can show nothing: of a thing with itself, on no scale."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.known import known_net
from tutor.diagnosis.names import Role, plain
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.uses.text import MODULE, Text, called
from tutor.diagnosis.uses.use import Case, Use, error, trap

NUMERICAL = re.compile(r"num|finite|approx|diff")
_GRADIENT = re.compile(r"grad|back|bp|num|^d_?[wbx]\d*$|^g(_|$)|ana|exact|deriv")
_REDUCTIONS = ("average", "mean", "max", "amax", "sum")
_ABSOLUTE = ("abs", "absolute", "fabs")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two gradients that are compared."""

    module: str
    owner: str
    line: int
    left: str
    right: str
    absolute: bool
    relative: bool

    @property
    def names(self) -> tuple[str, str]:
        """Return the two."""
        return self.left, self.right

    @property
    def is_numerical(self) -> bool:
        """Tell whether the name of one says that it was taken numerically."""
        return any(NUMERICAL.search(plain(name)) for name in self.names)


def find_checks(case: Case) -> Iterator[Use]:
    """Yield the checks that can show nothing."""
    found = [c for text in case.texts.values() for c in comparisons(text)]
    for one in found:
        yield from _itself(case, one) if one.owner == MODULE else _inside(case, one)
    yield from _absolute(case, found)


@lru_cache(maxsize=8)
def comparisons(text: Text) -> tuple[Comparison, ...]:
    """Return where a module compares two gradients."""
    nodes = list(text.nodes)
    pairs = [(node, pair) for node in nodes if (pair := _pair(node)) is not None]
    if not pairs:
        return ()
    parents = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
    out = []
    for node, pair in pairs:
        above = _above(node, parents)
        reduced = any(_reduces(n) for n in above)
        relative = any(isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) for n in above)
        line = int(getattr(node, "lineno", 0))
        owner = text.function(text.owner(line)) or text.tree
        kept = _kept(above, parents)
        reduced = reduced or any(_reduces(n, kept) for n in ast.walk(owner) if kept)
        relative = relative or any(_divides(n, kept) for n in ast.walk(owner) if kept)
        absolute = isinstance(node, ast.BinOp) and reduced
        out.append(
            Comparison(text.name, text.owner(line), line, *pair, absolute, relative or not absolute)
        )
    return tuple(out)


def _pair(node: ast.AST) -> tuple[str, str] | None:
    """Return the names of two gradients that an expression subtracts or takes together."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        sides: list[ast.expr] = [node.left, node.right]
    elif isinstance(node, ast.Call) and len(node.args) >= 2:
        sides = node.args[:2]
    else:
        return None
    names = [_base(side) for side in sides]
    if not all(name and _GRADIENT.search(plain(name)) for name in names) or names[0] == names[1]:
        return None
    return names[0], names[1]


def _base(node: ast.expr) -> str:
    inner = node.value if isinstance(node, ast.Subscript) else node
    return inner.id if isinstance(inner, ast.Name) else ""


def _above(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> list[ast.AST]:
    out = []
    while node in parents and not isinstance(parents[node], ast.stmt):
        node = parents[node]
        out.append(node)
    return out


def _kept(above: list[ast.AST], parents: Mapping[ast.AST, ast.AST]) -> str:
    """Return the name that the absolute difference is kept under."""
    if not above or not isinstance(above[-1], ast.Call) or called(above[-1]) not in _ABSOLUTE:
        return ""
    statement = parents.get(above[-1])
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


def _reduces(node: ast.AST, name: str = "") -> bool:
    """Tell whether something, or what a name holds, is made one number."""
    if not isinstance(node, ast.Call) or called(node) not in _REDUCTIONS:
        return False
    held = [*node.args[:1], *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
    return not name or any(isinstance(h, ast.Name) and h.id == name for h in held)


def _divides(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div):
        return False
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node.left))


# -- with itself ----------------------------------------------------------------------------------


def _itself(case: Case, one: Comparison) -> Iterator[Use]:
    """Yield a comparison of two gradients that come from one and the same call."""
    text = case.texts[one.module]
    given = {name: given_above(text, name, one.line) for name in one.names}
    left, right = (given[name] for name in one.names)
    if left is None or right is None or not _same(left, right, one):
        return
    values = [value_of(case, one.module, name) for name in one.names]
    arrays = [arrays_of(value) for value in values]
    if not arrays[0] or not _identical(*arrays):
        return
    accused = left if NUMERICAL.search(plain(one.left)) else right
    evidence = Evidence("difference of the two gradients", 0.0, 0.0)
    repair = _repair(case, one, accused, arrays[0])
    if repair is not None:
        yield case.at(one.module, accused.lineno, error("compares-with-itself", evidence), repair)


def _inside(case: Case, one: Comparison) -> Iterator[Use]:
    """Yield a comparison in a function, of the gradient of one of the file's nets with itself."""
    text = case.texts[one.module]
    left, right = (given_above(text, name, one.line) for name in one.names)
    if left is None or right is None or not _same(left, right, one):
        return
    accused = left if NUMERICAL.search(plain(one.left)) else right
    if not isinstance(accused.value, ast.Name):
        accused = next((s for s in (left, right) if isinstance(s.value, ast.Name)), accused)
    calls = [s.value for s in (left, right) if isinstance(s.value, ast.Call)]
    for part in case.parts:
        if part.role is not Role.NETWORK or not calls:
            continue
        net = known_net(case.student, part.definition)
        if not isinstance(net, Network) or not net.numerical:
            continue
        own = [name for name in (net.gradient, net.numerical) if name == called(calls[0])]
        if own and (own[0] == net.gradient or len(calls) == 1):
            other = net.numerical if own[0] == net.gradient else net.gradient
            batch = net.batches[-1]
            again = [
                arrays_of(case.student.observe(f"net.{name}", batch.x, batch.t).value)
                for name in (own[0], own[0], other)
            ]
            if _identical(again[0], again[1]) and not _identical(again[0], again[2]):
                new = re.sub(rf"\b{own[0]}\b", other, ast.unparse(calls[0]))
                text_of = f"{ast.unparse(accused.targets[0])} = {new}"
                repair = Repair(True, _distance(again[0], again[2]), text_of)
                evidence = Evidence("difference of the two gradients", 0.0, 0.0)
                proved = error("compares-with-itself", evidence)
                yield case.at(one.module, accused.lineno, proved, repair)
                return


def given_above(text: Text, name: str, line: int) -> ast.Assign | None:
    """Return the statement of the same function that last gave a name its value above a line."""
    found = [
        s
        for s in text.statements()
        if isinstance(s, ast.Assign)
        and s.lineno < line
        and text.owner(s.lineno) == text.owner(line)
        and any(isinstance(t, ast.Name) and t.id == name for t in s.targets)
    ]
    return max(found, key=lambda s: s.lineno) if found else None


def _same(left: ast.Assign, right: ast.Assign, one: Comparison) -> bool:
    one_text, other = ast.unparse(left.value), ast.unparse(right.value)
    alias = one_text == one.right or other == one.left
    return alias or (isinstance(left.value, ast.Call) and one_text == other)


def value_of(case: Case, module: str, expression: str) -> Any:
    """Return what an expression is among a module's names, as far as it can be sent."""
    try:
        return case.student.oracle.ask("named", expression, module)
    except (TypeError, ValueError):  # it is no tree of arrays
        return None


def arrays_of(value: Any) -> dict[str, NDArray[Any]]:
    """Return the float arrays of a dict by their keys, or a lone one under an empty key."""
    items = value.items() if isinstance(value, dict) else [("", value)]
    return {str(k): v for k, v in items if isinstance(v, np.ndarray) and v.dtype.kind == "f"}


def _identical(one: Mapping[str, NDArray[Any]], other: Mapping[str, NDArray[Any]]) -> bool:
    same = list(one) == list(other) and all(np.array_equal(one[k], other[k]) for k in one)
    return same and any(values.any() for values in one.values())


def _repair(
    case: Case, one: Comparison, accused: ast.Assign, gradient: Mapping[str, NDArray[Any]]
) -> Repair | None:
    """Take the file's own numerical gradient in place of the second backprop."""
    call = accused.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    owners = {name.rpartition(".")[2] for text in case.texts.values() for name, _ in text.owners()}
    for name in sorted(owners):
        if "num" in plain(name) and "grad" in plain(name):
            args = ", ".join(ast.unparse(arg) for arg in call.args)
            new = f"{ast.unparse(call.func.value)}.{name}({args})"
            numerical = arrays_of(value_of(case, one.module, new))
            if numerical and not _identical(numerical, gradient):
                left = _distance(gradient, numerical)
                target = ast.unparse(accused.targets[0])
                return Repair(left is not None, left, f"{target} = {new}")
    return None


def _distance(one: Mapping[str, NDArray[Any]], other: Mapping[str, NDArray[Any]]) -> float | None:
    if list(one) != list(other) or any(one[k].shape != other[k].shape for k in one):
        return None
    return max(
        float(np.max(np.abs(one[k] - other[k])) / (np.max(np.abs(other[k])) or 1.0)) for k in one
    )


# -- on no scale ----------------------------------------------------------------------------------


def _absolute(case: Case, found: list[Comparison]) -> Iterator[Use]:
    """Yield a comparison of numerical gradients whose error is on no scale."""
    scaled = {frozenset(c.names) for c in found if c.relative}
    for one in found:
        if not one.absolute or not one.is_numerical or frozenset(one.names) in scaled:
            continue
        shown = [
            float(np.mean(np.abs(values)))
            for name in one.names
            if not NUMERICAL.search(plain(name))
            for values in arrays_of(value_of(case, one.module, name)).values()
        ]
        what = "relative error of a gradient twice too large, and what this check shows of it"
        measured = min(shown) if shown else "its size alone"
        proved = trap("absolute-error-only", Evidence(what, 1.0, measured))
        yield case.at(one.module, one.line, proved)


def has_check(case: Case) -> bool:
    """Tell whether a file compares a numerical gradient with another."""
    return any(c.is_numerical for text in case.texts.values() for c in comparisons(text))
