"""A finding as it is told beside the runs that show it: what, where, the proof, the repair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.reports.cells import table
from tutor.ui.drawing.highlight import highlight
from tutor.ui.drawing.ink import BLANK, Line, Span
from tutor.ui.drawing.labelled import code_rows, entry
from tutor.ui.drawing.wrap import wrap

if TYPE_CHECKING:
    from tutor.reports.document import Entry
    from tutor.reports.words import Words

_WIDEST_FIGURE = 24
_WIDEST = 100  # longer lines of prose are hard to read


@dataclass(frozen=True, slots=True)
class Finding:
    """What is told of one finding; the entry says nothing that the reader is not to see.

    ``number`` counts from 1; ``count`` is how many there are.
    """

    entry: Entry
    number: int
    count: int
    words: Words


def finding(told: Finding, cells: int, rows: int) -> list[Line]:
    """Return the finding as lines, its groups set apart where there is room for that.

    Parameters
    ----------
    cells, rows : int
        Width of a line, and how many are seen at once.
    """
    width = min(cells, _WIDEST)
    groups = [list(group) for group in _groups(told, width)]
    groups = [group for group in groups if group]
    if sum(map(len, groups)) + len(groups) - 1 > rows > 0:
        return [row for group in groups for row in group]
    return [row for group in groups for row in (BLANK, *group)][1:]


def _groups(told: Finding, cells: int) -> Iterator[Iterator[Line]]:
    yield _title(told, cells)
    yield _sentence(told.entry.sentence, cells)
    yield _evidence(told, cells)
    yield _repair(told.entry, cells)
    yield _sentence(told.entry.follow, cells, "name")


def _title(told: Finding, cells: int) -> Iterator[Line]:
    number = f"{told.number} of {told.count}  " if told.count > 1 else ""
    spans = (Span(number, "pointer"), Span(told.entry.title, "bad"), Span(" in "))
    for row in wrap((*spans, Span(told.entry.where, "strong")), cells - 2):
        yield Line((Span(" "), *row))


def _sentence(text: str, cells: int, ink: str = "text") -> Iterator[Line]:
    for row in wrap((Span(text, ink),), cells - 2) if text else ():
        yield Line((Span(" "), *row))


def _evidence(told: Finding, cells: int) -> Iterator[Line]:
    """Yield the figures side by side, or below each other where one of them is long."""
    rows, words = told.entry.evidence, told.words
    if not rows:
        return
    if max(len(text) for row in rows for text in (row.predicted, row.measured)) > _WIDEST_FIGURE:
        yield from _long_evidence(told, cells)
        return
    heads = [words("evidence.what"), told.entry.heading, words("evidence.measured")]
    texts = [heads, *([row.what, row.predicted, row.measured] for row in rows)]
    for number, text in enumerate(table(texts, cells - 1, " ")):
        yield Line((Span(text, "dim" if not number else "text"),))


def _long_evidence(told: Finding, cells: int) -> Iterator[Line]:
    measured = told.words("evidence.measured")
    for row in told.entry.evidence:
        yield from _sentence(row.what, cells)
        for label, text in ((told.entry.heading, row.predicted), (measured, row.measured)):
            yield from entry(label, (Span(text),), cells)


def _repair(told: Entry, cells: int) -> Iterator[Line]:
    """Yield the accused line, what stands there once it is put right, and what that gave."""
    accused = [row for row in told.excerpt.rows if row.is_accused] if told.excerpt else []
    for row in accused:
        yield from code_rows(f"line {row.number}", highlight((row.text,))[0], cells)
    for number, spans in enumerate(highlight(told.repaired) if told.repaired else ()):
        yield from code_rows("" if number else "repaired", spans, cells)
    yield from _sentence(told.gave, cells)
