"""Diagnoses as Markdown, for an instructor to paste into feedback."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tutor.reports.document import Check, Document, Entry, document, isolated
from tutor.reports.figures import Compared
from tutor.reports.item import Item
from tutor.reports.options import Options
from tutor.reports.summary import summary_rows
from tutor.reports.tally import tallies, totals
from tutor.reports.words import Words

_WIDTH: Final = 100
_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]#|~$@]|(?<=:)//|(?<=www)\.|^[-+=]", re.I)
_NUMBERED: Final = re.compile(r"^(\d+)([.)])")
_HTML: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_COLUMNS: Final = ("name", "verdict", "pitfalls", "line")


def as_markdown(items: Iterable[Item], options: Options | None = None) -> str:
    """Return the reports of all submissions; if there are several, behind a table and counts.

    Code and names of students stand in code fences and code spans, sentences are escaped, so
    that nothing in them is read as Markdown or HTML.
    """
    chosen = options or Options()
    words, kept = Words(chosen.language), list(items)
    lines = list(_summary(kept, chosen, words)) if len(kept) > 1 else []
    for item in kept:
        if lines:
            lines.append("")
        lines += _submission(document(item, chosen, words), words)
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return a printable text of one line so that Markdown shows it as it stands."""
    plain = "".join(_HTML.get(character, character) for character in text)
    special = _SPECIAL.sub(lambda match: f"\\{match[0]}", plain)
    return _NUMBERED.sub(r"\1\\\2", special)


def code(text: str) -> str:
    """Return a printable text of one line as a code span, fit for a table."""
    if not text.strip():
        return ""
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")


def fenced(lines: Sequence[str], language: str = "") -> Iterator[str]:
    """Yield printable lines in a code fence that none of them can close."""
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in lines))
    yield f"{fence}{language}"
    yield from lines
    yield fence


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _summary(items: Sequence[Item], options: Options, words: Words) -> Iterator[str]:
    yield from _table(
        [words(f"summary.{name}") for name in _COLUMNS],
        [
            [code(name), verdict, code(pitfall), escaped(place)]
            for item in items
            for name, verdict, pitfall, place in summary_rows(item, words)
        ],
    )
    yield from ("", escaped(totals(items, words)))
    if options.isolation:
        yield from ("", escaped(isolated(options.isolation, words)))
    for tally in tallies(items, words):
        titles = [tally.title, words("summary.tally.count"), words("summary.tally.share")]
        yield ""
        yield from _table(titles, [[code(name), count, share] for name, count, share in tally.rows])


def _submission(content: Document, words: Words) -> Iterator[str]:
    yield f"## {code(content.name)}: {escaped(content.headline)}"
    if content.reason:
        yield from ("", escaped(content.reason))
    for number, entry in enumerate(content.errors, 1):
        yield ""
        yield from _error(number, entry, words)
    if content.advice:
        yield from ("", f"### {escaped(words('advice'))}", "")
        for entry in content.advice:
            yield _advice(entry, words)
    if content.checks:
        yield from ("", f"### {escaped(words('checks'))}", "")
        yield from _checks(content.checks, words)
    yield from _foot(content, words)


def _advice(entry: Entry, words: Words) -> str:
    told = words(
        "advice.one",
        title=code(entry.title),
        where=_where(entry, words),
        sentence=escaped(entry.sentence),
    )
    figures = [
        words(
            "advice.evidence",
            what=escaped(row.what),
            heading=escaped(entry.heading),
            predicted=code(row.predicted),
            measured=code(row.measured),
        )
        for row in entry.evidence
    ]
    return " ".join([f"- {told}", *figures])


def _where(entry: Entry, words: Words) -> str:
    return words("place.of", definition=code(entry.definition), place=escaped(entry.place))


def _error(number: int, entry: Entry, words: Words) -> Iterator[str]:
    name = code(entry.title) if entry.pitfall else entry.title
    title = words("finding.title", number=number, pitfall=name, where=_where(entry, words))
    yield f"### {title}"
    if entry.excerpt:
        fitted = entry.excerpt.fitted(_WIDTH)
        size = max(len(str(row.number)) for row in fitted.rows)
        shown = []
        for row in fitted.rows:
            shown.append(f"{row.number:>{size}} | {row.text}")
            if row.is_accused:
                shown.append(f"{'':>{size}} | {fitted.marker()}")
        yield ""
        yield from fenced(shown)
    yield from ("", escaped(entry.sentence))
    if entry.evidence:
        yield ""
        yield from _evidence(entry.heading, entry.evidence, words)
    if entry.repaired:
        yield from ("", escaped(words("repair.title")), "")
        yield from fenced(entry.repaired, "python")
    for sentence in filter(None, (entry.gave, entry.follow)):
        yield from ("", escaped(sentence))


def _evidence(heading: str, rows: Sequence[Compared], words: Words) -> Iterator[str]:
    titles = [words("evidence.what"), heading, words("evidence.measured")]
    yield from _table(titles, [[code(r.what), code(r.predicted), code(r.measured)] for r in rows])


def _checks(rows: Sequence[Check], words: Words) -> Iterator[str]:
    titles = [words(f"checks.{name}") for name in ("parameter", "error", "ratio", "verdict")]
    cells = [[code(r.parameter), r.error, escaped(r.ratio), escaped(r.verdict)] for r in rows]
    yield from _table(titles, cells)


def _foot(content: Document, words: Words) -> Iterator[str]:
    if content.parts:
        yield from ("", f"### {escaped(words('parts'))}", "")
        for part, definition, place in content.parts:
            yield f"- {escaped(part)}: {code(definition)}, {escaped(place)}"
    if content.printed:
        yield from ("", f"### {escaped(words('printed'))}", "")
        for one in content.printed:
            shown = f"{escaped(one.place)}{code(one.text)}: " if one.text else ""
            yield f"- {shown}{escaped(one.sentence)}"
    if content.notes:
        yield from ("", f"### {escaped(words('notes'))}", "")
        yield from (f"- {escaped(note)}" for note in content.notes)
    if content.isolation:
        yield from ("", escaped(content.isolation))


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (titles, ["---"] * len(titles), *rows):
        yield f"| {' | '.join(row)} |"
