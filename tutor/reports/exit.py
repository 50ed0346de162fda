"""The exit code of `gradtutor diagnose`."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.diagnosis.findings import Diagnosis

NOTHING_WRONG = 0
WRONG = 1
CANNOT_JUDGE = 2


def exit_code(diagnoses: Iterable[Diagnosis]) -> int:
    """Return 1 if anything is wrong, else 2 if anything could not be judged, else 0.

    Advice leaves it 0. Where nothing at all was judged it is 2.
    """
    codes = {diagnosis.verdict.exit_code for diagnosis in diagnoses}
    if WRONG in codes:
        return WRONG
    return NOTHING_WRONG if codes == {NOTHING_WRONG} else CANNOT_JUDGE
