"""Values in the middle of a line: what f returned there, and walrus names."""

from __future__ import annotations

import ast
import copy

from tutor.trace.hooks import Hook, call
from tutor.trace.layout import Assign, Layout
from tutor.trace.syntax import user_call

_HOLD_OTHERS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Global,
    ast.Nonlocal,
)


def wrap_statement(layout: Layout, node: ast.stmt) -> list[Assign]:
    """Wrap the calls of f and the walrus names in a simple statement, so that they report."""
    if isinstance(node, _HOLD_OTHERS):
        return []
    wrapper = _Wrapper(layout, _reported_already(node))
    wrapper.visit_children(node)
    return wrapper.found


def wrap_expression(layout: Layout, node: ast.expr) -> tuple[ast.expr, list[Assign]]:
    """Return an expression whose calls of f and walrus names report, and what they will."""
    wrapper = _Wrapper(layout, None)
    wrapped = wrapper.visit(copy.copy(node))
    return wrapped, wrapper.found


def _reported_already(node: ast.stmt) -> ast.expr | None:
    """Return the call whose value a statement's own report holds, or that throws it away."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.value
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return node.value if isinstance(node.value.func, ast.Attribute) else None
    return None


class _Wrapper(ast.NodeTransformer):
    def __init__(self, layout: Layout, keep: ast.AST | None) -> None:
        self.layout = layout
        self.keep = keep
        self.found: list[Assign] = []

    def visit_children(self, node: ast.AST) -> None:
        super().generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return node

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return node

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.visit_children(node)
        callee = user_call(node)
        if node is self.keep or callee is None:
            return node
        return self._wrap(node, "", callee)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        self.visit_children(node)
        return self._wrap(node, node.target.id, None)

    def _wrap(self, node: ast.expr, name: str, callee: str | None) -> ast.AST:
        column = self.layout.new_column(name or None)
        self.found.append(Assign(name, column, callee))
        wrapped = ast.copy_location(call(Hook.INSIDE, [node], column), node)
        return ast.fix_missing_locations(wrapped)
