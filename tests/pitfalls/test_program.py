"""A whole wrong file: of one pitfall, of two, and what happens where two want one line."""

import inspect
import itertools
import linecache
import random

import numpy as np
import pytest

from tutor.pitfalls import CATALOGUE, EditError, Setting, code_of, find, program
from tutor.pitfalls.entries.softmax import bias_difference
from tutor.pitfalls.measuring import network_ratio

SETTING = Setting(N=3, K=10, D=4, H=6)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_a_file_with_one_pitfall_differs_from_the_right_one_and_runs(slug):
    text = program(slug)
    assert text != program()
    names = {}
    exec(compile(text, slug, "exec"), names)
    assert callable(names["softmax"])


def test_the_file_and_the_compiled_code_are_the_same():
    names = {}
    exec(program("softmax-whole-batch"), names)
    compiled = code_of("softmax-whole-batch")
    np.testing.assert_array_equal(names["softmax"](SETTING.x), compiled.softmax(SETTING.x))
    assert compiled.softmax(SETTING.x).sum() == pytest.approx(1)


def test_two_pitfalls_show_both_figures():
    both = code_of("missing-batch-division", "sigmoid-sign")
    assert network_ratio(both, SETTING) == pytest.approx(3, rel=1e-3)
    assert both.sigmoid(np.array([-50.0]))[0] == pytest.approx(1)


def test_the_net_of_a_report_has_two():
    reported = code_of("softmax-whole-batch", "log-of-zero")
    assert bias_difference(reported, SETTING) == pytest.approx(0.0666666667, abs=1e-9)


def test_two_divisions_compound():
    both = code_of("loss-not-averaged", "double-batch-division")
    assert network_ratio(both, SETTING) == pytest.approx(1 / 9, rel=1e-3)


def test_missing_and_double_division_make_up_for_each_other():
    assert network_ratio(
        code_of("missing-batch-division", "double-batch-division"), SETTING
    ) == pytest.approx(1, rel=1e-3)


def test_the_same_line_cannot_be_wrong_in_two_ways():
    with pytest.raises(EditError, match="cannot stand in one file"):
        program("step-precedence", "sum-not-difference")


def test_most_pairs_can_stand_in_one_file():
    pairs = random.Random(0).sample(list(itertools.combinations(CATALOGUE, 2)), 300)
    together = 0
    for pair in pairs:
        try:
            compile(program(*pair), "pair", "exec")
        except EditError:
            continue
        together += 1
    assert together > 0.9 * len(pairs)


def test_one_file_does_not_change_another():
    code_of("relu-mask").Relu.backward = None
    assert code_of("relu-mask").Relu.backward is not None
    assert code_of().Relu.backward is not None


def test_a_wrong_part_can_be_shown_and_keeps_its_source():
    wrong = find("step-precedence").wrong
    linecache.checkcache()
    assert "grad[idx] = (fxh1 - fxh2) / 2 * h" in inspect.getsource(wrong)
    assert find("step-precedence").source() == inspect.getsource(wrong)
