"""Elements that a straight run of lines writes where one of them has read: x[idx] in the book.

Such a write need not be read back. Where the line before found a float64 in an array, a float
that goes to the same place stays what it is.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from tutor.trace.syntax import Scope, written_by


@dataclass
class KnownElements:
    """Statements by what they do with an element: read it into a name, write it after that."""

    reads: set[ast.stmt] = field(default_factory=set)
    writes: set[ast.stmt] = field(default_factory=set)

    def find(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Add those of a list of statements that run one after the other."""
        read: ast.stmt | None = None
        place = ""
        for statement in statements:
            targets = written_by(statement)
            if read is not None and _is_write(statement, place):
                self.reads.add(read)
                self.writes.add(statement)
            elif _may_change(statement, targets, place):
                read = None
            found = _read_place(statement, scope)
            if found:
                read, place = statement, found


def _is_write(statement: ast.stmt, place: str) -> bool:
    """Tell whether a statement writes an element and binds no name at the same time."""
    return (
        isinstance(statement, ast.Assign)
        and [ast.unparse(target) for target in statement.targets] == [place]
        and not _bound_in(statement)
    )


def _may_change(statement: ast.stmt, targets: list[ast.expr], place: str) -> bool:
    """Tell whether a place may be another one, or none, after a statement."""
    if not isinstance(statement, ast.Assign | ast.AugAssign):
        return True
    names = {name.id for name in ast.walk(ast.parse(place)) if isinstance(name, ast.Name)}
    given = {target.id for target in targets if isinstance(target, ast.Name)}
    others = any(isinstance(target, ast.Attribute) for target in targets)
    return others or not names.isdisjoint(given | _bound_in(statement))


def _bound_in(node: ast.AST) -> set[str]:
    """Return the names that a statement binds in the middle of an expression."""
    return {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}


def _read_place(statement: ast.stmt, scope: Scope) -> str:
    """Return the element that a statement reads into a name, if that is all it does."""
    match statement:
        case ast.Assign([ast.Name(name)], ast.Subscript() as element):
            place = ast.unparse(element)
            same = name in {n.id for n in ast.walk(element) if isinstance(n, ast.Name)}
            return "" if same or None in scope.place(element) else place
    return ""
