"""The accused line of code with its neighbours and a marker, fit for a width."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.reports.cells import ELLIPSIS, cells, cut
from tutor.reports.marking import Marking
from tutor.reports.spots import Spot
from tutor.reports.visible import code_line


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an excerpt; ``number`` counts within the cell or the file."""

    number: int
    text: str
    is_accused: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An accused line and its neighbours.

    Attributes
    ----------
    rows : tuple of Row
        Printable, tabs as spaces.
    start, end : int
        The characters of the accused row that are accused, the end not included.
    """

    rows: tuple[Row, ...]
    start: int
    end: int

    def marker(self) -> str:
        """Return the line of carets that stands under the accused row."""
        text = next(row.text for row in self.rows if row.is_accused)
        return " " * cells(text[: self.start]) + "^" * max(cells(text[self.start : self.end]), 1)

    def fitted(self, width: int) -> Excerpt:
        """Return it with each line no wider than that; an ellipsis stands for what is left out."""
        accused = next(row for row in self.rows if row.is_accused)
        text, start, end = _window(accused.text, self.start, self.end, width)
        rows = tuple(
            replace(row, text=text if row.is_accused else cut(row.text, width)) for row in self.rows
        )
        return Excerpt(rows, start, end)


def excerpt(spot: Spot, marking: Marking) -> Excerpt | None:
    """Return a line with one line above and below it, those of its own cell."""
    module = spot.module
    if module is None or not module.text(spot.line).strip():
        return None
    rows = []
    for line in (spot.line - 1, spot.line, spot.line + 1):
        place = module.place(line)
        is_there = 0 < line <= module.source.count("\n") + 1 and place.cell == spot.cell
        text = code_line(module.text(line))
        if is_there and (line == spot.line or text.strip()):
            rows.append(Row(place.line, text.rstrip(), line == spot.line))
    text = module.text(spot.line)
    start, end = (len(code_line(text[:at])) for at in (marking.start, marking.end))
    return Excerpt(tuple(rows), start, end)


def _window(text: str, start: int, end: int, width: int) -> tuple[str, int, int]:
    """Return the stretch of a line around what is accused."""
    if cells(text) <= width:
        return text, start, min(end, len(text))
    room = max(width - 2, 4)
    first = 0 if cells(text[:end]) <= width - 1 else max(start - room // 4, 0)
    left = ELLIPSIS if first else ""
    shown = left + text[first:]
    moved = start - first + len(left), end - first + len(left)
    short = cut(shown, width)
    return short, min(moved[0], len(short) - 1), min(moved[1], len(short))
