"""Statements that move weights along a gradient, found in a source and made to report instead."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.diagnosis.names import plain
from tutor.diagnosis.trees import nodes

UPDATE = "__update__"

_RATE = re.compile(
    r"(^|_)(lr|l_r|rate|alpha|eta|pas|taux|step|learning\w*|lambda_?lr|epsilon|gamma)(_|\d|$)"
    r"|learn|rate$|学習|학습|η|α"
)
_GRADIENT = re.compile(
    r"^(d|g|grad\w*|gr|delta\w*|nabla\w*|g_\w+|d_?[a-z]\w{0,3}\d*|\w*_?grads?\w*)\d*$"
)
_NO_WEIGHT = re.compile(
    r"^(d_\w+|d[wbzahxyp]\w{0,2}\d*|dscores?|dlogits|dhidden|grad\w*|\w+_grads?|delta\w*|nabla\w*"
    r"|vel\w*|v[_wb]\w*|mom\w*|err\w*|loss\w*|cost\w*|total\w*|sum\w*|acc\w*|hist\w*)$"
)
_WEIGHT = re.compile(r"^(w|b|v|c|u|p|theta\w*|weight\w*|bias\w*|param\w*|syn\w*|w_\w+|b_\w+)\d*$")


@dataclass(frozen=True, slots=True)
class Site:
    """One update: ``weight`` becomes ``weight + sign * product of the factors``.

    ``factors`` are pairs of an operator and an expression; ``rate`` is the position of the
    learning rate among them, -1 where none of them looks like one.
    """

    line: int
    weight: ast.expr
    sign: int
    factors: tuple[tuple[str, ast.expr], ...]
    rate: int

    @property
    def target(self) -> str:
        """Return the expression of the weight."""
        return ast.unparse(self.weight)

    @property
    def gradient(self) -> list[ast.expr]:
        """Return the factors that are not the learning rate."""
        return [node for i, (_, node) in enumerate(self.factors) if i != self.rate]

    def call(self, number: int) -> ast.expr:
        """Return the expression that reports it, with the weight as its value."""
        pairs = [ast.Tuple([ast.Constant(op), node], ast.Load()) for op, node in self.factors]
        weight = ast.parse(self.target, mode="eval").body
        args: list[ast.expr] = [
            ast.Constant(number),
            weight,
            ast.Tuple(list(pairs), ast.Load()),
            ast.Constant(self.rate),
            ast.Constant(self.sign),
        ]
        return ast.Call(ast.Name(UPDATE, ast.Load()), args, [])


def sites(tree: ast.AST) -> Iterator[tuple[ast.stmt, Site]]:
    """Yield the updates below a node, each with the statement that it stands in."""
    for statement in nodes(tree):
        if not isinstance(statement, ast.AugAssign | ast.Assign | ast.Expr | ast.Return):
            continue
        if any(isinstance(node, ast.Add | ast.Sub) for node in nodes(statement)):
            finder = Rewriter()
            finder.visit(ast.parse(ast.unparse(statement)).body[0])
            for site in finder.found:
                yield (
                    statement,
                    Site(statement.lineno, site.weight, site.sign, site.factors, site.rate),
                )


class Rewriter(ast.NodeTransformer):
    """Turns every update into a call that reports it and leaves the weight as it was."""

    def __init__(self) -> None:
        self.found: list[Site] = []
        self._loose = False

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Turn ``W -= lr * dW`` into ``W = __update__(...)``."""
        if not isinstance(node.op, ast.Add | ast.Sub):
            return node
        site = _site(node, node.target, node.op, node.value, loose=True)
        if site is None:
            return node
        return ast.copy_location(ast.Assign([node.target], self._reported(site)), node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Look at the value, more loosely where the target is the weight itself."""
        value = node.value
        same = isinstance(value, ast.BinOp) and ast.unparse(value.left) == ast.unparse(
            node.targets[0]
        )
        self._loose = same
        node.value = self.visit(value)
        self._loose = False
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """Look at the elements as at a statement of their own."""
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """Look at the values as at a statement of their own."""
        self._loose = True
        node.value = self.visit(node.value)
        self._loose = False
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """Look at the elements as at a statement of their own."""
        return self._comprehension(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Turn ``W - lr * dW`` into a report."""
        loose, self._loose = self._loose, False
        if isinstance(node.op, ast.Add | ast.Sub):
            site = _site(node, node.left, node.op, node.right, loose)
            if site is not None:
                return ast.copy_location(self._reported(site), node)
        return self.generic_visit(node)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> ast.AST:
        self._loose = True
        node.elt = self.visit(node.elt)
        self._loose = False
        return node

    def _reported(self, site: Site) -> ast.expr:
        self.found.append(site)
        return site.call(site.line)


def _site(
    node: ast.stmt | ast.expr, weight: ast.expr, op: ast.operator, value: ast.expr, loose: bool
) -> Site | None:
    if not _may_be_weight(weight):
        return None
    sign = 1 if isinstance(op, ast.Add) else -1
    factors = list(_factors(value, "*"))
    for i, (kind, factor) in enumerate(factors):
        if isinstance(factor, ast.UnaryOp) and isinstance(factor.op, ast.USub):
            sign, factors[i] = -sign, (kind, factor.operand)
    rate = _rate(factors)
    rest = [f for i, (_, f) in enumerate(factors) if i != rate]
    named = rate >= 0 and bool(_RATE.search(_last_name(factors[rate][1])))
    if not rest or all(isinstance(f, ast.Constant) for f in rest):
        return None
    alike = any(_is_gradient(f) for f in rest)
    scaled = len(factors) > 1 and (alike or _is_matrix_product(rest))
    weighty = bool(_WEIGHT.match(plain(_base(weight)))) or bool(
        _WEIGHT.match(plain(_last_name(weight)))
    )
    bare = len(factors) == 1 and weighty and (alike or _is_matrix_product(rest))
    if named or (loose and (scaled or bare)):
        return Site(node.lineno, weight, sign, tuple(factors), rate)
    return None


def _may_be_weight(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) == "getattr"
    if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return False
    if isinstance(node, ast.Subscript) and any(
        isinstance(n, ast.Slice) for n in ast.walk(node.slice)
    ):
        return False
    return not any(_NO_WEIGHT.match(plain(name)) for name in (_base(node), _last_name(node)))


def _factors(node: ast.expr, op: str) -> Iterator[tuple[str, ast.expr]]:
    """Yield the factors of a product, each with ``*`` or ``/``."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = list(_factors(node.operand, op))
        first, rest = inner[0], inner[1:]
        yield first[0], ast.UnaryOp(ast.USub(), first[1])
        yield from rest
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from _factors(node.left, op)
        if isinstance(node.op, ast.Mult):
            yield from _factors(node.right, op)
        else:
            yield ("/" if op == "*" else "*"), node.right
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        *scalars, (kind, last) = _factors(node.left, op)
        if kind == op and not isinstance(node.left, ast.BinOp | ast.UnaryOp):
            yield op, node
        elif kind == op:
            yield from scalars
            yield op, ast.BinOp(last, ast.MatMult(), node.right)
        else:
            yield op, node
    else:
        yield op, node


def _rate(factors: list[tuple[str, ast.expr]]) -> int:
    for i, (op, node) in enumerate(factors):
        if op == "*" and _may_name(node) and _RATE.search(plain(_last_name(node))):
            return i
    for i, (op, node) in enumerate(factors):
        if op == "*" and isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return i
    names = [i for i, (op, node) in enumerate(factors) if op == "*" and isinstance(node, ast.Name)]
    free = [i for i in names if not _is_gradient(factors[i][1])]
    return free[0] if len(free) == 1 and len(factors) > 1 else -1


def _may_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _is_gradient(node: ast.expr) -> bool:
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute)]
    return any(_GRADIENT.match(plain(_last_name(name))) for name in names)


def _is_matrix_product(nodes: list[ast.expr]) -> bool:
    return any(
        isinstance(n, ast.MatMult)
        or (isinstance(n, ast.Attribute) and n.attr in ("dot", "matmul", "outer", "einsum"))
        for node in nodes
        for n in ast.walk(node)
    )


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self":
            return node.attr
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return node.slice.value
        return _last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
