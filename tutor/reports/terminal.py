"""A diagnosis as text for a terminal, 60 columns or wider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tutor.diagnosis.findings import Diagnosis
from tutor.diagnosis.submission import Submission
from tutor.reports.cells import cells, start_of, table, wrapped
from tutor.reports.document import Document, Entry, document
from tutor.reports.excerpt import Excerpt
from tutor.reports.figures import Compared
from tutor.reports.ink import Ink
from tutor.reports.item import Item
from tutor.reports.options import Options
from tutor.reports.words import Words

_NARROWEST: Final = 60
_WIDEST_TEXT: Final = 100  # longer lines of prose are hard to read
_MARGIN: Final = "   "
_WIDEST_FIGURE: Final = 24
# Nearly every file written after the book has these: their names say enough.
_USUAL: Final = {"epsilon-plateau", "integer-array"}


def as_text(
    diagnosis: Diagnosis, submission: Submission | None = None, options: Options | None = None
) -> str:
    """Return the report of one submission.

    Parameters
    ----------
    submission : Submission or None
        What was judged, for its lines of code; None if it could not be read.
    options : Options, optional

    Returns
    -------
    str
        Lines with an end of line each. Without colour there is no control character in it but
        that: what a student wrote is made visible.
    """
    chosen = options or Options()
    words = Words(chosen.language)
    content = document(Item.of(diagnosis, submission), chosen, words)
    page = _Page(max(chosen.width, _NARROWEST), Ink(chosen.colour), words)
    return "\n".join(line.rstrip() for line in page.lines(content, diagnosis)) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    width: int
    ink: Ink
    words: Words

    @property
    def prose(self) -> int:
        """The width of sentences."""
        return min(self.width, _WIDEST_TEXT)

    def lines(self, content: Document, diagnosis: Diagnosis) -> Iterator[str]:
        for line in wrapped(f"{content.name}: {content.headline}", self.prose):
            yield self.ink.of_verdict(diagnosis.verdict, line)
        yield from wrapped(content.reason, self.prose)
        for number, entry in enumerate(content.errors, 1):
            yield ""
            yield from self._error(number, entry)
        if content.advice:
            yield from self._all_advice(content.advice)
        yield from self._checks(content)
        yield from self._foot(content)

    def _error(self, number: int, entry: Entry) -> Iterator[str]:
        title = self.words("finding.title", number=number, pitfall=entry.title, where=entry.where)
        for line in wrapped(title, self.prose, rest=_MARGIN):
            yield self.ink.strong(line)
        if entry.excerpt:
            yield ""
            yield from self._excerpt(entry.excerpt)
        yield ""
        yield from wrapped(entry.sentence, self.prose, _MARGIN)
        yield from self._evidence(entry)
        yield from self._repair(entry)

    def _excerpt(self, found: Excerpt) -> Iterator[str]:
        size = max(len(str(row.number)) for row in found.rows)
        fitted = found.fitted(self.width - size - len(_MARGIN) - 5)
        for row in fitted.rows:
            sign = ">" if row.is_accused else " "
            line = f"{_MARGIN}{sign} {row.number:>{size}} | {row.text}"
            yield self.ink.strong(line) if row.is_accused else self.ink.faint(line)
            if row.is_accused:
                yield f"{_MARGIN}  {'':>{size}} | {self.ink.wrong(fitted.marker())}"

    def _evidence(self, entry: Entry) -> Iterator[str]:
        if not entry.evidence:
            return
        yield ""
        texts = [t for row in entry.evidence for t in (row.predicted, row.measured)]
        if max(map(len, texts)) > _WIDEST_FIGURE:
            yield from self._long_evidence(entry)
            return
        titles = ["evidence.what", "evidence.measured", "evidence.difference"]
        what, measured, difference = map(self.words, titles)
        rows = [_cells(row) for row in entry.evidence]
        # Of a figure that is wrong it is plain enough how far off it is.
        with_difference = entry.heading != self.words("evidence.right") and any(
            row[3] for row in rows
        )
        rows = [(what, entry.heading, measured, difference), *rows]
        shown = [row if with_difference else row[:3] for row in rows]
        yield from table(shown, self.prose, _MARGIN, gap=3)

    def _long_evidence(self, entry: Entry) -> Iterator[str]:
        measured = self.words("evidence.measured")
        size = max(len(measured), len(entry.heading)) + 2
        for row in entry.evidence:
            yield from wrapped(row.what, self.prose, _MARGIN)
            for title, text in ((entry.heading, row.predicted), (measured, row.measured)):
                yield from wrapped(text, self.prose, f"{_MARGIN}  {title:<{size}}")

    def _repair(self, entry: Entry) -> Iterator[str]:
        yield ""
        if entry.repaired:
            yield from self._put_right(entry.repaired)
        yield from wrapped(entry.gave, self.prose, _MARGIN)
        yield from wrapped(entry.follow, self.prose, _MARGIN)

    def _put_right(self, lines: Sequence[str]) -> Iterator[str]:
        """Yield the repaired lines: beside their title, or under it where they are too wide."""
        title = f"{_MARGIN}{self.words('repair.title')} "
        margin = " " * cells(title)
        if max(map(cells, lines)) > self.width - len(margin):
            yield title
            title = margin = _MARGIN * 2
        for line in lines:
            # Code may be broken over lines, but loses no blanks.
            for part in _broken(line, self.width - len(margin)):
                yield title + self.ink.right(part)
                title = margin

    def _all_advice(self, entries: Sequence[Entry]) -> Iterator[str]:
        yield from ("", self.ink.strong(self.words("advice")))
        for entry in entries:
            yield from self._advice(entry)
        yield _MARGIN + self.words("advice.more")

    def _advice(self, entry: Entry) -> Iterator[str]:
        if entry.pitfall in _USUAL:
            brief = self.words("advice.brief", title=entry.title, where=entry.where)
            yield from wrapped(brief, self.prose, " - ")
            return
        told = self.words(
            "advice.one", title=entry.title, where=entry.where, sentence=entry.sentence
        )
        figures = [
            self.words(
                "advice.evidence",
                what=row.what,
                heading=entry.heading,
                predicted=row.predicted,
                measured=row.measured,
            )
            for row in entry.evidence
        ]
        yield from wrapped(told, self.prose, " - ")
        for sentence in figures:
            yield from wrapped(sentence, self.prose, _MARGIN)
        if entry.lesson:
            yield from wrapped(entry.follow, self.prose, _MARGIN)

    def _checks(self, content: Document) -> Iterator[str]:
        if not content.checks:
            return
        yield from ("", self.ink.strong(self.words("checks")))
        titles = ("parameter", "error", "ratio", "verdict")
        rows = [tuple(self.words(f"checks.{title}") for title in titles)]
        rows += [(one.parameter, one.error, one.ratio, one.verdict) for one in content.checks]
        yield from table(rows, self.prose, _MARGIN, gap=3, right=False)

    def _foot(self, content: Document) -> Iterator[str]:
        if content.parts:
            yield from ("", self.ink.strong(self.words("parts")))
            yield from table(content.parts, self.prose, _MARGIN, right=False)
        if content.printed:
            yield from ("", self.ink.strong(self.words("printed")))
            for one in content.printed:
                if one.text:
                    yield from wrapped(f"{one.place}{one.text}", self.prose, " | ")
                yield from wrapped(one.sentence, self.prose, _MARGIN)
        if content.notes:
            yield from ("", self.ink.strong(self.words("notes")))
            for note in content.notes:
                yield from wrapped(note, self.prose, " - ")
        if content.isolation:
            yield ""
            for line in wrapped(content.isolation, self.prose):
                yield self.ink.faint(line)


def _cells(row: Compared) -> tuple[str, str, str, str]:
    return row.what, row.predicted, row.measured, row.difference


def _broken(line: str, width: int) -> Iterator[str]:
    """Yield a line of code in pieces of a width, broken before a blank where there is one."""
    rest = line
    while cells(rest) > width:
        head = start_of(rest, width)
        blank = head.rfind(" ")
        head = head[:blank] if blank > len(head) // 2 else head
        yield head
        rest = rest[len(head) :]
    yield rest
