"""The recording callables that instrumented code may call, and how a tree names them.

They are constants of the compiled code, so that no name of the learner's is touched: in the
tree stand placeholders, strings that no program contains, until the code is compiled.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from enum import Enum
from typing import TypeVar

_PREFIX = "\N{BULLET}gradtutor\N{BULLET}"


_Node = TypeVar("_Node", bound=ast.AST)


class Hook(Enum):
    """The recording callables that instrumented code may call."""

    FLOAT64, FLOAT = "float64", "float"  # the classes that go the fast way
    NDARRAY = "ndarray"  # the class whose elements stay what they are given
    TUPLE, INT = "tuple", "int"  # those that do so where a name serves as an index
    APPEND = "append"  # (column) value of a usual class
    VALUE = "value"  # (column) any other value of a name
    ELEMENT = "element"  # (column) base, index, value read back: an element write
    UNREADABLE = "unreadable"  # (column) base: it could not be read back
    WHOLE = "whole"  # (column) an array changed in place as a whole
    INSIDE = "inside"  # (column) a value in the middle of a line; gives it back
    MARK = "mark"  # block: the stretch has run
    TEST = "test"  # block, value: marks, and gives the tested value back
    RESULT = "result"  # block, value: marks, and gives the returned value back
    RETURNING = "returning"  # the same, where a `finally` may come after it
    ENTER = "enter"  # takes the arguments; true where this call is not recorded
    LEAVE = "leave"  # the body ran to its end
    RAISED = "raised"  # an exception leaves the function
    CAUGHT = "caught"  # an exception reaches a handler
    PLAIN = "plain"  # the function as it was
    LOCALS = "locals"
    TICK = "tick"  # a pass of a loop begins; now and then true
    CHECK = "check"  # what is to be done then
    LOOK = "look"  # site, arrays that something else may have written; none for all
    SEEN = "seen"  # an array that is about to be written
    GONE = "gone"  # (column) a name was deleted
    SHARED = "shared"  # (column) name, locals: a name that another function may have changed
    SLICE = "slice"


def placeholder(hook: Hook, *numbers: int) -> str:
    """Return the string that stands for a recording callable until the code is compiled."""
    return _PREFIX + "/".join([hook.value, *map(str, numbers)])


def read_placeholder(constant: object) -> tuple[Hook, tuple[int, ...]] | None:
    """Return the hook and its numbers if a constant is a placeholder."""
    if not isinstance(constant, str) or not constant.startswith(_PREFIX):
        return None
    hook, *numbers = constant.removeprefix(_PREFIX).split("/")
    return Hook(hook), tuple(map(int, numbers))


def hook(which: Hook, *numbers: int) -> ast.expr:
    """Return the expression that stands for a recording callable."""
    return ast.Constant(placeholder(which, *numbers))


def call(which: Hook, arguments: Iterable[ast.expr] = (), column: int | None = None) -> ast.Call:
    """Return a call of a recording callable, of a column's own where one is given."""
    numbers = () if column is None else (column,)
    return ast.Call(hook(which, *numbers), list(arguments), [])


def load(name: str) -> ast.Name:
    """Return an expression that reads a name."""
    return ast.Name(name, ast.Load())


def store(name: str) -> ast.Name:
    """Return a target that gives a name its value."""
    return ast.Name(name, ast.Store())


def cloned(node: _Node) -> _Node:
    """Return a copy of a tree, without what other tools may have hung on its nodes."""
    fields = {name: _cloned_field(value) for name, value in ast.iter_fields(node)}
    places = {name: getattr(node, name) for name in node._attributes if hasattr(node, name)}
    return node.__class__(**fields, **places)


def _cloned_field(value: object) -> object:
    if isinstance(value, list):
        return [_cloned_field(item) for item in value]
    if isinstance(value, ast.expr_context | ast.operator | ast.unaryop | ast.boolop | ast.cmpop):
        return value  # one object serves all trees
    return cloned(value) if isinstance(value, ast.AST) else value


def loaded(node: ast.expr) -> ast.expr:
    """Return a copy of an assignment target that reads in place of writing."""
    fresh = cloned(node)
    if isinstance(fresh, ast.Name | ast.Attribute | ast.Subscript):
        fresh.ctx = ast.Load()
    return fresh


def located(statement: ast.stmt, line: int) -> ast.stmt:
    """Give the parts of a statement that stand nowhere yet a line."""
    for child in ast.walk(statement):
        if "lineno" in child._attributes and not hasattr(child, "lineno"):
            child.lineno = child.end_lineno = line  # type: ignore[attr-defined]
            child.col_offset = child.end_col_offset = 0  # type: ignore[attr-defined]
    return statement
