"""Elements that are not read back after a write, since a line before has shown what they are."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from tests.trace.corpus import matrix, point
from tutor.nets import numerical_gradient
from tutor.trace import record
from tutor.trace.known import KnownElements
from tutor.trace.syntax import Scope


def found(body):
    """Return the lines that read an element and those that write it, as the source says them."""
    function = ast.parse("def traced(f, x, i, h):\n" + "".join(f" {line}\n" for line in body))
    (node,) = function.body
    known = KnownElements()
    known.find(node.body, Scope(node))
    return ({ast.unparse(n) for n in known.reads}, {ast.unparse(n) for n in known.writes})


def test_a_write_to_the_element_that_a_line_before_has_read_is_known():
    lines = ["old = x[i]", "x[i] = old + h", "y = f(x)", "x[i] = old"]
    assert found(lines) == ({"old = x[i]"}, {"x[i] = old + h", "x[i] = old"})


@pytest.mark.parametrize(
    "between",
    [
        "x = x.copy()",
        "i = 2",
        "i += 1",
        "x.shape = (3, 2)",
        "x.resize(2)",
        "y = (i := 0)",
        "del x",
        "if h: i = 1",
        "for i in range(2): pass",
        "with h as x: pass",
        "import x",
    ],
)
def test_what_may_be_another_place_by_now_is_not_known(between):
    assert found(["old = x[i]", between, "x[i] = old"]) == (set(), set())


@pytest.mark.parametrize(
    "lines",
    [
        ["x[i] = h"],
        ["old = x[i]", "x[h] = old"],
        ["old = x[i]", "x[i] = (i := 0)"],
        ["old = x[i]", "x[i] = y = old"],
        ["x = x[i]", "x[i] = h"],
        ["i = x[i]", "x[i] = h"],
        ["old = x[f(i)]", "x[f(i)] = old"],
        ["old = f.x[i]", "f.x[i] = old"],
    ],
)
def test_a_write_without_a_plain_read_before_it_is_not_known(lines):
    assert found(lines) == (set(), set())


def written(function, *args):
    return record(function, *args).writes()["new"].tolist()


def nudged(x, i, h):
    old = x[i]
    x[i] = old + h
    x[i] = old
    return x


class Rounded(np.ndarray):
    def __setitem__(self, index, value):
        super().__setitem__(index, np.round(value))


def test_an_integer_array_shows_what_it_made_of_a_float():
    assert written(nudged, np.array([3, 4]), 1, 0.5) == [4.0, 4.0]


def test_a_single_precision_array_shows_what_it_made_of_a_float():
    x = np.array([0.1, 0.2], np.float32)
    assert written(nudged, x, 1, 1e-9) == [float(np.float32(0.2))] * 2


def test_an_array_with_a_will_of_its_own_shows_what_it_made_of_a_float():
    assert written(nudged, point().view(Rounded), 0, 0.4) == [3.0, 3.0]


def test_a_row_is_no_element():
    assert len(written(nudged, matrix(), 1, 0.5)) == 6


def test_a_float_array_shows_the_float_that_it_was_given():
    x = point()
    before = float(x[0])
    assert written(nudged, x, 0, 0.25) == [before + 0.25, before]


def test_a_python_float_is_recorded_like_the_element_that_it_becomes():
    def traced(x):
        old = x[0]
        x[0] = float(old) + 1.0
        return x

    x = point()
    recording = record(traced, x)
    (write,) = recording.state(2).writes
    assert (type(write.new), write.new) == (np.float64, x[0])


def test_a_line_that_raises_before_it_writes_is_the_last_step():
    def traced(x):
        old = x[0]
        x[0] = old / missing  # noqa: F821
        return x

    recording = record(traced, point())
    last = recording.state(len(recording) - 1)
    assert "missing" in last.exception
    assert last.writes == ()
    assert len(recording.writes()) == 0


def test_every_write_of_the_books_gradient_is_what_numpy_stored():
    seen = []

    def f(x):
        seen.append(x.copy())
        return float(np.sum(x**2))

    recording = record(numerical_gradient, f, matrix())
    table = recording.writes()
    stored = table[table["name"] == "x"]
    moved = [w["new"] for n, w in enumerate(stored) if n % 3 < 2]
    cells = [w["index"] for n, w in enumerate(stored) if n % 3 < 2]
    assert moved == [copy[tuple(cell)] for copy, cell in zip(seen, cells, strict=True)]
