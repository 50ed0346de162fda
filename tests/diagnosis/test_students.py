"""Hand-ins of learners, wrong and right, each judged in the jail and held beside the truth.

The truth was written down by hand before anything was judged; see the head of truth_a.toml.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tutor.diagnosis.findings import Diagnosis, Finding
from tutor.diagnosis.gather import gather
from tutor.diagnosis.submission import Submission
from tutor.diagnosis.trial import diagnose

HERE = Path(__file__).parent.parent / "students"
TRUTH: dict[str, dict[str, Any]] = {
    name: told
    for part in ("truth_a.toml", "truth_m.toml")
    for name, told in tomllib.loads((HERE / part).read_text(encoding="utf-8")).items()
}
NAMES = sorted(TRUTH)
WRONG = [name for name in NAMES if TRUTH[name]["verdict"] != "CLEAN"]
RIGHT = [name for name in NAMES if TRUTH[name]["verdict"] == "CLEAN"]

Line = tuple[int | None, int]


@dataclass(frozen=True)
class Judged:
    submission: Submission
    diagnosis: Diagnosis

    def line(self, finding: Finding) -> Line:
        """Return the cell and the line of a finding."""
        main = self.submission.main.name
        module = main if finding.module == "__main__" else finding.module
        place = self.submission.place(module, finding.line)
        return place.cell, place.line

    @property
    def errors(self) -> list[Finding]:
        return list(self.diagnosis.errors)


@cache
def hand_ins() -> dict[str, Submission]:
    found = gather([HERE], each_folder=True)
    return {one.name.rstrip("/"): one for one in found if isinstance(one, Submission)}


@cache
def judged(name: str) -> Judged:
    submission = hand_ins()[name]
    return Judged(submission, diagnose(submission))


def wanted(name: str) -> list[dict[str, Any]]:
    found = TRUTH[name]["findings"]
    return [f for f in found if f.get("severity", "error") == "error"]


def accepted(truth: dict[str, Any]) -> Iterator[Line]:
    yield truth.get("cell"), truth["line"]
    for line in truth.get("lines", ()):
        yield (line[0], line[1]) if isinstance(line, list) else (None, line)


def test_every_hand_in_has_a_truth_and_every_truth_a_hand_in() -> None:
    assert set(hand_ins()) >= set(NAMES)
    assert len(NAMES) == 105


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_accused_of_what_is_wrong_and_of_nothing_else(name: str) -> None:
    found = judged(name)
    truth = {f.get("pitfall", "") for f in wanted(name)}
    errors = {finding.pitfall for finding in found.errors}
    assert found.diagnosis.verdict.value == TRUTH[name]["verdict"], found.diagnosis.reason
    assert truth <= errors
    assert errors - truth <= set(TRUTH[name].get("also", ()))


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_file_is_accused_of_nothing(name: str) -> None:
    found = judged(name)
    assert [f.pitfall for f in found.errors] == []
    assert found.diagnosis.verdict.value == "CLEAN", found.diagnosis.reason


@pytest.mark.parametrize("name", WRONG)
def test_the_accused_line_is_the_wrong_one(name: str) -> None:
    found = judged(name)
    for truth in wanted(name):
        same = [f for f in found.errors if f.pitfall == truth.get("pitfall", "")]
        assert {found.line(f) for f in same} & set(accepted(truth)), truth


@pytest.mark.parametrize("name", WRONG)
def test_a_repair_is_a_change_that_a_teacher_would_make(name: str) -> None:
    for finding in judged(name).errors:
        if finding.repair is None:
            continue
        left = finding.repair.max_relative_error
        assert left is None or (math.isfinite(left) and left < 1e-3), finding
        assert "pass" not in finding.repair.line.split("\n"), finding
        assert "out=-" not in finding.repair.line, finding


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_without_a_name_is_described_by_its_pattern(name: str) -> None:
    for finding in judged(name).errors:
        if not finding.pitfall:
            assert finding.sentence.endswith("."), finding
            assert finding.evidence, finding


def test_a_factor_that_nobody_has_a_name_for_is_said_with_its_figure() -> None:
    (finding,) = judged("zoe.py").errors
    told = re.search(r"is ([\d.]+) times the slope", finding.sentence)
    assert told, finding.sentence
    assert float(told[1]) == pytest.approx(1.5, abs=1e-4)
