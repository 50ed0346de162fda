"""The source of the function that runs, folded to a width, with the place of every line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.ui.drawing.highlight import highlight
from tutor.ui.drawing.ink import Line, Span, fold

if TYPE_CHECKING:
    from tutor.trace.state import Source

_GUTTER = 2
_INDENT = 4
_BREAK_AFTER = " ,(["


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of a source, and the first and last row of each of its lines."""

    rows: tuple[Line, ...]
    places: tuple[tuple[int, int], ...]
    first_line: int

    def rows_of(self, line: int, end_line: int) -> range:
        """Return the rows that a statement takes; none if it lies outside."""
        first, last = line - self.first_line, end_line - self.first_line
        if not 0 <= first < len(self.places):
            return range(0)
        last = min(max(first, last), len(self.places) - 1)
        return range(self.places[first][0], self.places[last][1])

    def at(
        self, line: int, end_line: int, raised: bool = False, accused: int | None = None
    ) -> list[Line]:
        """Return all rows with a statement marked as the one that ran, and an accused line."""
        rows = list(self.rows)
        for row in self.rows_of(accused, accused)[:1] if accused is not None else ():
            rows[row] = Line((Span(" *", "bad"), *rows[row].spans[1:]))
        ground = "raised" if raised else "current"
        for number, row in enumerate(self.rows_of(line, end_line)):
            sign = ("!" if raised else ">") if not number else " "
            own = rows[row].spans[0].text[1:]
            marks = (Span(sign, "pointer"), Span(own, "bad"))
            mark = (
                marks if own.strip() else (Span(sign + own, "pointer" if not number else "text"),)
            )
            rows[row] = Line((*mark, *rows[row].spans[1:]), ground)
        return rows


@lru_cache(maxsize=64)
def listing(source: Source, cells: int) -> Listing:
    """Fold a source to a width. Long lines go on below, indented, and nothing is cut."""
    if not source.lines:
        text = f"The source of {source.name} could not be had."
        return Listing((Line((Span("  "), Span(text, "dim"))),), ((0, 1),), source.first_line)
    digits = len(str(source.first_line + len(source.lines) - 1))
    rows: list[Line] = []
    places: list[tuple[int, int]] = []
    for offset, spans in enumerate(highlight(source.lines)):
        number = source.first_line + offset
        click = f"line:{number}"
        indent = next((len(s.text) - len(s.text.lstrip()) for s in spans), 0)
        hang = Span(" " * (_GUTTER + digits + 2 + min(indent + _INDENT, cells // 3)), "text", click)
        lead = (Span(" " * _GUTTER), Span(f"{number:>{digits}}  ", "lineno", click))
        code = tuple(span._replace(click=click) for span in spans)
        folded = fold((*lead, *code), cells, hang, _BREAK_AFTER)
        start = len(rows)
        rows.append(Line((lead[0], *_without(folded[0], _GUTTER))))
        rows.extend(Line((Span("  "), *_without(row, _GUTTER))) for row in folded[1:])
        places.append((start, len(rows)))
    return Listing(tuple(rows), tuple(places), source.first_line)


def _without(spans: tuple[Span, ...], cells: int) -> tuple[Span, ...]:
    """Return the spans without their first cells, which are spaces."""
    first, *rest = spans
    return (first._replace(text=first.text[cells:]), *rest)
