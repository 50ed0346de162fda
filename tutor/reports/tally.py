"""How often what was found, over many submissions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tutor.diagnosis.findings import Verdict
from tutor.reports.document import pitfalls_in
from tutor.reports.item import Item
from tutor.reports.words import Words


@dataclass(frozen=True, slots=True)
class Tally:
    """One count.

    Attributes
    ----------
    title : str
        Of what.
    rows : tuple of (name, count, share)
        As text, the most frequent first. A submission counts once, however often it has it.
    """

    title: str
    rows: tuple[tuple[str, str, str], ...]


def tallies(items: Sequence[Item], words: Words) -> list[Tally]:
    """Return what is wrong, what is worth knowing and why some were not judged; none is empty."""
    found = [item.diagnosis for item in items]
    advice = [[one for one in each.findings if not one.is_error] for each in found]
    unjudged = [each.verdict for each in found if each.verdict.exit_code == 2]
    counts = {
        "pitfall": Counter(n for each in found for n in pitfalls_in(each.errors, words)),
        "advice": Counter(n for each in advice for n in pitfalls_in(each, words)),
        "verdict": Counter(verdict.value for verdict in unjudged),
    }
    return [
        Tally(words(f"summary.tally.{name}"), tuple(_rows(counted, len(items))))
        for name, counted in counts.items()
        if counted
    ]


def _rows(counted: Counter[str], whole: int) -> Iterable[tuple[str, str, str]]:
    for name, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        yield name, str(count), f"{count / whole:.0%}"


def totals(items: Sequence[Item], words: Words) -> str:
    """Return how many are wrong, right, and not judged, in one sentence."""
    verdicts = [item.diagnosis.verdict for item in items]
    wrong = sum(verdict.exit_code == 1 for verdict in verdicts)
    clean, partial = verdicts.count(Verdict.CLEAN), verdicts.count(Verdict.PARTIAL)
    one = ".one" if len(items) == 1 else ""
    return words(
        f"summary.total{'.partial' if partial else one}",
        all=len(items),
        wrong=wrong,
        clean=clean,
        partial=partial,
        unjudged=len(items) - wrong - clean - partial,
    )
