"""The changes of a definition, one after the other."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.edits.edit import Change, Context, Edit, OfStatement, Rule
from tutor.diagnosis.edits.rules import GENERAL, TARGETED

_MOST = 1200
_SIZES = re.compile(r"^(n|m|N|batch_?size|batch_?num|bs|num|num_\w+|size|B)$")
_COUNTS = re.compile(r"^(n|m|N|batch_?size|batch_?num|bs|B)$")  # those that are nothing else
_LOSS = re.compile(r"log\(|loss|cost|perte|log_?p")
_LOG_FIRST = {"loss-not-averaged", "wrong-batch-size", "epsilon-wrong", "log-of-zero"}


def edits(
    definition: Definition, source: str, pitfall: str, held: Sequence[str] = ()
) -> Iterator[Edit]:
    """Yield changes of a definition, those that undo the pitfall first.

    Parameters
    ----------
    definition : Definition
    source : str
        The source of its module.
    pitfall : str
        What it is accused of; empty for a fault without a name.
    held : sequence of str
        What the object of a method keeps: ``self.x``.
    """
    first = TARGETED.get(pitfall, ())
    yield from _edits(definition, source, pitfall, held, first)
    yield from _edits(definition, source, pitfall, held, [r for r in GENERAL if r not in first])


def targeted(
    definition: Definition, source: str, pitfall: str, held: Sequence[str] = ()
) -> Iterator[Edit]:
    """Yield only the changes that undo the pitfall; see `edits`."""
    yield from _edits(definition, source, pitfall, held, TARGETED.get(pitfall, ()))


def general(
    definition: Definition, source: str, pitfall: str, held: Sequence[str] = ()
) -> Iterator[Edit]:
    """Yield the changes that may undo anything, but for those that undo the pitfall."""
    first = TARGETED.get(pitfall, ())
    yield from _edits(definition, source, pitfall, held, [r for r in GENERAL if r not in first])


@dataclass(slots=True)
class _Own:
    """A definition's own lines, and what was made of them so far."""

    definition: Definition
    source: str
    lines: list[str]
    seen: set[tuple[int, str]] = field(default_factory=set)

    def is_new(self, statement: ast.stmt, text: str) -> bool:
        key = (statement.lineno, text)
        if key in self.seen:
            return False
        self.seen.add(key)
        return True


def _edits(
    definition: Definition, source: str, pitfall: str, held: Sequence[str], rules: Sequence[Rule]
) -> Iterator[Edit]:
    lines = source.split("\n")
    own = _Own(definition, source, lines[definition.line - 1 : definition.end_line])
    context = _context(definition.node, held)
    statements = list(_statements(definition.node))
    if pitfall in _LOG_FIRST:
        statements.sort(key=lambda s: not _LOSS.search(lines[s.lineno - 1]))
    for rule in rules:
        for statement in statements:
            for text, change in _changed(statement, rule, context, source):
                if not own.is_new(statement, text):
                    continue
                if len(own.seen) > _MOST:
                    return
                yield _edit(own, statement, text, change, rule)


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_whole = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if isinstance(node, ast.stmt) and not is_whole and not is_text:
            yield node


def _context(tree: ast.AST, held: Sequence[str]) -> Context:
    nodes = list(ast.walk(tree))
    names = {n.id for n in nodes if isinstance(n, ast.Name)}
    names |= {n.arg for n in nodes if isinstance(n, ast.arg)} - {"self"}
    sizes = [name for name in sorted(names) if _SIZES.match(name)]
    plain = [name for name in sizes if _COUNTS.match(name)]
    if plain:
        return Context(tuple(plain), tuple(sorted(names)), tuple(held))
    kept = {ast.unparse(n) for n in nodes if isinstance(n, ast.Attribute)}
    arrays: list[str] = [a for a in ("self.t", "self.y", "self.x") if a in kept]
    arrays += [name for name in ("t", "y", "x", "X", "dout") if name in names]
    sizes += [f"{name}.shape[0]" for name in arrays]
    return Context(tuple(sizes), tuple(sorted(names)), tuple(held))


def _edit(own: _Own, statement: ast.stmt, text: str, change: Change | None, rule: Rule) -> Edit:
    first = own.definition.line
    start, end = statement.lineno - first, _end(statement) - first
    line = own.lines[start]
    indent = line[: len(line) - len(line.lstrip())]
    new = [indent + part if part else "" for part in text.split("\n")]
    before = line[: statement.col_offset]
    if before.strip():  # another statement stands on the same line
        new = [before + text.replace("\n", "; ")]
    source = "\n".join([*own.lines[:start], *new, *own.lines[end + 1 :]])
    shown = rule.shown if isinstance(rule, OfStatement) else True
    return Edit(statement.lineno, text, source, rule.name, line, change, shown)


def _end(statement: ast.stmt) -> int:
    if isinstance(statement, ast.If | ast.While | ast.For | ast.With):
        return max(statement.body[0].lineno - 1, statement.lineno)
    return statement.end_lineno or statement.lineno


def _changed(
    statement: ast.stmt, rule: Rule, context: Context, source: str
) -> Iterator[tuple[str, Change | None]]:
    """Yield the text of a statement as a rule changes it, once for each place it applies to."""
    if isinstance(rule, OfStatement):
        for text in rule.change(statement, context):
            yield text, None
        return
    header = _header(statement)
    for number, node in enumerate(ast.walk(header)):
        if not isinstance(node, ast.expr):
            continue
        for new in rule.change(node, context):
            fresh = copy.deepcopy(header)
            target = next(n for i, n in enumerate(ast.walk(fresh)) if i == number)
            made = _Swap(target, new).visit(fresh)
            yield _text(statement, made), Change(statement, node, new, source)


def _header(statement: ast.stmt) -> ast.AST:
    if isinstance(statement, ast.If | ast.While):
        return statement.test
    if isinstance(statement, ast.For):
        return statement.iter
    return ast.Pass() if isinstance(statement, ast.With | ast.Try) else statement


def _text(statement: ast.stmt, made: ast.AST) -> str:
    if isinstance(statement, ast.If):
        return f"if {ast.unparse(made)}:"
    if isinstance(statement, ast.While):
        return f"while {ast.unparse(made)}:"
    if isinstance(statement, ast.For):
        return f"for {ast.unparse(statement.target)} in {ast.unparse(made)}:"
    return ast.unparse(made)


class _Swap(ast.NodeTransformer):
    def __init__(self, target: ast.AST, new: ast.expr) -> None:
        self.target = target
        self.new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.target else super().generic_visit(node)
