"""The accused expression of a line, and the line as its author would put it right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.given import HOSTILE, REPAIRED
from tutor.diagnosis.place import Module
from tutor.reports.marking import marking


def marked(source: str, line: int, repaired: str = "") -> tuple[str, str]:
    module = Module("m", "m.py", source)
    found = marking(module, line, repaired)
    return module.text(line)[found.start : found.end], found.repaired


def test_without_a_repair_the_statement_is_marked_and_not_its_comment() -> None:
    assert marked("def f(x):\n    return x*2  # twice\n", 2) == ("return x*2", "")


def test_only_what_the_repair_changes_is_marked_and_the_rest_is_spelt_as_it_was() -> None:
    source = "def f(x):\n    grad[idx] = (fxh1-fxh2) / 2*h   # slope\n"
    repaired = "grad[idx] = (fxh1 - fxh2) / (2 * h)"
    assert marked(source, 2, repaired) == ("(fxh1-fxh2) / 2*h", repaired)
    source = "y = exp_a/np.sum( exp_a )\n"
    assert marked(source, 1, "y = exp_a / np.sum(exp_a, axis=1)") == (
        "np.sum( exp_a )",
        "y = exp_a/np.sum(exp_a, axis=1)",
    )


def test_characters_of_several_bytes_before_it_shift_nothing() -> None:
    assert marked("勾配 = f('é', x)\n", 1, "勾配 = f('é', y)")[0] == "x"


def test_a_repair_whose_parentheses_would_be_lost_stays_as_it_is_printed() -> None:
    assert marked("y = a*b\n", 1, "y = a * (b + c)") == ("b", "y = a * (b + c)")


@pytest.mark.parametrize(
    ("source", "marked_code", "repaired"),
    [
        ("dW = slope(f,  W.copy())  # why?\n", "W.copy()", "dW = slope(f,  W)"),
        ("print(slope(f, W.copy()), 3)\n", "W.copy()", "print(slope(f, W), 3)"),
        ("slope(f, W.copy())\n", "W.copy()", "slope(f, W)"),
        ("for g in slope(f, W.copy()):\n    pass\n", "W.copy()", "for g in slope(f, W):"),
        # Of two it cannot be told which one is meant.
        ("a = slope(f, x) + slope(f, y)\n", "a = slope(f, x) + slope(f, y)", "slope(f, W)"),
    ],
)
def test_a_call_that_is_put_right_is_shown_in_its_line(
    source: str, marked_code: str, repaired: str
) -> None:
    assert marked(source, 1, "slope(f, W)") == (marked_code, repaired)


@pytest.mark.parametrize(
    ("repaired", "fits"),
    [("y = g(x)", True), ("g(x)", False), ("y = 1\nz = 2", True), ("return y", True)],
)
def test_an_expression_in_the_place_of_a_statement_belongs_elsewhere(
    repaired: str, fits: bool
) -> None:
    assert marking(Module("m", "m.py", "y = f(x)\n"), 1, repaired).fits is fits


@pytest.mark.parametrize("head", ["if", "while"])
def test_the_head_of_a_compound_statement(head: str) -> None:
    source = f"{head} y.ndim==1:\n    pass\n"
    assert marked(source, 1, f"{head} y.ndim == 2:") == ("1", f"{head} y.ndim==2:")


def test_a_repair_of_two_lines_marks_the_statement() -> None:
    assert marked("x = 1\n", 1, "x = 1\nreturn x") == ("x = 1", "x = 1\nreturn x")


def test_a_statement_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    source = "y = f(a,\n      b)\n"
    assert marked(source, 1, "y = f(a, c)") == ("y = f(a,", "y = f(a, c)")


def test_what_is_nested_too_deeply_to_be_compared_is_marked_whole() -> None:
    deep = "x = " + "+".join(["a"] * 3000)
    assert marked(f"{deep}\n", 1, deep.replace("a+a", "b+a", 1))[0] == deep


@given(st.text(max_size=80) | HOSTILE, st.integers(-2, 5), st.just(REPAIRED) | HOSTILE)
def test_any_line_of_any_source_has_a_mark_within_it(text: str, line: int, repaired: str) -> None:
    module = Module("m", "m.py", text)
    found = marking(module, line, repaired)
    assert found.start >= 0
    assert found.end <= len(module.text(line))
