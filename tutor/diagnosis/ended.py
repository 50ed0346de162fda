"""What is said of a submission whose process was ended, or gave nothing that can be used."""

from __future__ import annotations

import re
import signal
from typing import Final

from tutor.diagnosis.findings import Verdict
from tutor.diagnosis.place import Module
from tutor.diagnosis.submission import Submission
from tutor.jail import Crashed, OracleError, Outcome, Raised

_VERDICTS: Final = {
    Outcome.TIMEOUT: Verdict.TIMEOUT,
    Outcome.MEMORY: Verdict.MEMORY,
    Outcome.EXITED: Verdict.EXITED,
    Outcome.CRASHED: Verdict.CRASHED,
    Outcome.RECURSION: Verdict.RECURSION,
    Outcome.NEEDS_INPUT: Verdict.NEEDS_INPUT,
    Outcome.OUTPUT_LIMIT: Verdict.OUTPUT_LIMIT,
    Outcome.BLOCKED: Verdict.BLOCKED,
    Outcome.TAMPERED: Verdict.TAMPERED,
    Outcome.BAD_RETURN: Verdict.BAD_RETURN,
}
# What the clock inside the jail raises where a helper of the judge's did not catch it.
_CUT: Final = {"Cut": Verdict.TIMEOUT, "Grown": Verdict.MEMORY}
_REASONS: Final = {
    Verdict.TIMEOUT: "It was still running when its time was over: look for a loop without an end.",
    Verdict.MEMORY: "It takes more memory than it may have: look for a size that is too large, or "
    "for a list that grows without an end.",
    Verdict.EXITED: "It ends its own process in the midst of everything: take that out.",
    Verdict.CRASHED: "Its process crashed, not with an exception but altogether: look for what "
    "reaches below Python.",
    Verdict.RECURSION: "A function calls itself without an end.",
    Verdict.NEEDS_INPUT: "It waits for somebody to type; there is nobody here to do so.",
    Verdict.OUTPUT_LIMIT: "It prints more than a megabyte: take the print out of its loop.",
    Verdict.BLOCKED: "It tried to reach files, processes or the network, which it may not here.",
    Verdict.TAMPERED: "It wrote answers that nobody asked for, or closed the line on which they "
    "go; so none of its answers is believed.",
    Verdict.BAD_RETURN: "It gave what cannot be read as numbers.",
}
_SUSPECTS: Final = {
    Verdict.EXITED: re.compile(r"\b_exit\s*\("),
    Verdict.CRASHED: re.compile(r"\babort\s*\(|\bctypes\.\w|\bos\.kill\b|\braise_signal\b"),
    Verdict.TAMPERED: re.compile(
        r"\bos\.(?:write|close|closerange|dup2|fdopen)\b|^\s*(?:np|numpy)\.\S+ *=[^=]"
    ),
    Verdict.RECURSION: re.compile(r"\bsetrecursionlimit\s*\("),
}


def ending(error: OracleError, submission: Submission) -> tuple[Verdict, str]:
    """Return the verdict and the sentence for what ended a try.

    What the judge's own helpers raised is a fault of ours.
    """
    if isinstance(error, Raised) and error.kind in _CUT:
        verdict = _CUT[error.kind]
    elif error.outcome is Outcome.RAISED and _where(Verdict.TAMPERED, submission):
        verdict = Verdict.TAMPERED
    elif _is_overflow(error, submission):
        verdict = Verdict.RECURSION
    else:
        verdict = _VERDICTS.get(error.outcome, Verdict.INTERNAL_ERROR)
    if verdict is Verdict.INTERNAL_ERROR:
        told = str(error).rstrip(".: ")
        return verdict, f"gradtutor could not judge it, and that is its own fault: {told}."
    return verdict, _REASONS[verdict] + _where(verdict, submission)


def _is_overflow(error: OracleError, submission: Submission) -> bool:
    """Tell whether a stack ran over: only where somebody has raised its limit does that crash."""
    if not isinstance(error, Crashed) or error.signal != getattr(signal, "SIGSEGV", None):
        return False
    return any("setrecursionlimit" in module.source for module in submission.modules)


def _where(verdict: Verdict, submission: Submission) -> str:
    """Return where to look: a process that is gone cannot tell."""
    pattern = _SUSPECTS.get(verdict)
    for module in submission.modules if pattern else ():
        line = _line(module, pattern)
        if line:
            return f" Look at {module.place(line)}."
    return ""


def _line(module: Module, pattern: re.Pattern[str] | None) -> int:
    lines = enumerate(module.source.split("\n"), 1)
    return next((n for n, text in lines if pattern is not None and pattern.search(text)), 0)
