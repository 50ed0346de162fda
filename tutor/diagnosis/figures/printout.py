"""An output with the figures in it, and the code that printed it where that is there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from tutor.diagnosis.figures.item import Item, items_of, plain
from tutor.diagnosis.place import Module, Output
from tutor.diagnosis.submission import Submission

_KEPT: Final = 15_000  # characters, of the beginning and of the end
_LINE: Final = "\n"


@dataclass(frozen=True)
class Printout:
    """What one output shows.

    Attributes
    ----------
    cell : int or None
    text : str
        As it was printed, with what only wraps a number taken off.
    items : tuple of Item
    context : str
        The source of the statements that printed it; empty where it is not known.
    source : str
        All the code that was handed in; empty where there is none.
    """

    cell: int | None
    text: str
    items: tuple[Item, ...]
    context: str = ""
    source: str = ""

    @property
    def has_code(self) -> bool:
        """Tell whether code was handed in at all."""
        return bool(self.source)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Return the lines of the text."""
        return tuple(self.text.split("\n"))

    @cached_property
    def by_line(self) -> tuple[tuple[Item, ...], ...]:
        """Return the items of each line; an array stands in the line it begins in."""
        rows: list[list[Item]] = [[] for _ in self.lines]
        for item in self.items:
            rows[item.line].append(item)
        return tuple(map(tuple, rows))

    def line_of(self, item: Item) -> str:
        """Return the line that an item begins in."""
        return self.lines[item.line].strip()


def printouts(submission: Submission) -> tuple[Printout, ...]:
    """Read every output of a submission, in their order."""
    found, before = [], 0
    for output in submission.outputs:
        statements = _statements(submission.main, output, before) if submission.has_code else []
        found.append(_printout(output, statements, submission.main.source))
        before = output.line or before
    return tuple(found)


def _printout(output: Output, statements: Sequence[ast.stmt], source: str) -> Printout:
    text = plain(_shortened(output.text))
    items = items_of(text)
    codes = list(_shown(statements))
    if len(codes) == len(items):
        items = tuple(replace(item, code=code) for item, code in zip(items, codes, strict=True))
    context = "\n".join(map(ast.unparse, statements))
    return Printout(output.cell, text, items, context, source)


def _shortened(text: str) -> str:
    """Return a long text without its middle: a training is judged by how it begins and ends."""
    if len(text) <= 2 * _KEPT:
        return text
    return f"{text[:_KEPT].rpartition(_LINE)[0]}\n{text[-_KEPT:].partition(_LINE)[2]}"


def _statements(module: Module, output: Output, before: int) -> list[ast.stmt]:
    """Return the top-level statements of the output's cell, or between it and the one before."""

    def printed_it(line: int) -> bool:
        place = module.place(line)
        if output.cell is not None:
            return place.cell == output.cell
        return output.line is not None and before < place.line < output.line

    return [one for one in module.tree.body if printed_it(one.lineno)]


def _shown(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the expressions that plain statements print; the last one also shows its value."""
    for at, statement in enumerate(statements):
        if not isinstance(statement, ast.Expr):
            continue
        value = statement.value
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "print":
            yield from (ast.unparse(a) for a in value.args if not isinstance(a, ast.Constant))
        elif at == len(statements) - 1:
            yield ast.unparse(value)
