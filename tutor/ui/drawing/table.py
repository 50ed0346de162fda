"""A lesson's small table as lines: numbers to the right, words to the left."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING

from tutor.ui.drawing.ink import Line, Span, fit, fold, pad, width

if TYPE_CHECKING:
    from tutor.course.table import Table

_GAP = "  "


def table(content: Table, cells: int, lead: str = " ") -> list[Line]:
    """Return title, heads and rows; where they are wider than the place, each row is a list."""
    rows = content.cells()
    heads = [str(column) for column in content.columns]
    sizes = [max(width(text) for text in column) for column in zip(heads, *rows, strict=True)]
    title = [Line((Span(lead), *r)) for r in fold((Span(content.title, "strong"),), cells - 2)]
    if sum(sizes) + len(_GAP) * (len(sizes) - 1) + len(lead) > cells:
        return [*title, *_as_list(heads, rows, cells, lead)]
    right = [all(isinstance(row[at], Real) for row in content.rows) for at in range(len(heads))]
    return [
        *title,
        _row(heads, sizes, right, lead, "dim"),
        *(_row(row, sizes, right, lead, "text") for row in rows),
    ]


def _row(
    texts: Sequence[str], sizes: Sequence[int], right: Sequence[bool], lead: str, ink: str
) -> Line:
    parts = [
        " " * (size - width(text)) + text if to_right else pad(text, size)
        for text, size, to_right in zip(texts, sizes, right, strict=True)
    ]
    return Line((Span(lead), Span(_GAP.join(parts).rstrip(), ink)))


def _as_list(
    heads: Sequence[str], rows: Sequence[Sequence[str]], cells: int, lead: str
) -> list[Line]:
    size = min(max(map(width, heads)), cells // 2)
    lines: list[Line] = []
    for row in rows:
        for head, text in zip(heads, row, strict=True):
            name = Span(pad(fit(head, size), size) + _GAP, "dim")
            for part in fold((name, Span(text)), cells - len(lead), Span(" " * (size + 2))):
                lines.append(Line((Span(lead), *part)))
        lines.append(Line())
    return lines[:-1]
