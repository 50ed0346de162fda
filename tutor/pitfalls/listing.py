"""The right student's file, taken apart into its definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from tutor.pitfalls.edit import Edit, EditError, Placed, applied, place

if TYPE_CHECKING:
    import ast

MODULES = ("functions", "gradient", "layers", "networks", "training")
"""The modules of the listing, in an order in which each finds what it needs above it."""

HEADER = "import numpy as np\n"


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or a class of the listing.

    Attributes
    ----------
    name, module : str
    line : int
        Its first line in the file of its module, counted from 1.
    lines : tuple of str
        Its source.
    spans : mapping of str to (int, int)
        Where it and its methods begin and have ended, as numbers of `lines` from 0.
    """

    name: str
    module: str
    line: int
    lines: tuple[str, ...]
    spans: Mapping[str, tuple[int, int]]

    @property
    def source(self) -> str:
        """The right source, with a newline at its end."""
        return "\n".join(self.lines) + "\n"

    def placed(self, edits: Iterable[Edit]) -> list[Placed]:
        """Find the lines of some edits; EditError if one of them does not fit."""
        return [place(edit, self.lines, *self._span(edit)) for edit in edits]

    def edited(self, edits: Iterable[Edit]) -> str:
        """Return the source with these edits made; EditError if they do not fit."""
        return "\n".join(applied(self.placed(edits), self.lines)) + "\n"

    def _span(self, edit: Edit) -> tuple[int, int]:
        if edit.definition not in self.spans:
            raise EditError(f"There is no {edit.definition} in the listing.")
        return self.spans[edit.definition]


@cache
def listing() -> Mapping[str, Definition]:
    """Return the definitions of the right file by name, in the order of the file."""
    found = {}
    for module in MODULES:
        for definition in _definitions(module):
            found[definition.name] = definition
    return MappingProxyType(found)


def _definitions(module: str) -> Iterable[Definition]:
    # Most who import the catalogue only want its words.
    import ast
    from importlib import resources

    file = resources.files("tutor.pitfalls.listings").joinpath(f"{module}.py")
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first, stop = node.lineno - 1, node.end_lineno or node.lineno
            spans = MappingProxyType(dict(_spans(node, first)))
            yield Definition(node.name, module, node.lineno, tuple(lines[first:stop]), spans)


def _spans(
    node: ast.FunctionDef | ast.ClassDef, first: int
) -> Iterable[tuple[str, tuple[int, int]]]:
    import ast

    yield node.name, (0, (node.end_lineno or node.lineno) - first)
    for method in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(method, ast.FunctionDef):
            span = method.lineno - 1 - first, (method.end_lineno or method.lineno) - first
            yield f"{node.name}.{method.name}", span


def by_owner(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """Sort edits by the function or class that they change."""
    owners: dict[str, list[Edit]] = {}
    for edit in edits:
        owners.setdefault(edit.owner, []).append(edit)
    return owners


def edited_sources(edits: Iterable[Edit]) -> dict[str, str]:
    """Return the source of each definition that these edits change, with all of them made.

    Raises
    ------
    EditError
        If an edit does not fit, or two of them want the same line.
    """
    definitions = listing()
    changed = {}
    for owner, own in by_owner(edits).items():
        if owner not in definitions:
            raise EditError(f"There is no {owner} in the listing.")
        changed[owner] = definitions[owner].edited(own)
    return changed


def file_of(edits: Iterable[Edit]) -> str:
    """Return a whole student's file: the right one with these edits made."""
    changed = edited_sources(edits)
    sources = [changed.get(name, one.source) for name, one in listing().items()]
    return "\n\n".join([HEADER, *sources])
