"""A module's source, asked by lines: who stands there, and how it reads with a piece changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tutor.diagnosis.trees import nodes

MODULE = "<module>"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Text:
    """The source of a module.

    Attributes
    ----------
    name : str
        As it is called inside the jail.
    filename : str
    source : str
    """

    name: str
    filename: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return it as a syntax tree."""
        return ast.parse(self.source)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return every node of the tree, in the order of `ast.walk`."""
        return tuple(nodes(self.tree))

    def owners(self) -> Iterator[tuple[str, Function]]:
        """Yield every function and method with its qualified name, the outer ones first."""
        yield from self._owners

    @cached_property
    def _owners(self) -> tuple[tuple[str, Function], ...]:
        return tuple(_functions(self.tree, ""))

    @cached_property
    def _statements(self) -> tuple[ast.stmt, ...]:
        return tuple(node for node in self.nodes if isinstance(node, ast.stmt))

    def owner(self, line: int) -> str:
        """Return the qualified name of the innermost function around a line, or ``<module>``."""
        found = MODULE
        for name, node in self.owners():
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first <= line <= (node.end_lineno or node.lineno):
                found = name
        return found

    def function(self, name: str) -> Function | None:
        """Return a function by its qualified name, of two the later one."""
        return dict(self.owners()).get(name)

    def statements(self) -> Iterator[ast.stmt]:
        """Yield every statement, in no order."""
        yield from self._statements

    def statement(self, line: int) -> ast.stmt | None:
        """Return the innermost statement that a line belongs to."""
        best: ast.stmt | None = None
        for node in self.statements():
            if _spans(node, line) and (best is None or node.lineno >= best.lineno):
                best = node
        return best

    def calls(self, name: str, line: int = 0) -> list[ast.Call]:
        """Return the calls of a name (of a method too), all or those of one line."""
        found = []
        for node in self.nodes:
            if isinstance(node, ast.Call) and called(node) == name:
                found += [node] if not line or _spans(node, line) else []
        return found

    def with_piece(self, node: ast.expr | ast.stmt, new: str) -> str:
        """Return the source with one expression or statement replaced."""
        return self.with_pieces([(node, new)])

    def with_pieces(self, changes: list[tuple[ast.expr | ast.stmt, str]]) -> str:
        """Return the source with several pieces replaced, none inside another."""
        data = self.source.encode()
        starts = _starts(data)
        spans = sorted(
            (
                starts[node.lineno - 1] + node.col_offset,
                starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0),
                new,
            )
            for node, new in changes
        )
        for start, end, new in reversed(spans):
            data = data[:start] + new.encode() + data[end:]
        return data.decode()

    def piece(self, node: ast.expr | ast.stmt) -> str:
        """Return an expression or a statement as it is written."""
        return ast.get_source_segment(self.source, node) or ast.unparse(node)


def _spans(node: ast.expr | ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def called(call: ast.Call) -> str:
    """Return the last name of what is called: softmax, update, argmax."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def names_in(node: ast.AST) -> set[str]:
    """Return the names that an expression reads."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def plain_name(qualified: str) -> str:
    """Return a code object's qualified name as the source has it: no ``<locals>``."""
    kept = [part for part in qualified.split(".") if part not in ("<locals>", "<lambda>")]
    kept = [part for part in kept if not part.startswith("<") or part == MODULE]
    return ".".join(kept) or MODULE


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield prefix + child.name, child
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        else:
            yield from _functions(child, prefix)


def _starts(data: bytes) -> list[int]:
    """Return where each line begins."""
    out = [0]
    for line in data.splitlines(keepends=True):
        out.append(out[-1] + len(line))
    return out
