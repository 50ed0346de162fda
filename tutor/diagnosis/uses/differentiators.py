"""Differentiators that no name gives away: what they do with their first argument does."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tutor.diagnosis.definitions import Definition, Kind


def unnamed(definitions: Iterable[Definition]) -> dict[str, str]:
    """Return the functions that take differences of a function which they are given.

    Returns
    -------
    dict
        Their names, with the role ``differentiator``, as `roles.watched` has it.
    """
    return {d.name: "differentiator" for d in definitions if takes_differences(d)}


def takes_differences(definition: Definition) -> bool:
    """Tell whether a function calls an argument of its own and divides what comes of it."""
    if definition.kind is not Kind.FUNCTION or len(definition.parameters) < 2:
        return False
    nodes = list(ast.walk(definition.node))
    for name in definition.parameters[:2]:
        calls = [n for n in nodes if isinstance(n, ast.Call) and _is_name(n.func, name)]
        divisions = [n for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)]
        if calls and divisions and (_fills(nodes) or _formula(divisions, name)):
            return True
    return False


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _fills(nodes: Iterable[ast.AST]) -> bool:
    """Tell whether a loop writes elements, one after another."""
    return any(
        isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store)
        for node in nodes
        if isinstance(node, ast.For | ast.While)
        for inner in ast.walk(node)
    )


def _formula(divisions: Iterable[ast.BinOp], name: str) -> bool:
    """Tell whether a difference of two values of the argument is divided."""
    for division in divisions:
        calls = [
            n for n in ast.walk(division.left) if isinstance(n, ast.Call) and _is_name(n.func, name)
        ]
        if len(calls) >= 2:
            return True
    return False
