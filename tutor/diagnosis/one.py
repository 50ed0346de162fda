"""One hand-in, named by its path or given as its text, judged."""

from __future__ import annotations

import os
from pathlib import PurePath

from tutor.diagnosis.findings import Diagnosis, Verdict
from tutor.diagnosis.submission import Submission, read_submission, read_text
from tutor.diagnosis.trial import HELPERS, diagnose
from tutor.diagnosis.unreadable import Kind, Unreadable
from tutor.jail import Oracle, start_early


def diagnose_one(path_or_source: str | os.PathLike[str], seed: int, seconds: float) -> Diagnosis:
    """Judge a file, or a source text of more than one line; see `tutor.diagnose`."""
    start_early(HELPERS)
    try:
        submission = _read(path_or_source)
    except Unreadable as error:
        ours = error.kind is Kind.INTERNAL
        verdict = Verdict.INTERNAL_ERROR if ours else Verdict.UNREADABLE
        return Diagnosis(error.name, verdict, error.sentence)
    with Oracle("", submission.name, load=False, refuse_unsafe=True):
        pass
    return diagnose(submission, seed, seconds)


def _read(path_or_source: str | os.PathLike[str]) -> Submission:
    if isinstance(path_or_source, PurePath) or "\n" not in os.fspath(path_or_source):
        return read_submission(path_or_source)
    return read_text(str(path_or_source), "the source")
