"""A module as it reads once a finding's line is put right."""

from __future__ import annotations

import ast
import textwrap
from typing import Final

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Finding
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts.replacement import replacement

# What a repair may use that the file has not imported.
_IMPORTS: Final = {"copy": "import copy", "np": "import numpy as np"}


def repaired(source: str, finding: Finding, role: Role | None, owner: Definition | None) -> str:
    """Return the source with the repair in it; empty where it is no change of a line or a part.

    Parameters
    ----------
    source : str
        The module's.
    role, owner : Role, Definition
        What the accused definition was taken for, and that definition of the top level, if any.
    """
    repair = finding.repair
    if repair is None or not repair.confirmed:
        return ""
    if repair.line:
        return _with_statement(source, finding.line, repair.line)
    right = replacement(role, owner) if role is not None and owner is not None else ""
    if not right or owner is None:
        return ""
    return _with_lines(source, owner.line, owner.end_line, textwrap.dedent(right).strip("\n"))


def _with_statement(source: str, line: int, new: str) -> str:
    """Return the source with the statement at a line, or its header, in another wording."""
    tree = ast.parse(source)
    found = [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and _covers(n, line)]
    if not found:
        return ""
    statement = min(found, key=lambda node: _last(node) - node.lineno)
    if _is_fragment(statement, new):
        return ""
    indent = " " * statement.col_offset
    text = textwrap.indent(_with_imports(tree, textwrap.dedent(new)), indent)
    return _with_lines(source, statement.lineno, _last(statement), text)


def _with_imports(tree: ast.Module, new: str) -> str:
    """Return a statement with the imports that it needs and the module does not have."""
    try:
        used = {n.id for n in ast.walk(ast.parse(new)) if isinstance(n, ast.Name)}
    except SyntaxError:  # a header: what it needs is there
        return new
    known = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    needed = [text for name, text in _IMPORTS.items() if name in used - known]
    return "; ".join([*needed, new])


def _covers(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= _last(node)


def _last(node: ast.stmt) -> int:
    """Return the last line of a statement, of its header where it has a body."""
    body: list[ast.stmt] = getattr(node, "body", [])
    if body:
        return max(node.lineno, body[0].lineno - 1)
    return node.end_lineno or node.lineno


def _is_fragment(statement: ast.stmt, new: str) -> bool:
    """Tell whether what is given in place of a statement is only a part of one."""
    if isinstance(statement, ast.Expr) or hasattr(statement, "body"):
        return False
    try:
        parsed = ast.parse(textwrap.dedent(new)).body
    except SyntaxError:
        return True
    return len(parsed) == 1 and isinstance(parsed[0], ast.Expr)


def _with_lines(source: str, first: int, last: int, text: str) -> str:
    lines = source.split("\n")
    found = "\n".join([*lines[: first - 1], text, *lines[last:]])
    try:
        ast.parse(found)
    except SyntaxError:
        return ""
    return found
