"""Submissions and diagnoses that the reports' tests are about."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tutor.diagnosis.findings import (
    Diagnosis,
    Evidence,
    Finding,
    Left,
    ParameterCheck,
    PartTaken,
    Repair,
    Verdict,
)
from tutor.diagnosis.place import Module, Place
from tutor.diagnosis.submission import Submission
from tutor.pitfalls import Severity

SOURCE = """\
import numpy as np

def softmax(a):
    exp_a = np.exp(a - np.max(a))
    return exp_a / np.sum(exp_a)  # ひどい

def loss(y, t):
    return -np.sum(t * np.log(y))
"""

REPAIRED = "return exp_a / np.sum(exp_a, axis=-1, keepdims=True)"

# The first three lines are cell 2, the rest is cell 3.
PLACES = tuple(
    [Place("report3.ipynb", n, 2) for n in (1, 2, 3)]
    + [Place("report3.ipynb", n, 3) for n in range(1, 7)]
)


def script(source: str = SOURCE, **more: Any) -> Submission:
    return Submission(
        "report3.py", "in/report3.py", Module("report3", "report3.py", source), **more
    )


def notebook() -> Submission:
    main = Module("report3", "report3.ipynb", SOURCE, PLACES)
    return Submission("report3.ipynb", "in/report3.ipynb", main)


def folder() -> Submission:
    sibling = Module("common.functions", "common/functions.py", SOURCE)
    main = Module("train", "train.py", "from common.functions import *\n")
    return Submission("train.py", "in/train.py", main, (sibling,))


def finding(**changes: Any) -> Finding:
    values: dict[str, Any] = {
        "pitfall": "softmax-whole-batch",
        "severity": Severity.ERROR,
        "definition": "softmax",
        "module": "__main__",
        "line": 5,
        "sentence": "Softmax divides by the sum over the whole batch.",
        "evidence": (Evidence("mean difference of b2", 2 / 30, 0.0666666668),),
        "repair": Repair(True, 3e-9, REPAIRED, Left.NET),
        "lesson": "",
    }
    return Finding(**{**values, **changes})


def advice(**changes: Any) -> Finding:
    values = {
        "pitfall": "log-of-zero",
        "severity": Severity.ADVICE,
        "definition": "loss",
        "line": 8,
        "sentence": "log(0) is -inf.",
        "evidence": (Evidence("loss where y is 0", float("inf"), float("inf")),),
        "repair": None,
        "lesson": "log-epsilon",
    }
    return finding(**{**values, **changes})


def diagnosis(*findings: Finding, **changes: Any) -> Diagnosis:
    wrong = any(one.is_error for one in findings)
    values: dict[str, Any] = {
        "name": "report3.py",
        "verdict": Verdict.PITFALL if wrong else Verdict.CLEAN,
        "reason": "",
        "parts": (PartTaken("softmax", "softmax", "__main__", 3),),
        "findings": findings,
        "gradient_check": tuple(ParameterCheck(n, 0.9, 1 / 3) for n in ("W1", "b1", "W2", "b2")),
        "isolation": ("rlimits", "landlock 7"),
    }
    return Diagnosis(**{**values, **changes})


HOSTILE = st.text(max_size=60) | st.sampled_from(
    ["\x1b[2J\x1b]0;owned\x07", "\x9b31m", "a\nb\r\tc", "\u202eevil\u2066", "\ud800", "```\n# x"]
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.integers(-(10**9), 10**9)
FINDINGS = st.builds(
    Finding,
    pitfall=st.just("") | HOSTILE,
    severity=st.sampled_from(Severity),
    definition=HOSTILE,
    module=st.just("__main__") | HOSTILE,
    line=st.integers(0, 12),
    sentence=HOSTILE,
    evidence=st.lists(st.builds(Evidence, HOSTILE, NUMBERS | HOSTILE, NUMBERS | HOSTILE)).map(
        tuple
    ),
    repair=st.none()
    | st.builds(
        Repair,
        st.booleans(),
        st.none() | st.floats(),
        st.just(REPAIRED) | HOSTILE,
        st.sampled_from(Left),
    ),
    lesson=HOSTILE,
)
DIAGNOSES = st.builds(
    Diagnosis,
    name=HOSTILE,
    verdict=st.sampled_from(Verdict),
    reason=HOSTILE,
    parts=st.lists(
        st.builds(PartTaken, HOSTILE, HOSTILE, st.just("__main__") | HOSTILE, st.integers(0, 12)),
        max_size=3,
    ).map(tuple),
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    gradient_check=st.lists(
        st.builds(ParameterCheck, HOSTILE, st.floats(), st.none() | st.floats()), max_size=3
    ).map(tuple),
    notes=st.lists(HOSTILE, max_size=2).map(tuple),
    isolation=st.lists(HOSTILE, max_size=2).map(tuple),
)
SUBMISSIONS = (
    st.none()
    | st.sampled_from([script(), notebook(), folder()])
    | st.text(max_size=200).map(script)
    | HOSTILE.map(lambda text: script(f"x = 1\n'{text}'\n" * 3))
)
