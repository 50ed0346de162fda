"""A small table of figures, computed by a scene and drawn beside a text."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.course.figure import print_figure


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the heads of the columns, and rows of numbers, texts or small arrays."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def cells(self) -> tuple[tuple[str, ...], ...]:
        """Return the rows as they are printed: every float in full."""
        return tuple(tuple(print_figure(cell) for cell in row) for row in self.rows)
