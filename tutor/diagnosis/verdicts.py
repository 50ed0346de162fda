"""What is said of a submission as a whole, from its findings and from how its own run went.

A proved pitfall goes before everything else; a run that failed goes before a clean bill.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from tutor.diagnosis.asked import Observed, Trouble
from tutor.diagnosis.examine import Examined
from tutor.diagnosis.findings import Finding, Verdict
from tutor.diagnosis.parts.activation import Activation
from tutor.diagnosis.parts.softmax import Softmax
from tutor.diagnosis.place import Place
from tutor.diagnosis.submission import Submission
from tutor.jail import Opaque

MAIN: Final = "__main__"
_NO_DATA: Final = "no-data"
_OUTCOMES: Final = {
    "timeout": Verdict.TIMEOUT,
    "memory": Verdict.MEMORY,
    "recursion": Verdict.RECURSION,
    "exited": Verdict.EXITED,
    "needs-input": Verdict.NEEDS_INPUT,
    "blocked": Verdict.BLOCKED,
}
_REASONS: Final = {
    Verdict.TIMEOUT: "{place} was still running when its time was over: look for a loop without an "
    "end, or for something that it waits for.",
    Verdict.MEMORY: "{place} takes more memory than it may have: look for a size that is too "
    "large, or for a list that grows without an end.",
    Verdict.RECURSION: "{place} is where a function calls itself without an end.",
    Verdict.EXITED: "{place} ends the program before it can be asked anything: take exit() and "
    "quit() out, or put them under if __name__ == '__main__'.",
    Verdict.NEEDS_INPUT: "{place} waits for somebody to type; there is nobody here to do so. "
    "Write the value into the file.",
    Verdict.BLOCKED: "{place} tried to reach files, processes or the network, which it may not "
    "here: {text}.",
}
_FRAMEWORKS: Final = {"torch", "tensorflow", "keras", "jax", "chainer", "cupy", "mxnet", "autograd"}


def verdict_of(
    submission: Submission,
    loaded: Mapping[str, Any],
    findings: Sequence[Finding],
    examined: Sequence[Examined],
    steps: int = 0,
    troubles: Sequence[Trouble] = (),
) -> tuple[Verdict, str]:
    """Return the verdict and the sentence that says why.

    Parameters
    ----------
    steps : int
        How many training steps were measured.
    troubles : sequence of Trouble
        The calls of parts that ended more than themselves.
    """
    errors = [finding for finding in findings if finding.is_error]
    if any(finding.pitfall for finding in errors):
        return Verdict.PITFALL, _count(errors)
    if errors:
        return Verdict.UNKNOWN_BUG, _count(errors)
    judged = [one for one in examined if one.measured is not None and one.is_part]
    failed = (
        _failed(submission, loaded)
        or _unsteady(submission, examined)
        or _troubled(submission, troubles, judged, examined)
        or _badly_returned(submission, examined)
    )
    # A net that cannot be called by itself was judged where the file itself takes its steps.
    refused = [] if steps else [one for one in examined if one.refused is not None]
    return failed or _seen(submission, loaded, examined, steps + len(judged), refused)


def _count(errors: Sequence[Finding]) -> str:
    return "One thing is wrong." if len(errors) == 1 else f"{len(errors)} things are wrong."


# -- what keeps a file from being judged ----------------------------------------------------------


def _failed(submission: Submission, loaded: Mapping[str, Any]) -> tuple[Verdict, str] | None:
    """Return how the file's own run ended, if it did not come to its end."""
    for failure in loaded["failures"]:
        verdict = _OUTCOMES.get(failure["outcome"])
        if verdict is not None:
            return _said(verdict, _at(submission, failure), failure["text"])
    if loaded["cut"]:
        return _said(Verdict.TIMEOUT, submission.place(submission.main.name, loaded["cut"][0]))
    return None


def _unsteady(submission: Submission, examined: Sequence[Examined]) -> tuple[Verdict, str] | None:
    for one in examined:
        if any(of.drift for of in _observed(one.measured)):
            text = "gave two answers to one question: set np.random.seed, or take the chance out."
            return Verdict.NONDETERMINISTIC, f"{_called(submission, one)} {text}"
    return None


def _troubled(
    submission: Submission,
    troubles: Sequence[Trouble],
    judged: Sequence[Examined],
    examined: Sequence[Examined],
) -> tuple[Verdict, str] | None:
    """Return what became of the calls of a part, if nothing could be found out about it."""
    names = {one.taken.definition.name for one in judged}
    for trouble in troubles:
        observed = trouble.observed
        verdict = _OUTCOMES.get(observed.outcome)
        if verdict is None or trouble.part in names:
            continue
        parts = [one for one in examined if one.taken.definition.name == trouble.part]
        if observed.line:
            place = submission.place(_named(submission, observed.module), observed.line)
            return _said(verdict, place, observed.text)
        what = _called(submission, parts[0]) if parts else trouble.part or "It"
        return _said(verdict, what, observed.text)
    return None


def _said(verdict: Verdict, place: Place | str, text: str = "") -> tuple[Verdict, str]:
    return verdict, _REASONS[verdict].format(place=place, text=text.rstrip("."))


def _badly_returned(
    submission: Submission, examined: Sequence[Examined]
) -> tuple[Verdict, str] | None:
    for one in examined:
        told = "" if one.is_part else _bad_value(one) or _bad_array(one)
        if told:
            return Verdict.BAD_RETURN, f"{_called(submission, one)} returned {told}."
    return None


def _bad_value(one: Examined) -> str:
    """Return what a part gave in the place of an array, empty if that is not the matter."""
    for found in _observed(one.measured):
        value = found.value
        if found.raised or value is None or found.array() is not None:
            continue
        if isinstance(value, Opaque):
            return f"{value.why or f'a value of type {value.type_name}'}, and no numbers"
        if isinstance(value, np.ndarray | np.generic):
            return f"an array of dtype {value.dtype}, and no numbers"
        return f"a {type(value).__name__}, and no array"
    return ""


def _bad_array(one: Examined) -> str:
    """Return what is wrong with the array that comes of another, empty if nothing is."""
    found = one.measured
    if isinstance(found, Softmax):
        pairs = list(zip(found.batches, found.of_batches, strict=True))
    elif isinstance(found, Activation):
        pairs = [(found.x, found.of)]
    else:
        return ""
    given = [(x, of.array()) for x, of in pairs]
    arrays = [(x, y) for x, y in given if y is not None]
    if arrays and all(np.isnan(y).all() for _, y in arrays):
        return "nan for ordinary numbers"
    if arrays and all(x.shape != y.shape for x, y in arrays):
        x, y = arrays[0]
        return f"an array of shape {y.shape} for one of shape {x.shape}"
    return ""


def _observed(measured: object) -> Iterator[Observed]:
    names = getattr(type(measured), "__dataclass_fields__", {})
    for name in names:
        value = getattr(measured, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Observed):
                yield item
            elif name == "batches":
                yield from _observed(item)


# -- where nothing is wrong -----------------------------------------------------------------------


def _seen(
    submission: Submission,
    loaded: Mapping[str, Any],
    examined: Sequence[Examined],
    judged: int,
    refused: Sequence[Examined],
) -> tuple[Verdict, str]:
    """Return what is to be said where nothing is wrong: of all of the file, or of a part."""
    missing, failures = loaded["missing"], loaded["failures"]
    if judged:
        if missing:
            text = f"What can be seen is right; {_listed(missing)} cannot be seen."
            return Verdict.PARTIAL, text
        if failures:
            text = f"What can be seen is right; {_unrun(submission, failures[0], 'what')}"
            return Verdict.PARTIAL, text
        unasked = next((e for e in refused if e.refused is not None and e.refused.line), None)
        if unasked is not None and unasked.refused is not None:
            called, told = _called(submission, unasked), unasked.refused
            why = f"{told.raised}: {told.text}".rstrip(".")
            return Verdict.PARTIAL, f"What can be asked is right; {called} could not be ({why})."
        return Verdict.CLEAN, "Nothing is wrong with it."
    if missing:
        return Verdict.MISSING_DEPENDENCY, f"It needs {_listed(missing)}, which is not here."
    if failures:
        first = failures[0]
        kept_out = first["outcome"] == _NO_DATA
        verdict = Verdict.MISSING_DEPENDENCY if kept_out else Verdict.LOAD_ERROR
        return verdict, _unrun(submission, first, "What")
    return Verdict.MISSING_FUNCTION, _nothing(submission, examined)


def _unrun(submission: Submission, failure: Mapping[str, Any], what: str) -> str:
    """Say what a failure kept from being run; the name of a file is never given a capital."""
    place, told = _at(submission, failure), f"{failure['kind']}: {failure['text']}".rstrip(".")
    if failure["outcome"] == _NO_DATA:
        return f"{what} {place} reads is not here ({told})."
    return f"{place} could not be run here ({told})."


def _nothing(submission: Submission, examined: Sequence[Examined]) -> str:
    others = [_called(submission, one) for one in examined if not one.is_part]
    if others:
        return f"Nothing in it can be judged: {others[0]} does not do what its name says."
    return "No softmax, loss, numerical gradient, layer or net was found in it."


def notes_of(submission: Submission, loaded: Mapping[str, Any]) -> Iterator[str]:
    """Yield what went wrong while the file itself ran, for whoever wants to know."""
    for failure in loaded["failures"]:
        yield f"{_at(submission, failure)}: {failure['kind']}: {failure['text']}"
    frameworks = [name for name in loaded["missing"] if name.partition(".")[0] in _FRAMEWORKS]
    if frameworks:
        yield f"{_listed(frameworks)} is not judged: only what is written in NumPy is."


def _called(submission: Submission, one: Examined) -> str:
    definition = one.taken.definition
    place = submission.place(_named(submission, definition.module), definition.line)
    return f"{definition.name} ({place})"


def _at(submission: Submission, failure: Mapping[str, Any]) -> Place:
    return submission.place(_named(submission, failure.get("module", MAIN)), failure["line"])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _named(submission: Submission, module: str) -> str:
    return submission.main.name if module == MAIN else module
