"""The exit code of one or of many diagnoses."""

import pytest

from tests.reports.given import advice, diagnosis, finding
from tutor.diagnosis.findings import Verdict
from tutor.reports import exit_code

CLEAN, WRONG = diagnosis(advice()), diagnosis(finding())
UNREADABLE = diagnosis(verdict=Verdict.UNREADABLE)


@pytest.mark.parametrize(
    ("diagnoses", "code"),
    [
        ([CLEAN], 0),
        ([CLEAN, CLEAN], 0),
        ([CLEAN, UNREADABLE], 2),
        ([UNREADABLE, WRONG, CLEAN], 1),
        ([], 2),
    ],
)
def test_wrong_goes_before_not_judged_before_clean(diagnoses: list, code: int) -> None:
    assert exit_code(diagnoses) == code


def test_no_failure_reads_as_clean() -> None:
    clean = {verdict for verdict in Verdict if exit_code([diagnosis(verdict=verdict)]) == 0}
    assert clean == {Verdict.CLEAN}
