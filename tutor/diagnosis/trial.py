"""A submission diagnosed: its code in the jail, the judge outside, and what goes wrong there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tutor.diagnosis.asked import Student
from tutor.diagnosis.ended import ending
from tutor.diagnosis.findings import Diagnosis, Verdict
from tutor.diagnosis.judge import judge
from tutor.diagnosis.submission import Submission
from tutor.jail import Isolation, Module, Oracle, OracleError, Program, start_early

SECONDS: Final = 10.0  # of processor time that a submission may use
_EACH: Final = 3.0  # for one question: what computes as long as that in one go has no end
_AGAIN: Final = 3.0  # for each try after one that failed
_TRIES: Final = 4
HELPERS: Final = "tutor.diagnosis.inside"


def diagnose(submission: Submission, seed: int = 0, seconds: float = SECONDS) -> Diagnosis:
    """Judge a submission. Whatever its code does, there is a verdict.

    Parameters
    ----------
    seconds : float
        Processor time that its code may use in all; three times as much by the clock.
    """
    if not submission.has_code:
        from tutor.diagnosis.figures import from_figures  # long to import, and seldom needed

        return from_figures(submission)
    start_early(HELPERS)
    trial = _Trial(submission, seed)
    try:
        found = trial.hold(seconds, definitions_only=False)
        if isinstance(found, OracleError):
            found = trial.rescued(found, min(seconds, _AGAIN))
        found = _with_remarks(found, submission)
    except Exception as error:  # a fault of the judge's: it must not be taken for the student's
        text = f"gradtutor stopped at this file, and that is its own fault: {_told(error)}."
        found = Diagnosis(submission.name, Verdict.INTERNAL_ERROR, text, notes=submission.notes)
    return replace(found, isolation=trial.isolation.layers)


def _with_remarks(found: Diagnosis, submission: Submission) -> Diagnosis:
    """Add what the printed figures show, if any were handed in."""
    if not submission.outputs:
        return found
    from tutor.diagnosis.figures import read_figures

    return replace(found, remarks=read_figures(submission))


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(".: ")


class _Trial:
    """The tries that one submission takes, each in a jail of its own."""

    def __init__(self, submission: Submission, seed: int) -> None:
        self.submission = submission
        self.seed = seed
        self.isolation = Isolation()
        self.deadly: set[str] = set()

    def hold(self, seconds: float, *, definitions_only: bool) -> Diagnosis | OracleError:
        """Judge it; return what ended that, if something did, and note what was examined then."""
        oracle = Oracle(judges_program(), seconds=seconds, seconds_each=_EACH)
        student = Student(oracle)
        try:
            with oracle:
                self.isolation = oracle.isolation
                return judge(
                    self.submission, student, self.seed, definitions_only, frozenset(self.deadly)
                )
        except OracleError as error:
            self.isolation = oracle.isolation
            self.deadly |= {student.examining} - {""}
            return error

    def rescued(self, error: OracleError, seconds: float) -> Diagnosis:
        """Judge what can be judged of a file whose run was ended.

        Nothing but its definitions is run, and of those nothing that ended a try. A pitfall that
        is proved so goes before the way in which the run ended.
        """
        verdict, reason = ending(error, self.submission)
        for _ in range(_TRIES):
            before = set(self.deadly)
            found = self.hold(seconds, definitions_only=True)
            if isinstance(found, Diagnosis):
                if found.errors:
                    return replace(found, notes=(*found.notes, reason))
                return replace(found, verdict=verdict, reason=reason)
            if self.deadly == before:
                break
        return Diagnosis(self.submission.name, verdict, reason, notes=self.submission.notes)


def judges_program() -> Program:
    """Return a program of nothing but the judge's helpers: they load the student's modules."""
    return Program(Module("__main__", "<the judge>", ""), (), f"from {HELPERS} import *\n")
