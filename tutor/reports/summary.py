"""Many submissions in one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tutor.diagnosis.findings import Verdict
from tutor.reports.cells import table, wrapped
from tutor.reports.document import isolated
from tutor.reports.item import Item
from tutor.reports.options import Options
from tutor.reports.spots import has_files, spot
from tutor.reports.tally import tallies, totals
from tutor.reports.visible import MOST_NAME, shortened
from tutor.reports.words import Words

_COLUMNS: Final = ("name", "verdict", "pitfalls", "line")
_NARROWEST: Final = 60


def summary(items: Iterable[Item], options: Options | None = None) -> str:
    """Return what a class handed in.

    A row for each submission, with its pitfalls and where they stand; how often each pitfall
    was found; the totals; and what all of it was run under, where that is one thing.
    """
    chosen = options or Options()
    words, kept = Words(chosen.language), list(items)
    width = max(chosen.width, _NARROWEST)
    rows = [[words(f"summary.{name}") for name in _COLUMNS]]
    for item in kept:
        rows += summary_rows(item, words)
    lines = [*table(rows, width, "", right=False), *_tallied(kept, words, width)]
    lines += ["", *wrapped(totals(kept, words), width), *_foot(kept, chosen, words, width)]
    return "\n".join(lines) + "\n"


def _tallied(items: Sequence[Item], words: Words, width: int) -> Iterator[str]:
    for tally in tallies(items, words):
        titles = (tally.title, words("summary.tally.count"), words("summary.tally.share"))
        yield ""
        yield from table([titles, *tally.rows], width, "")


def _foot(items: Sequence[Item], options: Options, words: Words, width: int) -> Iterator[str]:
    clean = sum(item.diagnosis.verdict is Verdict.CLEAN for item in items)
    if clean:
        yield from wrapped(words("summary.left_out", count=clean), width)
    if options.isolation:
        yield from ("", *wrapped(isolated(options.isolation, words), width))


def summary_rows(item: Item, words: Words) -> list[list[str]]:
    """Return the rows of one submission: one for each error, one if there is none."""
    name = shortened(item.diagnosis.name, MOST_NAME)
    head = [name, item.diagnosis.verdict.value]
    with_file = has_files(item.submission)
    errors = item.diagnosis.errors
    if not errors:
        return [[*head, "", ""]]
    rows = []
    for found in errors:
        at = spot(item.submission, found.module, found.line)
        pitfall = shortened(found.pitfall, MOST_NAME) or words("unnamed")
        rows.append([*head, pitfall, at.text(words, with_file)])
        head = ["", ""]
    return rows
