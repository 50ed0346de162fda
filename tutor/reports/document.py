"""What a report says, before it is known how it will look: sentences, tables, excerpts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tutor.diagnosis.figures import Remark
from tutor.diagnosis.findings import Diagnosis, Finding, ParameterCheck, Repair, Verdict
from tutor.reports.excerpt import Excerpt, excerpt
from tutor.reports.figures import Compared, compared, figure, is_foretold
from tutor.reports.item import Item
from tutor.reports.marking import Marking, marking
from tutor.reports.options import Options
from tutor.reports.spots import definition_of, has_files, spot
from tutor.reports.visible import MOST_NAME, shortened
from tutor.reports.words import Words

AGREES: Final = 5e-5
"""A relative error that rounding and an epsilon in the logarithm leave, as the judge sees it."""

# What the headline says of these is all that the reason says.
_SAID: Final = (Verdict.CLEAN, Verdict.PITFALL, Verdict.UNKNOWN_BUG)
# How a syntax tree spells a statement that is left out.
_LEFT_OUT: Final = "pass"


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
        isolation=_isolation(found, words),
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
    names = ", ".join(pitfalls_of(found, words))
    return words(f"verdict.PITFALL{many}", count=len(found.errors), pitfalls=names)


def pitfalls_of(found: Diagnosis, words: Words) -> list[str]:
    """Return the names of what is wrong, each once, an unnamed fault as such."""
    names = [shortened(one.pitfall, MOST_NAME) or words("unnamed") for one in found.errors]
    return list(dict.fromkeys(names))


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
        repaired=() if kept else tuple(_repaired(mark.repaired, words)),
        gave=_gave(found, name, item.diagnosis, options, words) if found.is_error else "",
        lesson=shortened(found.lesson, MOST_NAME),
        follow=_follow(found, words),
    )


def _repaired(text: str, words: Words) -> Iterator[str]:
    if text == _LEFT_OUT:
        yield words("repair.left_out")
        return
    for line in text.split("\n"):
        yield f"{' ' * (len(line) - len(line.lstrip()))}{shortened(line.lstrip())}"


def _is_foretold(found: Finding) -> bool:
    """Tell whether the evidence is what the pitfall predicts; of no name nothing is predicted."""
    return bool(found.pitfall) and any(map(is_foretold, found.evidence))


def _gave(found: Finding, name: str, whole: Diagnosis, options: Options, words: Words) -> str:
    repair = found.repair
    if repair is None:
        return words("repair.none")
    if not repair.confirmed:
        return words("repair.failed")
    changed = ("kept" if options.for_student else "line") if repair.line else "part"
    error = _left(repair)
    if error is None:
        return words(f"repair.{changed}.figures", definition=name)
    names = [one.parameter for one in whole.gradient_check]
    # Of two nets it is not said whose gradients were looked at.
    all_of_them = len(names) > 1 and len(set(names)) == len(names)
    what = "all" if all_of_them else "gradients"
    return words(f"repair.{changed}.{what}", definition=name, count=len(names), error=error)


def _left(repair: Repair) -> str | None:
    error = repair.max_relative_error
    if error is None or not math.isfinite(error):
        return None
    return figure(error, 1)


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


def _isolation(found: Diagnosis, words: Words) -> str:
    if found.isolation:
        layers = ", ".join(shortened(layer, MOST_NAME) for layer in found.isolation)
        return words("isolation", layers=layers)
    return "" if found.verdict is Verdict.INTERNAL_ERROR else words("isolation.none")
