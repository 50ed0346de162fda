"""A module as it reads once a finding's line is put right."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest

from tutor.diagnosis.definitions import definitions
from tutor.diagnosis.findings import Finding, Repair
from tutor.diagnosis.names import Role
from tutor.diagnosis.shown.repaired import repaired
from tutor.pitfalls import Severity

SOURCE = """\
import numpy as np


def softmax(x):
    e = np.exp(x)
    return e / np.sum(
        e
    )


def train(n):
    for i in range(n
                   - 1):
        step(i)
        if i: step(i)
"""


def finding(line: int, repair: str, confirmed: bool = True) -> Finding:
    put = Repair(confirmed, 1e-9, repair)
    return Finding("p", Severity.ERROR, "softmax", "__main__", line, "It is wrong.", (), put)


def changed(line: int, repair: str, source: str = SOURCE) -> str:
    return repaired(source, finding(line, repair), None, None)


@pytest.mark.parametrize(
    ("line", "repair", "old", "new"),
    [
        (5, "e = np.exp(x - x.max())", "    e = np.exp(x)", "    e = np.exp(x - x.max())"),
        (
            7,
            "return e / np.sum(e, axis=-1, keepdims=True)",
            "    return e / np.sum(\n        e\n    )",
            "    return e / np.sum(e, axis=-1, keepdims=True)",
        ),
        (14, "step(i)\nstep(i)", "        step(i)\n", "        step(i)\n        step(i)\n"),
        (
            12,
            "for i in range(n):",
            "    for i in range(n\n                   - 1):",
            "    for i in range(n):",
        ),
        (14, "pass", "        step(i)\n", "        pass\n"),
    ],
    ids=["a statement", "of several lines", "by two", "a header", "left out"],
)
def test_only_that_statement_reads_otherwise(line: int, repair: str, old: str, new: str) -> None:
    assert SOURCE.count(old) == 1
    assert changed(line, repair) == SOURCE.replace(old, new)


@pytest.mark.parametrize(
    ("line", "repair"),
    [
        (5, "x - x.max()"),  # a part of the line: where it belongs is not told
        (5, "np.exp("),
        (14, "    ]"),
        (13, "pass"),  # in the place of a header its body would hang in the air
        (1000, "e = 1"),
        (15, "if i: step(i)\n  else"),
    ],
)
def test_what_fits_nowhere_leaves_no_source_that_does_not_run(line: int, repair: str) -> None:
    assert changed(line, repair) == ""


def test_what_a_repair_needs_is_imported_where_the_file_does_not() -> None:
    found = changed(5, "e = copy.copy(np.exp(x))")
    assert "    import copy; e = copy.copy(np.exp(x))\n" in found


def test_a_line_of_another_body_keeps_its_indentation() -> None:
    class_source = "class A:\n    def f(self):\n        self.db = 1\n        return 2\n"
    found = changed(3, "self.db = 3", class_source)
    assert found == class_source.replace("= 1", "= 3")


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_part_is_put_in_for_the_whole_definition(confirmed: bool) -> None:
    owner = next(d for d in definitions("__main__", ast.parse(SOURCE)).values() if d.line == 4)
    told = finding(7, "", confirmed)
    found = repaired(SOURCE, told, Role.SOFTMAX, owner)
    if not confirmed:
        assert found == ""
        return
    assert "def train(n):" in found
    assert "e / np.sum(\n" not in found
    names: dict[str, Any] = {}
    exec(compile(found, "put_right.py", "exec"), names)
    rows = names["softmax"](np.array([[1.0, 2.0], [3.0, 5.0]])).sum(axis=-1)
    np.testing.assert_allclose(rows, 1.0)


def test_without_a_repair_there_is_nothing_to_put_in() -> None:
    told = Finding("p", Severity.ERROR, "softmax", "__main__", 7, "It is wrong.")
    assert repaired(SOURCE, told, Role.SOFTMAX, None) == ""
