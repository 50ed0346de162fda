"""A call in the learner's file, rewritten so that it is recorded when the run reaches it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from typing import Final

HOOK: Final = "\N{BULLET}record\N{BULLET}"  # names that no file contains
BEGIN: Final = "\N{BULLET}begin\N{BULLET}"


def parsed_call(text: str) -> ast.Call | None:
    """Return the outermost call in an expression, None if it is none or holds none."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return None
    return next((node for node in ast.walk(tree) if isinstance(node, ast.Call)), None)


def called_name(node: ast.Call) -> str:
    """Return the last name of what is called: ``gradient`` for ``self.net.gradient(x, t)``."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def same(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether two pieces of source mean the same, however they are laid out."""
    return ast.dump(one) == ast.dump(other)


class Hooking(ast.NodeTransformer):
    """Replaces ``f(x)`` by ``hook(f, x)``, line for line, where it is the call that is wanted."""

    def __init__(self, wanted: ast.Call, line: int | None = None) -> None:
        self.wanted = wanted
        self.line = line
        self.found = 0

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Rewrite one call."""
        is_wanted = same(node, self.wanted) and self.line in (None, node.lineno)
        self.generic_visit(node)
        if not is_wanted:
            return node
        self.found += 1
        hook = ast.copy_location(ast.Name(HOOK, ast.Load()), node.func)
        call = ast.Call(hook, [node.func, *node.args], node.keywords)
        return ast.copy_location(call, node)


def hooked_expression(text: str) -> ast.Expression | None:
    """Return an expression whose outermost call is recorded, None if there is no call in it."""
    wanted = parsed_call(text)
    if wanted is None:
        return None
    tree = ast.parse(text.strip(), mode="eval")
    return ast.fix_missing_locations(_First(wanted).visit(tree))  # type: ignore[no-any-return]


class _First(Hooking):
    """Rewrites the first call only."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return node if self.found else super().visit_Call(node)


def with_begins(body: Sequence[ast.stmt], after: Collection[int]) -> list[ast.stmt]:
    """Return statements with a call of `BEGIN` after each of those whose ids are given."""
    out: list[ast.stmt] = []
    for node, following in zip(body, [*body[1:], None], strict=True):
        out.append(node)
        if id(node) in after and not _is_future(following):
            begin = ast.Expr(ast.Call(ast.Name(BEGIN, ast.Load()), [], []))
            out.append(ast.fix_missing_locations(ast.copy_location(begin, node)))
    return out


def _is_future(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def gives(node: ast.stmt, wanted: Collection[str]) -> bool:
    """Tell whether a statement gives one of some names a meaning."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if inner.name in wanted:
                return True
        elif isinstance(inner, ast.alias) and (inner.asname or inner.name) in wanted:
            return True
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id in wanted for target in targets)
