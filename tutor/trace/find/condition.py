"""A condition over the recorded names: a Python expression that is true at some steps."""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.state import ArrayView

PLACE = ("idx", "iteration", "step", "line")
"""What a condition may say of the place itself, where the run has no such names of its own."""

_PLAIN = (abs, all, any, bool, enumerate, float, int, isinstance, len, list, max, min, range, round)
_MORE = (set, sorted, str, sum, tuple, type, zip)
HELPERS: Mapping[str, Any] = {
    **{function.__name__: function for function in (*_PLAIN, *_MORE)},
    "np": np,
    "inf": np.inf,
    "nan": np.nan,
    "isfinite": np.isfinite,
    "isinf": np.isinf,
    "isnan": np.isnan,
}


class ConditionError(ValueError):
    """A condition that cannot be asked; the message is a sentence for whoever typed it."""


class Condition:
    """A Python expression over the names of a run, such as ``fxh1 == fxh2``.

    Parameters
    ----------
    expression : str
        It may use the run's names (scalars as they are, arrays as read-only arrays), ``idx``,
        ``iteration``, ``step`` and ``line`` where the run has no such names itself, ``np``, and
        a few functions: `HELPERS`.

    Attributes
    ----------
    names : frozenset of str
        The names that it needs a value of.

    Raises
    ------
    ConditionError
        If it is no expression, or reaches for an attribute with two underscores.
    """

    def __init__(self, expression: str) -> None:
        self.text = expression.strip()
        self._tree = _parsed(self.text)
        _refuse(self.text, self._tree)
        self._code = _compiled(self.text, self._tree)
        self.names = frozenset(_Free(self._tree).names)

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"

    def check(self, known: Iterable[str]) -> None:
        """Refuse a condition with a name that a run never has.

        Raises
        ------
        ConditionError
            With the nearest of the names that there are.
        """
        there = [*known, *PLACE]
        for name in sorted(self.names - set(there) - HELPERS.keys()):
            raise ConditionError(f"The run has no name {name}. {nearest(name, there)}")

    def holds(self, values: Mapping[str, object]) -> bool:
        """Tell whether it is true for some values of its names, each of them given.

        Raises
        ------
        Exception
            Whatever the expression raises for these values.
        """
        names: dict[str, Any] = {"__builtins__": {}}
        names.update(self._helpers)
        for name, value in values.items():
            names[name] = self._shown(name, value)
        return bool(eval(self._code, names))  # typed by the person who sees the answer

    def _shown(self, name: str, value: object) -> object:
        if not hasattr(value, "to_numpy"):
            return value
        view: Any = value
        return Elements(view) if name in self._subscripted else frozen(view)

    @cached_property
    def _helpers(self) -> dict[str, Any]:
        return {name: HELPERS[name] for name in self.names & HELPERS.keys()}

    @cached_property
    def _subscripted(self) -> frozenset[str]:
        """The names that are used with brackets only: of their arrays, one element is enough."""
        nodes = list(ast.walk(self._tree))
        bases = [id(node.value) for node in nodes if isinstance(node, ast.Subscript)]
        others = {n.id for n in nodes if isinstance(n, ast.Name) and id(n) not in bases}
        return self.names - others


class Elements:
    """An array of which an expression takes elements: read one by one where that will do."""

    __slots__ = ("_view",)

    def __init__(self, view: ArrayView) -> None:
        self._view = view

    def __getitem__(self, index: Any) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        whole = len(parts) == len(self._view.shape)
        if whole and all(isinstance(part, int | np.integer) for part in parts):
            return self._view[tuple(int(part) for part in parts)]
        return frozen(self._view)[index]


def frozen(view: ArrayView) -> NDArray[np.generic]:
    """Return a copy of a recorded array that cannot be written."""
    values = view.to_numpy()
    values.flags.writeable = False
    return values


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the sentence that helps somebody who mistyped a name."""
    there = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, there, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else f"It has {', '.join(there)}."


def _parsed(text: str) -> ast.Expression:
    if not text:
        raise ConditionError("The condition is empty. Write an expression, such as fxh1 == fxh2.")
    try:
        return ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ConditionError(_what_is_wrong(text, error)) from None
    except (ValueError, RecursionError, MemoryError):
        raise ConditionError(
            f"{_short(text)} cannot be read as Python. Write a shorter expression."
        ) from None


def _what_is_wrong(text: str, error: SyntaxError) -> str:
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        at = f" at column {error.offset}" if error.offset else " at its end"
        return (
            f"{_short(text)} is no Python expression: {error.msg}{at}. "
            "Write one such as fxh1 == fxh2 or x[0, 1] > 0."
        )
    if statements and isinstance(statements[0], ast.Assign):
        return (
            f"{_short(text)} assigns a value, and the run stays as it was. "
            "Write == to compare, such as fxh1 == fxh2."
        )
    return f"{_short(text)} is a statement. Write an expression that is true or false."


def _refuse(text: str, tree: ast.Expression) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.NamedExpr):
            raise ConditionError(
                f"{_short(text)} assigns a value with := at column {node.col_offset + 1}, and the "
                "run stays as it was. Write == to compare."
            )
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if name.startswith("__"):
            raise ConditionError(
                f"{_short(text)} reaches for {name}, which is Python's own. "
                "Use the recorded names, np and plain functions."
            )


def _compiled(text: str, tree: ast.Expression) -> CodeType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return compile(tree, "<condition>", "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or "it is too deep"
        raise ConditionError(
            f"{_short(text)} is no condition: {reason}. Write a plain expression."
        ) from None


def _short(text: str) -> str:
    line = text.splitlines()[0] if text else text
    return line if len(line) <= 60 and line == text else f"{line[:60]}..."


class _Free(ast.NodeVisitor):
    """Collects the names of an expression that its own loops and lambdas do not give."""

    def __init__(self, tree: ast.AST) -> None:
        self.names: dict[str, None] = {}
        self._given: list[set[str]] = [set()]
        self.visit(tree)

    def visit_Name(self, node: ast.Name) -> None:
        if not any(node.id in given for given in self._given):
            self.names[node.id] = None

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        self._given.append({arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)})
        self.visit(node.body)
        self._given.pop()

    def _loop(self, node: Any) -> None:
        self.visit(node.generators[0].iter)
        targets = [name for loop in node.generators for name in ast.walk(loop.target)]
        self._given.append({name.id for name in targets if isinstance(name, ast.Name)})
        for loop in node.generators[1:]:
            self.visit(loop.iter)
        for part in (*(test for loop in node.generators for test in loop.ifs), *_made(node)):
            self.visit(part)
        self._given.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _loop


def _made(node: Any) -> tuple[ast.expr, ...]:
    return (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
