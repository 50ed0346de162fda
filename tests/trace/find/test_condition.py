"""What a condition may be, and what is said of one that cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.trace.find import Condition, ConditionError


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("fxh1 = fxh2", "Write == to compare"),
        ("(y := 3) > 2", "Write == to compare"),
        ("import os", "is a statement"),
        ("for i in x: pass", "is a statement"),
        ("x[0,", "no Python expression"),
        ("fxh1 >", "at its end"),
        ("a ) b", "at column 3"),
        ("x.__class__", "__class__, which is Python's own"),
        ("__import__('os')", "__import__"),
        ("(yield x)", "no condition"),
        ("x\0", "cannot be read|no Python expression"),
        ("(" * 5000 + ")" * 5000, "no Python expression|cannot be read"),
    ],
)
def test_what_is_no_condition_gets_a_sentence(expression, sentence):
    with pytest.raises(ConditionError, match=sentence) as caught:
        Condition(expression)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("fxh1 == fxh2", {"fxh1", "fxh2"}),
        ("[v for v in x if v > a]", {"x", "a"}),
        ("[x for x in x]", {"x"}),
        ("[x for y in z for x in y] and x", {"x", "z"}),
        ("(lambda u, v=b: u + w)(1)", {"b", "w"}),
        ("{k: v for k, v in p}", {"p"}),
        ("np.abs(x).max() > inf", {"np", "x", "inf"}),
    ],
)
def test_it_knows_its_names(expression, names):
    assert Condition(expression).names == names


def test_it_has_the_helpers_and_nothing_else_of_python():
    assert Condition("np.sum(x) == sum(x) and not isnan(max(x))").holds({"x": np.arange(3)})
    with pytest.raises(ConditionError, match="no name open"):
        Condition("open('f')").check(["x"])


def test_a_name_of_the_run_goes_before_a_helper():
    assert Condition("max > 2").holds({"max": 3})


def test_all_names_are_listed_where_none_is_near():
    with pytest.raises(ConditionError, match="It has x, fxh1, "):
        Condition("something_else").check(["x", "fxh1"])
