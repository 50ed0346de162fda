"""A run recorded anew is shown at the place where the reader was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tutor.trace import Cursor, Recording, record
from tutor.tracing import same_place

_SOURCE = """import numpy as np


def slopes(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.size):
        keep = x[i]
        x[i] = keep + h
        fxh1 = f(x)
        x[i] = keep - h
        fxh2 = f(x)
        grad[i] = (fxh1 - fxh2) / (2 * h)
        x[i] = keep
    return grad
"""
Make = Callable[..., Recording]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    count = iter(range(100))

    def made(old: str = "", new: str = "", size: int = 4) -> Recording:
        assert old in _SOURCE
        file = tmp_path / f"slopes{next(count)}.py"
        file.write_text(_SOURCE.replace(old, new) if old else _SOURCE)
        names: dict[str, object] = {}
        exec(compile(file.read_text(), str(file), "exec"), names)
        found = record(names["slopes"], np.sum, np.arange(float(size)))  # type: ignore[arg-type]
        assert isinstance(found, Recording)
        return found

    return made


def _at(run: Recording, iteration: int, text: str) -> Cursor:
    cursor = Cursor(run)
    steps = range(run.iteration_start(iteration), run.iteration_end(iteration) + 1)
    cursor.go_to(next(k for k in steps if text in run.source.line(run.line_of(k))))
    return cursor


def test_every_step_of_the_same_run_is_its_own_place(make: Make) -> None:
    run, again = make(), make()
    for step in range(len(run)):
        cursor = Cursor(run)
        cursor.go_to(step)
        assert same_place(cursor, again) == step


def test_a_line_that_runs_several_times_in_an_iteration_keeps_its_turn(make: Make) -> None:
    inner = "        for k in range(3):\n            keep = x[i] + 0 * k\n"
    run, new = make("        keep = x[i]\n", inner), make("        keep = x[i]\n", inner)
    steps = range(run.iteration_start(1), run.iteration_end(1) + 1)
    turns = [k for k in steps if "keep = x" in run.source.line(run.line_of(k))]
    assert len(turns) == 3
    for step in turns:
        cursor = Cursor(run)
        cursor.go_to(step)
        assert same_place(cursor, new) == step


def test_a_line_is_found_by_its_text_where_lines_came_before_it(make: Make) -> None:
    run, new = make(), make("    h = 1e-4\n", "    # the step\n    h = 1e-4\n    n = x.size\n")
    step = same_place(_at(run, 2, "fxh2 = f(x)"), new)
    assert new.iteration_of(step) == 2
    assert "fxh2 = f(x)" in new.source.line(new.line_of(step))


def test_a_line_that_was_changed_is_where_the_nearest_one_is(make: Make) -> None:
    run, new = make(), make("keep - h", "keep - 2 * h")
    step = same_place(_at(run, 1, "keep - h"), new)
    assert new.iteration_of(step) == 1
    assert "keep - 2 * h" in new.source.line(new.line_of(step))


def test_fewer_iterations_lead_to_the_last_one(make: Make) -> None:
    run, new = make(), make(size=2)
    step = same_place(_at(run, 3, "fxh1 = f(x)"), new)
    assert new.iteration_of(step) == 1
    assert "fxh1 = f(x)" in new.source.line(new.line_of(step))


def test_before_and_after_the_loop_stay_before_and_after_it(make: Make) -> None:
    run, new = make(), make(size=7)
    for step, text in ((1, "h = 1e-4"), (len(run) - 1, "return grad")):
        cursor = Cursor(run)
        cursor.go_to(step)
        found = same_place(cursor, new)
        assert new.iteration_of(found) is None
        assert text in new.source.line(new.line_of(found))


def test_a_run_without_a_loop_is_looked_through_as_a_whole(make: Make) -> None:
    run = make()
    new = make("    for i in range(x.size):\n", "    for i in range(0):\n")
    step = same_place(_at(run, 1, "fxh1 = f(x)"), new)
    assert 0 <= step < len(new)
