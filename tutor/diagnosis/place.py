"""Where a line stands in what was handed in, and the code and output that stand there."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Place:
    """A line of what was handed in.

    Attributes
    ----------
    file : str
        The file as it is shown to a person, ``common/layers.py``.
    line : int
        Counted from 1, within the cell or, where there is none, within the file.
    cell : int or None
        The number of the code cell, counted from 1 among the code cells.
    """

    file: str
    line: int
    cell: int | None = None

    def __str__(self) -> str:
        if self.cell is None:
            return f"{self.file}, line {self.line}"
        return f"{self.file}, cell {self.cell}, line {self.line}"


@dataclass(frozen=True)
class Module:
    """Plain Python 3 that compiles, and where each of its lines was handed in.

    Attributes
    ----------
    name : str
        The name it is imported by, ``common.functions``.
    filename : str
        The file as it is shown to a person.
    source : str
        What is to be run. Lines that are no Python (magics) are replaced, one for one.
    places : tuple of Place
        One for each line of the source; empty where the lines are those of the file.
    """

    name: str
    filename: str
    source: str
    places: tuple[Place, ...] = ()

    @property
    def package(self) -> bool:
        """Whether it is a package. A folder that has no file for that is an empty one."""
        return self.filename.endswith("__init__.py")

    def place(self, line: int) -> Place:
        """Return where a line of the source, counted from 1, was handed in."""
        if not self.places:
            return Place(self.filename, line)
        return self.places[min(max(line, 1), len(self.places)) - 1]

    def text(self, line: int) -> str:
        """Return a line of the source, counted from 1; empty where there is none."""
        lines = self._lines
        return lines[line - 1] if 0 < line <= len(lines) else ""

    @cached_property
    def tree(self) -> ast.Module:
        """The source as a syntax tree, parsed once. Whoever changes it takes a copy."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(self.source)

    @cached_property
    def _lines(self) -> list[str]:
        return self.source.split("\n")


@dataclass(frozen=True, slots=True)
class Output:
    """Text that was printed when the student ran the code.

    Attributes
    ----------
    cell : int or None
        The code cell it was saved under, counted as in `Place`.
    text : str
        What was printed; the colours of a terminal are taken out.
    line : int or None
        For pasted text: the line of the paste that it begins in.
    """

    cell: int | None
    text: str
    line: int | None = None
