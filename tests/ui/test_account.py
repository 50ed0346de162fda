"""What happened at a step, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.ui.runs import Empty, Printing, dead, fails_at, gradient, numerical_gradient, straight_on
from tutor.trace import record
from tutor.trace.state import Note
from tutor.ui.drawing.account import Told, account, nothing


def told(steps: object, step: int, title: str = "") -> Told:
    return Told(title, steps.state(step), steps.memory(step), steps.notes)


def text(*some: Told, notes: tuple[str, ...] = (), cells: int = 56) -> str:
    lines = account(some, notes, cells)
    assert all(line.width <= cells for line in lines)
    return "\n".join(line.text.rstrip() for line in lines)


def at(steps: object, code: str) -> int:
    return next(
        k
        for k in range(len(steps))
        if steps.state(k).source.line(steps.state(k).line).strip().startswith(code)
    )


def test_a_write_is_told_with_both_values_in_full_and_the_names_that_share_it() -> None:
    class Net:
        def __init__(self) -> None:
            self.W = np.array([[-1.15726607, 0.5]])

    net = Net()

    def loss(x: np.ndarray) -> float:
        return float(np.sum(net.W))

    steps = record(numerical_gradient, loss, net.W)
    said = text(told(steps, at(steps, "x[idx] = tmp_val + h")))
    assert "wrote    x[0, 0]  -1.15726607 -> -1.15716607" in " ".join(said.split("\n"))
    assert "net.W: the same memory, so changed as well" in said
    assert "same memory" not in text(told(steps, at(steps, "grad[idx]")))


def test_a_call_whose_value_is_kept_is_told_once() -> None:
    steps = gradient()
    said = text(told(steps, at(steps, "fxh1")))
    assert said.count("91.0002") == 1
    assert "from f" in said or "from squares" in said


def test_a_value_that_a_call_returned_inside_a_line_is_told_with_its_caller() -> None:
    steps = gradient()
    state = replace(steps.state(at(steps, "fxh1")), assigned=())
    assert "returned" in text(Told("", state))


def test_what_a_function_returns_and_what_it_raises() -> None:
    steps = record(straight_on, 3)
    assert "returns  8" in text(told(steps, len(steps) - 1))
    failed = record(fails_at, [1.0, 2.0, 3.0])
    assert "raised   ZeroDivisionError" in text(told(failed, len(failed) - 1))


def test_a_line_that_changes_nothing_says_so() -> None:
    steps = gradient()
    assert "It changed nothing that is recorded." in text(told(steps, at(steps, "it.iternext")))


def test_a_write_that_changes_nothing_is_told_as_one() -> None:
    steps = gradient(dead)
    assert "grad[0, 2]  stays 0" in text(
        told(steps, [k for k in range(len(steps)) if "grad[idx]" in code(steps, k)][2])
    )


def code(steps: object, step: int) -> str:
    return steps.source.line(steps.line_of(step))


def test_more_elements_than_are_shown_are_counted() -> None:
    def fill(x: np.ndarray) -> None:
        x[:] = 1.0

    steps = record(fill, np.zeros(50))
    said = text(told(steps, at(steps, "x[:] = 1.0")))
    assert said.count("0 -> 1") == 12
    assert "and 38 more elements" in said


@pytest.mark.parametrize("cells", [30, 56, 78])
def test_what_was_printed_stands_beside_its_line_and_commands_the_terminal_nothing(
    cells: int,
) -> None:
    said = text(told(Printing("one\n\x1b[2Jtwo\n" + "long " * 40), 1), cells=cells)
    assert "printed  | one" in said
    assert "\x1b" not in said
    assert "printed" not in text(told(Printing("one"), 0), cells=cells)


def test_a_flood_is_cut_with_its_number() -> None:
    assert "and 960 more lines" in text(told(Printing("x\n" * 1000), 1))


def test_notes_of_the_step_come_first_and_others_say_where() -> None:
    said = text(told(Printing(""), 0), notes=("The call was built.\n    net = Net(2)",))
    assert "at step 2: Something happened unseen." in said
    assert said.index("Slow.") < said.index("Something")
    assert "         net = Net(2)" in said.replace("  |", "")
    here = text(told(Printing(""), 1))
    assert "at step" not in here
    assert here.index("Something") < here.index("Slow.")


def test_many_notes_are_counted() -> None:
    steps = Printing("")
    many = tuple(Note(f"Number {n}.", None) for n in range(9))
    assert "and 3 more notes" in text(Told("", steps.state(0), None, many))


@pytest.mark.parametrize("cells", [56, 78])
def test_two_runs_are_told_of_under_their_titles(cells: int) -> None:
    steps = gradient(), gradient(dead)
    step = at(steps[0], "fxh1")
    said = text(told(steps[0], step, "squares"), told(steps[1], step, "dead"), cells=cells)
    assert "91.0002" in said
    assert "46.0002" in said
    beside = [row for row in said.split("\n") if "squares" in row and "dead" in row]
    assert bool(beside) == (cells == 78)


def test_a_run_of_nothing_says_what_ended_it() -> None:
    lines = nothing("run 1", str(Empty.exception), ("A note.",), 40)
    said = " ".join(" ".join(line.text for line in lines).split())
    assert "run 1: nothing was recorded" in said
    assert "before the first line" in said
    assert "A note." in said
