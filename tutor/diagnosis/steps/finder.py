"""Looks for the loops and functions of a module in which weights are moved."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tutor.diagnosis.names import NUMERICAL, Role, plain, role_of_function
from tutor.diagnosis.steps.step import Block, Helper, Step, arguments, called
from tutor.diagnosis.steps.updates import Rewriter, Site, sites
from tutor.diagnosis.trees import nodes

_GRADIENTS: Final = re.compile(r"^(d_?\w*|grads?|g|gradients?|grad\w*|\w+_grads?)\d*$")
_GIVES_GRADIENTS: Final = re.compile(r"grad|backw|backp|back_p|deriv|analytic|two_layer|loss_and")


def steps(tree: ast.Module, module: str = "__main__", start: int = 0) -> list[Step]:
    """Return the steps of a module, those first that are the likeliest to be whole."""
    found = Finder(tree, module)
    out = [*found.loops(), *found.calls()]
    return [replace(step, number=start + i) for i, step in enumerate(out)]


class Finder:
    """A module's tree with the parent of each node."""

    def __init__(self, tree: ast.Module, module: str) -> None:
        self.tree = tree
        self.module = module
        self.every = every = nodes(tree)
        self.parents = {child: node for node in every for child in ast.iter_child_nodes(node)}
        self.functions = [n for n in every if isinstance(n, ast.FunctionDef)]
        self.names = {f.name for f in self.functions}

    def loops(self) -> Iterator[Step]:
        """Yield the steps that move weights."""
        blocks: dict[Block, list[Site]] = {}
        left: dict[ast.FunctionDef, list[Site]] = {}
        for statement, site in sites(self.tree):
            block = self._loop(statement, site)
            function = self._function(statement)
            if block is not None:
                blocks.setdefault(block, []).append(site)
            elif function is not None:
                left.setdefault(function, []).append(site)
        for function, found in left.items():
            yield from self._callers(function, found, 2)
        for loop, found in blocks.items():
            yield self._step(loop, found, ())
        for loop, found in blocks.items():
            outer = self._loop_above(loop)
            if outer is not None:
                yield self._step(outer, found, ())
        for function, found in left.items():
            yield self._step(function, found, ())

    def calls(self) -> Iterator[Step]:
        """Yield the functions that give gradients back."""
        for function in self.functions:
            if isinstance(self.parents.get(function), ast.ClassDef):
                continue
            names = _given(function)
            if names is not None and len(arguments(function)) >= 2:
                yield Step(0, self.module, function.name, "", function, True, (), (), names)

    def _callers(self, function: ast.FunctionDef, found: list[Site], depth: int) -> Iterator[Step]:
        helper = self._helper(function)
        seen: set[Block] = set()
        for call in self.every:
            if not (isinstance(call, ast.Call) and called(call) == function.name):
                continue
            block: Block | None = self._loop_above(call)
            inside = self._function(call)
            if inside is function:
                continue
            if block is None and inside is not None and depth:
                yield from (
                    Step(
                        0,
                        s.module,
                        s.function,
                        s.owner,
                        s.node,
                        False,
                        s.sites,
                        (*s.helpers, helper),
                        inside=s.inside,
                    )
                    for s in self._callers(inside, found, depth - 1)
                )
                block = inside
            if block is not None and block not in seen:
                seen.add(block)
                yield self._step(block, found, (helper,))

    def _step(self, block: Block, found: list[Site], helpers: tuple[Helper, ...]) -> Step:
        function = block if isinstance(block, ast.FunctionDef) else self._function(block)
        owner = self._owner(function) if function is not None else ""
        name = function.name if function is not None else ""
        return Step(
            0, self.module, name, owner, block, False, tuple(found), helpers, inside=function
        )

    def _helper(self, function: ast.FunctionDef) -> Helper:
        made = Rewriter().visit(copy.deepcopy(function))
        made.decorator_list = []
        text = ast.unparse(ast.fix_missing_locations(made))
        return Helper(self._owner(function), function.name, text)

    def _loop(self, statement: ast.stmt, site: Site) -> ast.For | ast.While | None:
        """Return the innermost loop around an update that computes its gradient."""
        wanted = {n.id for g in site.gradient for n in ast.walk(g) if isinstance(n, ast.Name)}
        wanted |= {ast.unparse(n) for g in site.gradient for n in ast.walk(g)
                   if isinstance(n, ast.Attribute)}  # fmt: skip
        calls = {called(c) for c in ast.walk(statement) if isinstance(c, ast.Call)} & self.names
        node: ast.AST = statement
        while node in self.parents and not isinstance(node, ast.FunctionDef):
            node = self.parents[node]
            if isinstance(node, ast.For | ast.While) and (
                calls or wanted & _bound(node.body) or self._fills(node.body, wanted)
            ):
                return node
        return None

    def _fills(self, body: list[ast.stmt], wanted: set[str]) -> bool:
        """Tell whether the attributes that are wanted are set by a method called here."""
        attributes = {name.rpartition(".")[2] for name in wanted if "." in name}
        if not attributes:
            return False
        names = {called(c) for s in body for c in ast.walk(s) if isinstance(c, ast.Call)}
        return any(
            f.name in names and attributes & {n.rpartition(".")[2] for n in _bound(f.body)}
            for f in self.functions
        )

    def _loop_above(self, node: ast.AST) -> ast.For | ast.While | None:
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef):
                return None
            if isinstance(node, ast.For | ast.While):
                return node
        return None

    def _function(self, node: ast.AST) -> ast.FunctionDef | None:
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef):
                return node
        return None

    def _owner(self, function: ast.FunctionDef) -> str:
        parent = self.parents.get(function)
        return parent.name if isinstance(parent, ast.ClassDef) else ""


def _bound(body: Sequence[ast.stmt]) -> set[str]:
    """Return the names and attributes that statements bind."""
    out = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                out.add(ast.unparse(node))
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                out.add(ast.unparse(node.value))
    return out


def _given(function: ast.FunctionDef) -> tuple[str, ...] | None:
    """Return the weights that a function gives gradients for, () if they are not named.

    None where it does not look as if it gave any.
    """
    role = role_of_function(function.name)
    if role in (Role.DIFFERENTIATOR, Role.SIGMOID_GRADIENT, Role.SOFTMAX, Role.LOSS):
        return None
    if plain(function.name) in NUMERICAL or "num" in plain(function.name):
        return None
    likely = bool(_GIVES_GRADIENTS.search(plain(function.name)))
    for node in ast.walk(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        value = node.value
        if isinstance(value, ast.Tuple) and len(value.elts) == 2:
            if isinstance(value.elts[1], ast.Tuple | ast.List):
                value = value.elts[1]
            elif _is_named_gradient(value.elts[1]):
                return ()
        if isinstance(value, ast.Tuple | ast.List):
            named = [e.id for e in value.elts if isinstance(e, ast.Name)]
            if len(named) == len(value.elts) and all(_GRADIENTS.match(plain(n)) for n in named):
                return tuple(re.sub(r"^(d_?|grad_?|g_?)(?=\w)", "", name) for name in named)
        if likely and isinstance(value, ast.Tuple | ast.List | ast.Dict | ast.Name | ast.Call):
            return ()
        if _is_named_gradient(value):
            return ()
    return None


def _is_named_gradient(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and bool(
        re.match(r"^(grad\w*|gs?|\w+_grads?)$", plain(node.id))
    )
