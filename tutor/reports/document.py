"""What a report says, before it is known how it will look: sentences, tables, excerpts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tutor.diagnosis.findings import Diagnosis, Finding, ParameterCheck, Verdict
from tutor.reports.excerpt import Excerpt, excerpt
from tutor.reports.figures import Compared, compared, figure, is_foretold
from tutor.reports.item import Item
from tutor.reports.marking import Marking, marking
from tutor.reports.options import Options
from tutor.reports.repaired import gave, put_right
from tutor.reports.spots import definition_of, has_files, spot
from tutor.reports.visible import MOST_NAME, shortened
from tutor.reports.words import Words

if TYPE_CHECKING:
    from tutor.diagnosis.figures import Remark

AGREES: Final = 5e-5
"""A relative error that rounding and an epsilon in the logarithm leave, as the judge sees it."""

# What the headline says of these is all that the reason says.
_SAID: Final = (Verdict.CLEAN, Verdict.PITFALL, Verdict.UNKNOWN_BUG)


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding.

    Attributes
    ----------
    pitfall : str
        Empty for a fault without a name.
    title : str
        The pitfall, or that it has none.
    definition, place, where : str
        The definition, its place, and both.
    excerpt : Excerpt or None
        None where the line cannot be seen.
    heading : str
        What stands over the first column of figures: ``predicted`` or ``should be``.
    evidence : tuple of Compared
    repaired : tuple of str
        The lines put right; empty where another part was put in, or they are kept back.
    gave : str
        What came of the repair, a sentence; empty for advice.
    lesson : str
        Empty where none teaches it.
    follow : str
        The command that teaches it, with what it is; empty where there is none.
    """

    pitfall: str
    title: str
    definition: str
    place: str
    where: str
    excerpt: Excerpt | None
    sentence: str
    heading: str
    evidence: tuple[Compared, ...]
    repaired: tuple[str, ...]
    gave: str
    lesson: str
    follow: str


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the gradient check, as text."""

    parameter: str
    error: str
    ratio: str
    verdict: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Printed:
    """What the student had printed, where, and what it shows."""

    place: str
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Document:
    """One submission's report; all of it printable and of one line each."""

    name: str
    headline: str
    reason: str
    errors: tuple[Entry, ...]
    advice: tuple[Entry, ...]
    checks: tuple[Check, ...]
    parts: tuple[tuple[str, str, str], ...]
    printed: tuple[Printed, ...]
    notes: tuple[str, ...]
    isolation: str


def document(item: Item, options: Options, words: Words) -> Document:
    """Return what is to be said of a submission."""
    found = item.diagnosis
    entries = [(one, _entry(one, item, options, words)) for one in found.findings]
    return Document(
        name=shortened(found.name, MOST_NAME),
        headline=headline(found, words),
        reason="" if found.verdict in _SAID else shortened(found.reason),
        errors=tuple(entry for one, entry in entries if one.is_error),
        advice=tuple(entry for one, entry in entries if not one.is_error),
        checks=tuple(_check(one, words) for one in found.gradient_check),
        parts=tuple(_parts(item, words)),
        printed=tuple(_printed(one, words) for one in found.remarks),
        notes=tuple(map(shortened, dict.fromkeys(found.notes))),
        isolation=_isolation(found, options, words),
    )


def _printed(remark: Remark, words: Words) -> Printed:
    place = "" if remark.cell is None else words("printed.cell", cell=remark.cell)
    return Printed(place, shortened(remark.text, MOST_NAME), shortened(remark.sentence))


def headline(found: Diagnosis, words: Words) -> str:
    """Return the verdict in words."""
    verdict = found.verdict
    if verdict is not Verdict.PITFALL:
        return words(f"verdict.{verdict.value}")
    many = "" if len(found.errors) == 1 else ".many"
    names = ", ".join(
        words("pitfall.places", pitfall=name, count=count) if count > 1 else name
        for name, count in pitfalls_in(found.errors, words).items()
    )
    return words(f"verdict.PITFALL{many}", count=len(found.errors), pitfalls=names)


def pitfalls_in(findings: Iterable[Finding], words: Words) -> Counter[str]:
    """Return how often each pitfall is found, by name; a fault without one is called so."""
    return Counter(shortened(one.pitfall, MOST_NAME) or words("unnamed") for one in findings)


def _entry(found: Finding, item: Item, options: Options, words: Words) -> Entry:
    at = spot(item.submission, found.module, found.line)
    name = definition_of(found.definition, words)
    place = at.text(words, has_files(item.submission))
    line = found.repair.line if found.repair and found.repair.confirmed else ""
    mark = marking(at.module, at.line, line) if at.module else Marking(0, 0, line)
    kept = options.for_student or not line
    return Entry(
        pitfall=shortened(found.pitfall, MOST_NAME),
        title=shortened(found.pitfall, MOST_NAME) or words("finding.unnamed"),
        definition=name,
        place=place,
        where=words("place.of", definition=name, place=place),
        excerpt=excerpt(at, mark),
        sentence=shortened(found.sentence)
        or (words("finding.unnamed.sentence", definition=name) if not found.pitfall else ""),
        heading=words("evidence.foretold" if _is_foretold(found) else "evidence.right"),
        evidence=tuple(map(compared, found.evidence)),
        repaired=() if kept else tuple(put_right(mark.repaired, words)),
        gave=gave(found, name, item.diagnosis, options, words, in_line=mark.fits)
        if found.is_error
        else "",
        lesson=shortened(found.lesson, MOST_NAME),
        follow=_follow(found, words),
    )


def _is_foretold(found: Finding) -> bool:
    """Tell whether the evidence is what the pitfall predicts; of no name nothing is predicted."""
    return bool(found.pitfall) and any(map(is_foretold, found.evidence))


def _follow(found: Finding, words: Words) -> str:
    if found.lesson:
        return words("follow.lesson", lesson=shortened(found.lesson, MOST_NAME))
    if found.pitfall:
        return words("follow.pitfall", pitfall=shortened(found.pitfall, MOST_NAME))
    return ""


def _check(found: ParameterCheck, words: Words) -> Check:
    agrees = found.max_relative_error <= AGREES
    ratio = words("checks.no_ratio") if found.ratio is None else figure(found.ratio, 4)
    return Check(
        shortened(found.parameter, MOST_NAME),
        figure(found.max_relative_error, 1),
        ratio,
        words("checks.agrees" if agrees else "checks.differs"),
        agrees,
    )


def _parts(item: Item, words: Words) -> Iterator[tuple[str, str, str]]:
    with_file = has_files(item.submission)
    for part in item.diagnosis.parts:
        at = spot(item.submission, part.module, part.line)
        name = definition_of(part.definition, words)
        yield shortened(part.part, MOST_NAME), name, at.text(words, with_file)


def _isolation(found: Diagnosis, options: Options, words: Words) -> str:
    if found.isolation:
        return "" if found.isolation == options.isolation else isolated(found.isolation, words)
    return "" if found.verdict is Verdict.INTERNAL_ERROR else words("isolation.none")


def isolated(layers: Iterable[str], words: Words) -> str:
    """Return the sentence that says what the code was run under."""
    return words("isolation", layers=", ".join(shortened(layer, MOST_NAME) for layer in layers))
