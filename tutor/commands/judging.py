"""Submissions read and judged one after the other; whatever happens, each has its row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO

from tutor.diagnosis.findings import Diagnosis, Verdict
from tutor.diagnosis.gather import gather
from tutor.diagnosis.submission import Submission
from tutor.diagnosis.trial import diagnose
from tutor.diagnosis.unreadable import Kind, Unreadable
from tutor.jail import Oracle, OracleError, Unsafe
from tutor.reports import Item


def refusal() -> str:
    """Return why nothing is run here, empty where something would keep the code in."""
    try:
        with Oracle("", "a student's code", load=False, refuse_unsafe=True):
            return ""
    except Unsafe:
        return (
            "Nothing was run: on this system nothing would keep a student's code from doing harm. "
            "Add --unsafe if you trust it."
        )
    except OracleError:
        return ""  # that it cannot be run at all is said of each submission


def judge_all(
    paths: Sequence[str],
    each_folder: bool,
    stdin: IO[bytes] | None,
    seed: int,
    seconds: float,
    progress: Callable[[int, int], None],
) -> Iterator[Item]:
    """Yield one row for each submission, in order.

    Parameters
    ----------
    seconds : float
        Processor time for each.
    progress : callable
        Told how many are done and how many there are.
    """
    found = list(gather(paths, each_folder, stdin))
    for done, one in enumerate(found):
        progress(done, len(found))
        yield judge(one, seed, seconds)
    progress(len(found), len(found))


def judge(found: Submission | Unreadable, seed: int, seconds: float) -> Item:
    """Return the row of one submission."""
    if isinstance(found, Unreadable):
        ours = found.kind is Kind.INTERNAL
        verdict = Verdict.INTERNAL_ERROR if ours else Verdict.UNREADABLE
        return Item(Diagnosis(found.name, verdict, found.sentence), None, found.path)
    try:
        return Item(diagnose(found, seed, seconds), found, found.path)
    except Exception as error:
        # One submission that we fail on must not keep the next from being judged.
        told = f"{type(error).__name__}: {error}".rstrip(".: ")
        text = f"gradtutor stopped at this file, and that is its own fault: {told}."
        return Item(Diagnosis(found.name, Verdict.INTERNAL_ERROR, text), found, found.path)
