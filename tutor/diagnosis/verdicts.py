"""What is said of a submission as a whole, from its findings and from how its own run went.

A proved pitfall goes before everything else; a run that failed goes before a clean bill.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tutor.diagnosis.asked import Observed
from tutor.diagnosis.examine import Examined
from tutor.diagnosis.findings import Finding, Verdict
from tutor.diagnosis.place import Place
from tutor.diagnosis.submission import Submission

MAIN: Final = "__main__"
_OUTCOMES: Final = {"blocked": Verdict.BLOCKED, "needs-input": Verdict.NEEDS_INPUT}
_REASONS: Final = {
    Verdict.BLOCKED: "{place} tried to reach what it may not: {text}",
    Verdict.NEEDS_INPUT: "{place} waits for somebody to type; there is nobody here to do so.",
}
_FRAMEWORKS: Final = {"torch", "tensorflow", "keras", "jax", "chainer", "cupy", "mxnet", "autograd"}


def verdict_of(
    submission: Submission,
    loaded: Mapping[str, Any],
    findings: Sequence[Finding],
    examined: Sequence[Examined],
) -> tuple[Verdict, str]:
    """Return the verdict and the sentence that says why."""
    errors = [finding for finding in findings if finding.is_error]
    if any(finding.pitfall for finding in errors):
        return Verdict.PITFALL, _count(errors)
    if errors:
        return Verdict.UNKNOWN_BUG, _count(errors)
    failed = _failed(submission, loaded)
    if failed is not None:
        return failed
    slow = next((e for e in examined if any(o.is_cut for o in _observed(e.measured))), None)
    if slow is not None:
        name, place = slow.taken.definition.name, _place(submission, slow)
        text = f"{name} ({place}) was still running when its time was over."
        return Verdict.TIMEOUT, f"{text} Look for a loop without an end."
    bad = next((e for e in examined if not e.is_part and _bad_return(e)), None)
    if bad is not None:
        name, place = bad.taken.definition.name, _place(submission, bad)
        return Verdict.BAD_RETURN, f"{name} ({place}) returned {_bad_return(bad)}, and no array."
    return _seen(submission, loaded, examined)


def _count(errors: Sequence[Finding]) -> str:
    return "One thing is wrong." if len(errors) == 1 else f"{len(errors)} things are wrong."


def _failed(submission: Submission, loaded: Mapping[str, Any]) -> tuple[Verdict, str] | None:
    for failure in loaded["failures"]:
        verdict = _OUTCOMES.get(failure.get("outcome", ""))
        if verdict is not None:
            place = submission.place(submission.main.name, failure["line"])
            return verdict, _REASONS[verdict].format(place=place, text=failure["text"])
    if loaded["cut"]:
        place = submission.place(submission.main.name, loaded["cut"][0])
        text = f"{place} was still running when its time was over: look for a loop without an end."
        return Verdict.TIMEOUT, text
    return None


def _place(submission: Submission, one: Examined) -> Place:
    definition = one.taken.definition
    return submission.place(_named(submission, definition.module), definition.line)


def _bad_return(one: Examined) -> str:
    """Return what a part gave in the place of an array, empty if that is not the matter."""
    found = [v for v in _observed(one.measured) if not v.raised and v.array() is None]
    kinds = [type(v.value).__name__ for v in found if v.value is not None]
    return f"a {kinds[0]}" if kinds else ""


def _observed(measured: object) -> Iterator[Observed]:
    names = getattr(type(measured), "__dataclass_fields__", {})
    for name in names:
        value = getattr(measured, name)
        if isinstance(value, Observed):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Observed))


def _seen(
    submission: Submission, loaded: Mapping[str, Any], examined: Sequence[Examined]
) -> tuple[Verdict, str]:
    """Return what is to be said where nothing is wrong: of all of the file, or of a part."""
    missing = loaded["missing"]
    judged = [one for one in examined if one.measured is not None]
    if judged and not missing:
        return Verdict.CLEAN, "Nothing is wrong with it."
    if judged:
        return Verdict.PARTIAL, f"What can be seen is right; {_listed(missing)} cannot be seen."
    if missing:
        return Verdict.MISSING_DEPENDENCY, f"It needs {_listed(missing)}, which is not here."
    if loaded["failures"]:
        failure = loaded["failures"][0]
        place = submission.place(submission.main.name, failure["line"])
        return Verdict.LOAD_ERROR, f"{place}: {failure['kind']}: {failure['text']}"
    text = "No softmax, loss, numerical gradient, layer or net was found in it."
    return Verdict.MISSING_FUNCTION, text


def notes_of(submission: Submission, loaded: Mapping[str, Any]) -> Iterator[str]:
    """Yield what went wrong while the file itself ran, for whoever wants to know."""
    for failure in loaded["failures"]:
        place = submission.place(submission.main.name, failure["line"])
        yield f"{place}: {failure['kind']}: {failure['text']}"
    frameworks = [name for name in loaded["missing"] if name.partition(".")[0] in _FRAMEWORKS]
    if frameworks:
        yield f"{_listed(frameworks)} is not judged: only what is written in NumPy is."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _named(submission: Submission, module: str) -> str:
    return submission.main.name if module == MAIN else module
