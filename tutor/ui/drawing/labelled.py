"""Words behind a label: what a line wrote, what it gave, and what the finding says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.ui.drawing.ink import Line, Span, fold, harmless, pad, width
from tutor.ui.drawing.wrap import wrap

_LABEL = 9


def entry(label: str, spans: Sequence[Span], cells: int) -> Iterator[Line]:
    """Yield a sentence behind its label, broken between words."""
    room = max(8, cells - _LABEL - 2)
    lead = Span(pad(f" {label}", _LABEL + 1), "dim")
    rows = [tuple(spans)] if _cells(spans) <= room else wrap(spans, room)
    for number, row in enumerate(rows):
        yield Line((lead if number == 0 else Span(" " * (_LABEL + 1)), *row))


def code_rows(label: str, spans: Sequence[Span], cells: int) -> Iterator[Line]:
    """Yield code or figures behind their label; a line too long goes on below, nothing is lost."""
    lead, hang = Span(pad(f" {label}", _LABEL + 1), "dim"), Span(" " * (_LABEL + 3))
    whole = (lead, *spans)
    rows = [whole] if _cells(whole) < cells else fold(whole, cells - 1, hang, " ,(")
    return map(Line, rows)


def said(sentences: Sequence[str], cells: int) -> list[Line]:
    """Return sentences without labels."""
    rows = [row for text in sentences for row in wrap((Span(harmless(text)),), cells - 2)]
    return [Line((Span(" "), *row)) for row in rows]


def _cells(spans: Sequence[Span]) -> int:
    return sum(width(span.text) for span in spans)
