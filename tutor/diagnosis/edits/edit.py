"""A definition with one statement changed, and what rules are told of the definition."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """An expression of a statement, what stands there now, and the module's source."""

    statement: ast.stmt
    old: ast.expr
    new: ast.expr
    source: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A definition with one statement changed.

    Attributes
    ----------
    line : int
        That of the statement in the module.
    text : str
        What stands there now, as Python itself would write it; see `spelt`.
    source : str
        The whole definition as it reads with it.
    rule : str
        The kind of change.
    old : str
        The line as it was.
    change : Change or None
        The one expression that was exchanged; None where the whole statement was.
    shown : bool
        Whether the change is one that a teacher would make; else it only shows the line.
    """

    line: int
    text: str
    source: str
    rule: str = ""
    old: str = ""
    change: Change | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Context:
    """What a definition has to offer to a rule.

    Attributes
    ----------
    sizes : tuple of str
        Expressions that may be the size of a batch.
    names : tuple of str
        The names that are read or written in it.
    held : tuple of str
        What its object keeps: ``self.x``.
    """

    sizes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


ExpressionRule = Callable[[ast.expr, Context], Iterator[ast.expr]]
StatementRule = Callable[[ast.stmt, Context], Iterator[str]]


@dataclass(frozen=True, slots=True)
class OfExpression:
    """A rule that says what an expression may have been meant to be."""

    change: ExpressionRule

    @property
    def name(self) -> str:
        """Return what kind of change it makes."""
        return str(getattr(self.change, "__name__", ""))


@dataclass(frozen=True, slots=True)
class OfStatement:
    """A rule that says what a whole statement may have been meant to be, as text."""

    change: StatementRule
    shown: bool = True

    @property
    def name(self) -> str:
        """Return what kind of change it makes."""
        return str(getattr(self.change, "__name__", ""))


Rule = OfExpression | OfStatement


def parsed(text: str) -> ast.expr:
    """Return an expression that stands nowhere in the student's source."""
    made = ast.parse(text, mode="eval").body
    for node in ast.walk(made):
        for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            if hasattr(node, name):
                delattr(node, name)
    return made


def method_call(value: ast.expr, name: str) -> ast.Call:
    """Return ``value.name()``."""
    return ast.Call(ast.Attribute(value, name, ast.Load()), [], [])


def called(node: ast.AST) -> str:
    """Return the last name of what is called, empty where nothing is."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_read(node: ast.AST) -> bool:
    """Tell whether a name, an attribute or an element is read, not written."""
    return isinstance(getattr(node, "ctx", None), ast.Load)
