"""Every fixed sentence of the reports, by its id and language.

What the catalogue says of a pitfall is the catalogue's, and not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tutor.reports.visible import MOST_NAME, shortened

_ENGLISH: Final = {
    # The verdict, behind the name of the submission.
    "verdict.CLEAN": "nothing is wrong.",
    "verdict.PITFALL": "one thing is wrong: {pitfalls}.",
    "verdict.PITFALL.many": "{count} things are wrong: {pitfalls}.",
    "verdict.UNKNOWN_BUG": "something is wrong, in a way that has no name yet.",
    "verdict.PARTIAL": "what can be seen is right; the rest is not there to be judged.",
    "verdict.TIMEOUT": "not judged: the code did not end in time.",
    "verdict.MEMORY": "not judged: the code asked for more memory than it may have.",
    "verdict.EXITED": "not judged: the code ended the program by itself.",
    "verdict.CRASHED": "not judged: the code brought the interpreter down.",
    "verdict.RECURSION": "not judged: a function calls itself without end.",
    "verdict.NEEDS_INPUT": "not judged: the code waits for somebody to type.",
    "verdict.OUTPUT_LIMIT": "not judged: the code prints more than it may.",
    "verdict.BLOCKED": "not judged: the code did something that is not allowed here.",
    "verdict.TAMPERED": "not judged: the code interferes with its own examination.",
    "verdict.BAD_RETURN": "not judged: a function returned what is no array and no number.",
    "verdict.NONDETERMINISTIC": "not judged: the same call gives another result each time.",
    "verdict.LOAD_ERROR": "not judged: the code stops with an error before it can be asked.",
    "verdict.MISSING_DEPENDENCY": "not judged: a module that it imports is not here.",
    "verdict.MISSING_FUNCTION": "not judged: no part of a net was found in it.",
    "verdict.UNREADABLE": "not judged: it could not be read.",
    "verdict.INTERNAL_ERROR": "not judged: gradtutor itself failed. The fault is ours, not yours.",
    "unnamed": "an unnamed fault",
    "pitfall.places": "{pitfall} (in {count} places)",
    # One finding.
    "finding.title": "{number}. {pitfall} in {where}",
    "finding.unnamed": "Unnamed fault",
    "finding.unnamed.sentence": "{definition} does not give what it should.",
    "place.file": "line {line}",
    "place.cell": "cell {cell}, line {line}",
    "place.unknown": "no line of it can be shown",
    "place.of": "{definition} ({place})",
    "place.module": "the top level of the file",
    "evidence.what": "figure",
    "evidence.foretold": "predicted",
    "evidence.right": "should be",
    "evidence.measured": "measured",
    "evidence.difference": "difference",
    "repair.title": "Put right:",
    "repair.left_out": "# (the line is left out)",
    # How the accused code was put right, and what came of it.
    "repair.by.line": "With only this line put right, {outcome}",
    "repair.by.kept": "With one change in this line, {outcome}",
    "repair.by.part": "With only {definition} swapped for a right one, {outcome}",
    "repair.by.use": "With only that put right, {outcome}",
    "repair.by.line.together": "With this line put right and the other accused ones too, {outcome}",
    "repair.by.kept.together": "With one change in this line and in each other accused one, "
    "{outcome}",
    "repair.gave.all": "all {count} gradients agree, {error}.",
    "repair.gave.gradients": "the gradients agree, {error}.",
    "repair.gave.own": "the gradients that {definition} gives agree, {error}.",
    "repair.gave.figures": "what {definition} gives is right, {error}.",
    "repair.gave.right": "what {definition} gives is right.",
    "repair.gave.gone": "none of this is seen any more.",
    "repair.error": "to {error}",
    "repair.exactly": "to the last digit",
    "repair.none": "No repair was tried on it; the figures above are what was measured.",
    "repair.failed": "No single change was found that puts it right; the figures above are what "
    "was measured.",
    "follow.lesson": "Lesson: gradtutor lesson {lesson}",
    "follow.pitfall": "More: gradtutor pitfalls {pitfall}",
    # The rest of a report.
    "advice": "Worth knowing (none of it makes this file wrong)",
    "advice.one": "{title} in {where}: {sentence}",
    "advice.brief": "{title} in {where}.",
    "advice.evidence": "{what}: {heading} {predicted}, measured {measured}.",
    "advice.more": "More on each: gradtutor pitfalls NAME",
    "checks": "Gradient check: backprop beside the numerical gradient",
    "checks.parameter": "parameter",
    "checks.error": "relative error",
    "checks.ratio": "backprop / numerical",
    "checks.verdict": "",
    "checks.agrees": "agrees",
    "checks.differs": "differs",
    "checks.no_ratio": "not constant",
    "parts": "What was taken for which part",
    "printed": "What was printed",
    "printed.cell": "cell {cell}: ",
    "notes": "Notes",
    "isolation": "Run under: {layers}.",
    "isolation.none": "None of its code was run.",
    # Many submissions.
    "summary.name": "submission",
    "summary.verdict": "verdict",
    "summary.pitfalls": "pitfalls",
    "summary.line": "line",
    "summary.tally.pitfall": "what is wrong",
    "summary.tally.advice": "worth knowing",
    "summary.tally.verdict": "not judged, or not all of it",
    "summary.tally.count": "submissions",
    "summary.tally.share": "of all",
    "summary.total": "{all} submissions: {wrong} wrong, {clean} with nothing wrong, {unjudged} "
    "not judged.",
    "summary.total.one": "1 submission: {wrong} wrong, {clean} with nothing wrong, {unjudged} "
    "not judged.",
    "summary.total.partial": "{all} submissions: {wrong} wrong, {clean} with nothing wrong, "
    "{partial} right as far as can be seen, {unjudged} not judged.",
    "summary.left_out": "Nothing is wrong in {count} of them; their advice is shown when each is "
    "diagnosed by itself.",
    # What is said of the call itself.
    "language.unknown": "There are no reports in {code} yet, so this one is in English. The "
    "languages are: {languages}.",
}

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": _ENGLISH})
"""The sentences of each language by id; what a language lacks is said in English."""


def without_words(language: str) -> str:
    """Return the sentence for a language that there is none of, empty for one that there is."""
    if language in LANGUAGES:
        return ""
    known = ", ".join(sorted(LANGUAGES))
    return LANGUAGES["en"]["language.unknown"].format(
        code=shortened(language, MOST_NAME), languages=known
    )


class Words:
    """The sentences of one language."""

    def __init__(self, language: str = "en") -> None:
        self._own = LANGUAGES.get(language, LANGUAGES["en"])

    def __call__(self, name: str, **values: object) -> str:
        """Return the sentence of an id with its values put in.

        Raises
        ------
        KeyError
            If there is no such id.
        """
        sentence = self._own.get(name) or LANGUAGES["en"][name]
        return sentence.format(**values) if values else sentence
