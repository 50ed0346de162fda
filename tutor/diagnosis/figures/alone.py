"""A hand-in of figures without any code: judged as far as figures go."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.diagnosis.figures.reading import read_figures
from tutor.diagnosis.figures.remark import Remark
from tutor.diagnosis.findings import Diagnosis, Finding, Verdict
from tutor.diagnosis.submission import Submission
from tutor.pitfalls import CATALOGUE

PRINTED = "<printed>"


def from_figures(submission: Submission) -> Diagnosis:
    """Return what printed figures alone prove; nothing is run, so nothing is repaired."""
    remarks = read_figures(submission)
    findings = tuple(_findings(remarks))
    if any(finding.is_error for finding in findings):
        verdict, reason = Verdict.PITFALL, "The printed figures leave no other explanation."
    else:
        verdict, reason = Verdict.MISSING_FUNCTION, "There is no code in it to judge."
    return Diagnosis(
        submission.name,
        verdict,
        reason,
        findings=findings,
        notes=submission.notes,
        remarks=remarks,
    )


def _findings(remarks: Sequence[Remark]) -> list[Finding]:
    """Return a finding for each pitfall that figures prove to the digits printed."""
    certain = {r.pitfall: r for r in remarks if r.certain and r.pitfall in CATALOGUE}
    return [_finding(remark) for remark in certain.values()]


def _finding(remark: Remark) -> Finding:
    entry = CATALOGUE[remark.pitfall]
    return Finding(
        remark.pitfall,
        entry.severity,
        PRINTED,
        "__main__",
        0,
        entry.sentence,
        remark.evidence,
        None,
        entry.lesson,
    )
