"""Many submissions in one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from tutor.diagnosis.findings import Verdict
from tutor.reports.cells import table, wrapped
from tutor.reports.item import Item
from tutor.reports.options import Options
from tutor.reports.spots import has_files, spot
from tutor.reports.visible import MOST_NAME, shortened
from tutor.reports.words import Words

_COLUMNS: Final = ("name", "verdict", "pitfalls", "line")
_NARROWEST: Final = 60


def summary(items: Iterable[Item], options: Options | None = None) -> str:
    """Return a row for each submission, with its pitfalls and where they stand, and the totals."""
    chosen = options or Options()
    words, kept = Words(chosen.language), list(items)
    width = max(chosen.width, _NARROWEST)
    rows = [[words(f"summary.{name}") for name in _COLUMNS]]
    for item in kept:
        rows += summary_rows(item, words)
    lines = [*table(rows, width, "", right=False), "", *wrapped(totals(kept, words), width)]
    return "\n".join(lines) + "\n"


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


def totals(items: Sequence[Item], words: Words) -> str:
    """Return how many are wrong, right, and not judged, in one sentence."""
    verdicts = [item.diagnosis.verdict for item in items]
    wrong = sum(verdict.exit_code == 1 for verdict in verdicts)
    clean = verdicts.count(Verdict.CLEAN)
    return words(
        "summary.total" if len(items) != 1 else "summary.total.one",
        all=len(items),
        wrong=wrong,
        clean=clean,
        unjudged=len(items) - wrong - clean,
    )


def left_out(items: Sequence[Item], options: Options | None = None) -> str:
    """Return the sentence for the clean ones whose reports are not printed; empty without any."""
    chosen = options or Options()
    count = sum(item.diagnosis.verdict is Verdict.CLEAN for item in items)
    if not count:
        return ""
    sentence = Words(chosen.language)("summary.left_out", count=count)
    return "\n".join(wrapped(sentence, max(chosen.width, _NARROWEST))) + "\n"
