"""Where a program takes a training step: the loop or the function that moves the weights."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tutor.diagnosis.names import NUMERICAL, Role, plain, role_of_function
from tutor.diagnosis.steps.updates import Rewriter, Site
from tutor.diagnosis.trees import nodes

REACHED: Final = "__import__('tutor.diagnosis.inside.stepping').diagnosis.inside.stepping.reached"
LOSS: Final = "__loss__"
RESULT: Final = "__result__"
ENDED: Final = "__ended__"

_SIMPLE: Final = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Delete,
                  ast.Assert, ast.Raise, ast.Pass, ast.Break, ast.Continue)  # fmt: skip
Block = ast.For | ast.While | ast.FunctionDef


@dataclass(frozen=True, slots=True)
class Helper:
    """A function that a step leaves its updates to: where it is, and its text that reports them."""

    owner: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """A place where weights are moved, or gradients are asked for.

    Attributes
    ----------
    number : int
        By which the program reports that it came there.
    function, owner : str
        The function whose body or loop it is, "" at the top level, and its class if it has one.
    node : ast.For, ast.While or ast.FunctionDef
        A loop whose body is one step, or a function that is one.
    is_call : bool
        The function moves nothing: it gives gradients back, and one call of it is the step.
    sites : tuple of Site
        The updates.
    helpers : tuple of Helper
        The functions that make them, where the step itself does not.
    names : tuple of str
        Of a call, the weights that its gradients are named after, where they are named.
    inside : ast.FunctionDef or None
        The function that a loop stands in.
    """

    number: int
    module: str
    function: str
    owner: str
    node: Block
    is_call: bool
    sites: tuple[Site, ...]
    helpers: tuple[Helper, ...] = ()
    names: tuple[str, ...] = ()
    inside: ast.FunctionDef | None = None

    @property
    def definition(self) -> str:
        """Return the qualified name of the function, ``<module>`` at the top level."""
        name = f"{self.owner}.{self.function}" if self.owner else self.function
        return name or "<module>"

    @property
    def body(self) -> list[ast.stmt]:
        """Return the statements of one step."""
        return self.node.body

    def code(self, losses: Sequence[str], sizes: tuple[int, int] | None = None) -> str:
        """Return the text of one step that reports its updates, and some losses at its end.

        ``sizes`` are a batch size and what stands in its place.
        """
        inner = self._call() if self.is_call else _instrumented(self.node, sizes)
        told = [f"{LOSS}({i}, lambda: {text})" for i, text in enumerate(losses)]
        parts = ", ".join(f"{text!r}: lambda: {text}" for text in self.parts())
        told.append(f"{ENDED}(locals(), {{{parts}}})")
        body = "\n".join(_indented(line, 8) for line in inner.splitlines())
        end = "\n".join(_indented(line, 4) for line in told)
        return f"try:\n    for __once__ in (0,):\n{body}\nfinally:\n{end}\n"

    @property
    def is_numerical(self) -> bool:
        """Tell whether a numerical differentiator is called."""
        names = {called(n) for s in self.body for n in ast.walk(s) if isinstance(n, ast.Call)}
        return any(
            role_of_function(name) is Role.DIFFERENTIATOR or plain(name) in NUMERICAL
            for name in names
        )

    def parts(self) -> list[str]:
        """Return the parts of arrays that a step reads, such as ``X[idx]``."""
        return [] if self.is_call else list(_parts(self.node))

    def _call(self) -> str:
        assert isinstance(self.node, ast.FunctionDef)
        formal = tuple(arguments(self.node))
        args = ", ".join(formal)
        told = f"{RESULT}(__given__, ({args},), {self.names!r}, {formal!r})"
        return f"__given__ = {self.function}({args})\n{told}"


@lru_cache(maxsize=64)
def _instrumented(step: Block, sizes: tuple[int, int] | None) -> str:
    body = [copy.deepcopy(s) for s in step.body if not is_docstring(s)]
    made = [Rewriter().visit(statement) for statement in body]
    if sizes is not None:
        made = [_Resize(*sizes).visit(statement) for statement in made]
    return ast.unparse(ast.fix_missing_locations(ast.Module(made, [])))


@lru_cache(maxsize=64)
def _parts(step: Block) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for node in (n for s in step.body for n in nodes(s)):
        if not (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)):
            continue
        if isinstance(node.value, ast.Name) and not isinstance(node.slice, ast.Constant):
            found[ast.unparse(node)] = None
    return tuple(found)


def marked(source: str, found: Sequence[Step]) -> str:
    """Return a source that reports when it comes to a step; its lines keep their numbers."""
    lines = source.split("\n")
    places: dict[tuple[int, int], list[int]] = {}
    for step in found:
        at = _entry(step.body)
        if at is not None:
            places.setdefault(at, []).append(step.number)
    for (line, column), numbers in sorted(places.items(), reverse=True):
        text = lines[line - 1].encode()
        before, after = text[:column].decode(), text[column:].decode()
        call = f"{REACHED}({tuple(numbers)!r}, locals())"
        glue = (
            "; " if before.strip() in ("", ":") or before.rstrip().endswith((":", ";")) else " or "
        )
        changed = [*lines[: line - 1], f"{before}{call}{glue}{after}", *lines[line:]]
        if _parses("\n".join(changed)):
            lines = changed
    return "\n".join(lines)


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _entry(body: Sequence[ast.stmt]) -> tuple[int, int] | None:
    """Return where the report goes: before a simple statement, or within the head of another."""
    for statement in body:
        if is_docstring(statement):
            continue
        if isinstance(statement, _SIMPLE):
            return statement.lineno, statement.col_offset
        if isinstance(statement, ast.For):
            return statement.iter.lineno, statement.iter.col_offset
        if isinstance(statement, ast.If | ast.While):
            return statement.test.lineno, statement.test.col_offset
        if isinstance(statement, ast.With):
            first = statement.items[0].context_expr
            return first.lineno, first.col_offset
        if isinstance(statement, ast.Try):
            return _entry(statement.body)
    return None


def arguments(node: ast.FunctionDef) -> list[str]:
    """Return the names of a function's positional parameters."""
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]


def called(call: ast.Call) -> str:
    """Return the last name of what is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


class _Resize(ast.NodeTransformer):
    def __init__(self, old: int, new: int) -> None:
        self.old, self.new = old, new

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        same = type(node.value) is int and node.value == self.old
        return ast.copy_location(ast.Constant(self.new), node) if same else node


def is_docstring(statement: ast.stmt) -> bool:
    """Tell whether a statement is no more than a text."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _indented(line: str, by: int) -> str:
    return " " * by + line
