"""Questions asked ahead: the answers are those of asking one by one, for whatever program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tutor.diagnosis.asked import Student
from tutor.diagnosis.rehearsal import Change, Rehearsal
from tutor.diagnosis.trial import HELPERS
from tutor.jail import Module, Oracle, Program

F = "def f(x): return 2 * x\n"
VERSIONS = (
    "def f(x): return 3 * x\n",
    "def f(x): return 4 * x\n",
    "def f(x): raise ValueError('no')\n",
    "def f(x):\n    x[...] = 7\n    return x\n",
    "def f(x): return x[:0]\n",
    "def f(x): return 5 * x\n",
)


class Counted:
    """Another oracle, and how often it was asked what."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.counts: Counter[str] = Counter()

    def ask(self, name: str, *values: object) -> Any:
        self.counts[name] += 1
        return self.oracle.ask(name, *values)


@pytest.fixture
def counted() -> Iterator[Counted]:
    program = Program(Module("__main__", "<the judge>", ""), (), f"from {HELPERS} import *\n")
    with Oracle(program) as oracle:
        yield Counted(oracle)


@pytest.fixture
def student(counted: Counted) -> Student:
    student = Student(counted)
    student.load([{"name": "__main__", "filename": "a.py", "source": F}], {})
    counted.counts.clear()
    return student


def changed(source: str) -> Change:
    return "redefine", ("f", source, 1, "__main__")


def measure(student: Student) -> tuple[Any, ...]:
    """Ask what depends on what was answered before."""
    first = student.observe("f", np.arange(3.0))
    if first.raised:
        return first.raised, first.line, student.observe("len", [1, 2]).value
    size = np.size(first.value)
    rest = [student.observe("f", np.full(2, float(k))) for k in range(4 if size else 1)]
    return first.value.tolist(), first.changed, [(one.value.tolist(), one.changed) for one in rest]


def test_the_answers_are_those_of_each_question_by_itself(student: Student) -> None:
    trials = Rehearsal(student)
    ahead = [trials.run([changed(text)], "f", measure) for text in VERSIONS]
    trials.close()
    alone = []
    for text in VERSIONS:
        student.redefine("f", text, 1, "__main__")
        alone.append(measure(student))
        student.restore()
    assert ahead == alone
    assert ahead[0] == ([0.0, 3.0, 6.0], (), [([3.0 * k, 3.0 * k], ()) for k in range(4)])
    assert ahead[2] == ("ValueError", 1, 2)


def test_what_was_asked_before_is_asked_at_once(student: Student, counted: Counted) -> None:
    trials = Rehearsal(student)
    trials.run([changed(VERSIONS[0])], "f", measure)
    counted.counts.clear()
    for text in (VERSIONS[1], VERSIONS[5], VERSIONS[0]):
        trials.run([changed(text)], "f", measure)
    assert counted.counts == {"rehearse": 3}


def test_a_change_that_does_not_run_is_measured_by_nothing(student: Student) -> None:
    trials = Rehearsal(student)
    assert trials.run([changed("def f(x) return x\n")], "f", measure) is None
    found = trials.run([changed(VERSIONS[0])], "f", measure)
    assert found is not None
    assert found[0] == [0.0, 3.0, 6.0]


def test_another_measurement_under_the_same_name_gives_its_own_figures(student: Student) -> None:
    trials = Rehearsal(student)
    trials.run([changed(VERSIONS[0])], "f", measure)
    found = trials.run([changed(VERSIONS[1])], "f", lambda s: s.observe("f", np.ones(1)).value)
    assert np.array_equal(found, [4.0])


def test_at_the_end_the_program_is_what_it_was(student: Student) -> None:
    trials = Rehearsal(student)
    trials.run([changed(VERSIONS[0])], "f", measure)
    trials.close()
    assert measure(student)[0] == [0.0, 2.0, 4.0]
