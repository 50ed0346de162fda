"""A submission diagnosed: its code in the jail, the judge outside, and what goes wrong there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tutor.diagnosis.asked import Student
from tutor.diagnosis.figures import from_figures, read_figures
from tutor.diagnosis.findings import Diagnosis, Verdict
from tutor.diagnosis.judge import judge
from tutor.diagnosis.submission import Submission
from tutor.jail import Isolation, Module, Oracle, OracleError, Outcome, Program

SECONDS: Final = 10.0  # of processor time that a submission may use
_HELPERS: Final = "from tutor.diagnosis.inside import *\n"
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
    Outcome.MISSING_MODULE: Verdict.MISSING_DEPENDENCY,
    Outcome.RAISED: Verdict.LOAD_ERROR,
}


_REASONS: Final = {
    Verdict.TIMEOUT: "Its time was over and it was still running: look for a loop without an end.",
    Verdict.MEMORY: "It asks for more memory than it may have: look for a size that is too large.",
    Verdict.EXITED: "It ends its own process: take exit() and quit() out, then try again.",
    Verdict.CRASHED: "Its process crashed, not with an exception but altogether.",
    Verdict.RECURSION: "A function calls itself without an end.",
    Verdict.NEEDS_INPUT: "It waits for somebody to type; there is nobody here to do so.",
    Verdict.OUTPUT_LIMIT: "It prints more than a megabyte: take the print out of its loop.",
    Verdict.BLOCKED: "It tried to reach files, processes or the network, which it may not here.",
    Verdict.TAMPERED: "It sent answers that nobody asked for; so none of its answers is believed.",
}


def diagnose(submission: Submission, seed: int = 0, seconds: float = SECONDS) -> Diagnosis:
    """Judge a submission. Whatever its code does, there is a verdict.

    Parameters
    ----------
    seconds : float
        Processor time that its code may use in all; three times as much by the clock.
    """
    if not submission.has_code:
        return from_figures(submission)
    found, isolation = _tried(submission, seed, seconds, definitions_only=False)
    if isinstance(found, OracleError):
        again, isolation = _tried(submission, seed, seconds, definitions_only=True)
        proved = isinstance(again, Diagnosis) and bool(again.errors)
        found = again if proved else _failed(submission, found)
    if isinstance(found, OracleError):
        found = _failed(submission, found)
    return replace(found, isolation=isolation.layers, remarks=read_figures(submission))


def _tried(
    submission: Submission, seed: int, seconds: float, *, definitions_only: bool
) -> tuple[Diagnosis | OracleError, Isolation]:
    """Judge it in a jail of its own; return what ended that, if something did."""
    oracle = Oracle(_program(), seconds=seconds)
    try:
        with oracle:
            return judge(submission, Student(oracle), seed, definitions_only), oracle.isolation
    except OracleError as error:
        return error, oracle.isolation


def _program() -> Program:
    """Return a program of nothing but the judge's helpers: they load the student's modules."""
    return Program(Module("__main__", "<the judge>", ""), (), _HELPERS)


def _failed(submission: Submission, error: OracleError) -> Diagnosis:
    verdict = _VERDICTS.get(error.outcome, Verdict.INTERNAL_ERROR)
    reason = _REASONS.get(verdict, str(error))
    return Diagnosis(submission.name, verdict, reason, notes=submission.notes)
