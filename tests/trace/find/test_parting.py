"""Where two runs part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from tests.trace.find.naive import few, read, saved
from tests.trace.programs import arrays, loaded, programs
from tests.trace.test_properties import run
from tutor.nets import SimpleNet, numerical_gradient
from tutor.trace import record
from tutor.trace.find import first_parting

X, T = np.array([0.6, 0.9]), np.array([0, 0, 1])


@few
@given(programs(), arrays())
def test_a_run_does_not_part_from_itself(text, x):
    assert first_parting(run(text, x.copy()), run(text, x.copy())) is None


@few
@given(programs(), arrays())
def test_before_they_part_every_value_is_the_same(text, x):
    other = x.copy()
    other[1, 2] += 1
    left, right = run(text, x), run(text, other)
    found = first_parting(left, right)
    assert found == (0, 0) or (found is None and not x.size)  # x itself is another


@few
@given(programs(), arrays())
def test_another_f_parts_where_its_value_comes_in(text, x):
    function = loaded(text)
    left = record(function, lambda x: 1.0, x.copy())
    right = record(function, lambda x: 2.0, x.copy())
    found = first_parting(left, right)
    last = len(left) if found is None else found[0]
    for step in range(min(last, len(left), len(right))):
        mine, other = left.state(step), right.state(step)
        assert mine.line == other.line
        shown = {n: read(v) for n, v in mine.names.items() if n != "f"}
        assert shown == {n: read(v) for n, v in other.names.items() if n != "f"}
    if found is not None and found[0] == found[1] < min(len(left), len(right)):
        mine, other = left.state(found[0]), right.state(found[1])
        differ = any(read(v) != read(other.names.get(n)) for n, v in mine.names.items())
        assert differ or mine.line != other.line or mine.exception != other.exception


def gradient_of(net, x):
    return record(numerical_gradient, lambda W: net.loss(X, T), x)


def test_a_copy_parts_from_net_W_at_the_first_value_of_f():
    net = SimpleNet(rng=0)
    left, right = gradient_of(net, net.W), gradient_of(net, net.W.copy())
    found = first_parting(left, right)
    assert found is not None
    assert found[0] == found[1]
    assert left.iteration_of(found[0]) == 0
    assert left.state(found[0]).assigned == ("fxh1",)


REPAIRED = """
def program(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in np.ndindex(*x.shape):
        kept = x[idx]
        x[idx] = kept + h
        fxh1 = f(x)
        x[idx] = kept - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = kept
    return grad
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("/ (2 * h)", "/ 2 * h", "grad[idx] = (fxh1 - fxh2) / 2 * h"),
        ("kept - h", "kept + h", "x[idx] = kept + h"),
        ("1e-4", "1e-3", "h = 1e-3"),
    ],
)
def test_before_and_after_a_repair_they_part_where_it_shows(right, wrong, line):
    x = np.array([[1.0, 2.0]])
    broken = record(loaded(REPAIRED.replace(right, wrong)), lambda x: float(x.sum()), x.copy())
    repaired = record(loaded(REPAIRED), lambda x: float(x.sum()), x.copy())
    found = first_parting(broken, repaired)
    assert found is not None
    assert broken.source.line(broken.line_of(found[0])).strip() == line
    assert found[0] == found[1]


def test_a_line_that_puts_the_element_back_is_where_they_part():
    x = np.array([[1.0, 2.0]])
    text = REPAIRED.replace("        x[idx] = kept\n", "")
    broken = record(loaded(text), lambda x: float(x.sum()), x.copy())
    repaired = record(loaded(REPAIRED), lambda x: float(x.sum()), x.copy())
    found = first_parting(broken, repaired)
    assert found is not None
    assert broken.iteration_of(found[0]) in (0, 1)


@pytest.mark.parametrize("line", ["str(kept)", "x[idx] = x[idx]"])
def test_a_line_that_changes_nothing_is_passed_over(line):
    text = REPAIRED.replace("        fxh1 = f(x)", f"        {line}\n        fxh1 = f(x)")
    x = np.array([[1.0, 2.0]])
    left = record(loaded(text), lambda x: float(x.sum()), x.copy())
    right = record(loaded(REPAIRED), lambda x: float(x.sum()), x.copy())
    assert first_parting(left, right) is None


def test_a_run_that_was_saved_parts_where_it_parted():
    x = np.array([[1.0, 2.0]])
    text = REPAIRED.replace("kept - h", "kept + h")
    broken = record(loaded(text), lambda x: float(x.sum()), x.copy())
    right = record(loaded(REPAIRED), lambda x: float(x.sum()), x.copy())
    assert first_parting(saved(broken), saved(right)) == first_parting(broken, right)


def test_a_nan_is_as_a_nan():
    x = np.array([[np.nan, 2.0]])
    left, right = (record(loaded(REPAIRED), lambda x: float(x.sum()), x.copy()) for _ in "12")
    assert first_parting(left, right) is None


def test_a_run_that_ends_earlier_parts_at_its_end():
    def fails(x):
        raise ValueError

    x = np.array([[1.0, 2.0]])
    left = record(loaded(REPAIRED), lambda x: float(x.sum()), x.copy())
    right = record(loaded(REPAIRED), fails, x.copy())
    found = first_parting(left, right)
    assert found is not None
    assert found[1] == len(right) - 1
