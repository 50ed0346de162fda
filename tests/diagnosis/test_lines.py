"""The line of a definition that a pitfall most likely stands in."""

from __future__ import annotations

import ast

import pytest

from tutor.diagnosis.definitions import definitions
from tutor.diagnosis.lines import likely_line
from tutor.pitfalls import CATALOGUE

SOURCE = '''\
def softmax(x):
    """Subtract np.max(x), then take np.exp(x)."""
    m = np.max(x)
    x -= m
    e = np.exp(x).reshape(100, -1)
    s = np.sum(e)
    return e / s
'''
DEFINITION = definitions("__main__", ast.parse(SOURCE))["softmax"]


@pytest.mark.parametrize(
    ("pitfall", "line"),
    [
        ("softmax-global-max", 3),
        ("softmax-mutates-input", 4),
        ("softmax-overflow", 5),
        ("hard-coded-batch", 5),
        ("softmax-whole-batch", 6),
        ("softmax-missing-keepdims", 7),
    ],
)
def test_a_pitfall_stands_where_its_mark_is_and_not_in_the_docstring(
    pitfall: str, line: int
) -> None:
    assert likely_line(DEFINITION, SOURCE, pitfall) == line
    assert pitfall in CATALOGUE


def test_without_a_mark_it_is_the_last_return() -> None:
    assert likely_line(DEFINITION, SOURCE, "") == 7
    assert likely_line(DEFINITION, SOURCE, "stale-cache") == 7


def test_without_a_return_it_is_the_definition_itself() -> None:
    source = "\n\ndef loss(y, t):\n    pass\n"
    assert likely_line(definitions("__main__", ast.parse(source))["loss"], source, "") == 3
