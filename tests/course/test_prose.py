from __future__ import annotations

import pytest

from tutor.course.prose import literals, typed_numbers

SOURCE = frozenset({1e-4, 0.6, 784.0})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("three of 12, at (3, 4), x1 is float64 in 2x3", []),
        ("13 things", ["13"]),
        ("10,000 steps of 0.5 or .5 or 1e-4", ["10,000", "0.5", ".5", "1e-4"]),
        ("-0.25", ["0.25"]),
        ("`1e-4`, `0.0001`, `[0.6, 784]`", []),
        ("`0.7`", ["0.7"]),
        ("```\nh = 1e-4\nx = 77\n```\n0.5", ["77", "0.5"]),
        ("{loss:.13f} and {a[20]} and {evidence.report-1.b2}", []),
        ("https://example.org/2016/13.5.html", []),
        ("A sentence ends with 3. Another one.", []),
    ],
)
def test_numbers_that_should_be_figures(text: str, found: list[str]) -> None:
    assert [typed.text for typed in typed_numbers(text, SOURCE)] == found


def test_literals_are_numbers_of_the_code_alone() -> None:
    assert literals(["h = 1e-4  # not 55\nx = [0.6, 784]\ns = '99'\n"]) == SOURCE
