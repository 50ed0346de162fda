"""Runs stepped through without a screen."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.ui.runs import Empty, dead, gradient, straight_on
from tutor.trace import record
from tutor.ui.reader import MOVES, Moved, Reader

TWO = [("squares", gradient()), ("dead", gradient(dead))]


def reader() -> Reader:
    return Reader(TWO)


def test_it_opens_at_the_start_of_the_first_run() -> None:
    one = reader()
    assert one.left is not None
    assert one.left.step == 0
    assert [title for title, _ in one.shown()] == ["squares"]
    assert not one.comparing


def test_the_second_run_follows_line_by_line_and_iteration_by_iteration() -> None:
    one = reader()
    assert one.compare() is Moved.YES
    assert one.left is not None
    assert one.right is not None
    for how in ("next_iteration", "forward", "forward", "next_iteration", "end", "back", "start"):
        assert one.move(how) is Moved.YES
        assert one.right.state.line == one.left.state.line
        assert one.right.state.idx == one.left.state.idx
    assert one.compare() is Moved.YES
    assert one.right is None


def test_nothing_is_asked_first() -> None:
    one = reader()
    assert one.move("end") is Moved.YES
    assert one.move("end") is Moved.AT_THE_EDGE
    assert one.go_to_idx((1, 1)) is Moved.YES
    assert one.left is not None
    assert one.left.state.idx == (1, 1)


def test_each_run_is_left_where_it_was() -> None:
    one = reader()
    one.go_to(20)
    assert one.choose("2")
    assert one.left is not None
    assert one.left.step == 0
    one.go_to(7)
    assert one.choose("1")
    assert one.left.step == 20
    assert not one.choose("1")
    assert not one.choose("3")
    assert one.choose("2")
    assert one.left.step == 7


def test_choosing_the_run_beside_has_the_two_change_places() -> None:
    one = reader()
    one.compare()
    one.choose("2")
    assert [title for title, _ in one.shown()] == ["dead", "squares"]


def test_of_three_runs_the_next_is_put_beside() -> None:
    one = Reader([*TWO, ("third", gradient(h=1e-3))])
    one.choose("2")
    one.compare()
    assert one.beside == "3"
    one.choose("1")
    assert (one.run, one.beside) == ("1", "3")


def test_one_run_has_nothing_to_be_compared_with() -> None:
    one = Reader(TWO[:1])
    assert one.compare() is Moved.AT_THE_EDGE
    assert not one.comparing


def test_a_run_recorded_anew_keeps_the_place() -> None:
    one = reader()
    one.compare()
    one.go_to(20)
    seen = []

    def same_place(old: object, new: object) -> int:
        seen.append((old.step, len(new)))
        return 21

    new = gradient(h=1e-3)
    one.replace([("new", new), ("old", gradient())], same_place)
    assert seen == [(20, len(new))]
    assert one.left is not None
    assert one.right is not None
    assert one.left.recording is new
    assert (one.left.step, one.right.step) == (21, 21)
    one.replace([("only", gradient())], same_place)
    assert not one.comparing


def test_a_run_that_is_gone_gives_way_to_the_first() -> None:
    one = reader()
    one.choose("2")
    one.go_to(9)
    one.replace(TWO[:1], lambda old, new: 5)
    assert one.run == "1"
    assert one.left is not None
    assert one.left.step == 0


@pytest.mark.parametrize("runs", [[], [("nothing", Empty())], [("nothing", Empty()), TWO[0]]])
def test_where_nothing_was_recorded_no_move_leads_anywhere(runs: list[object]) -> None:
    one = Reader(runs)
    assert one.standing is None
    assert one.shown() == []
    moves = {one.move(how) for how in MOVES}
    moves |= {one.go_to(3), one.go_to_line(1), one.into()}
    assert Moved.YES not in moves
    one.compare()
    assert one.shown() == []
    one.replace(TWO, lambda old, new: 3)
    assert one.standing is not None
    one.replace([("nothing", Empty())], lambda old, new: 3)
    assert one.standing is None


def test_a_function_without_a_loop_is_stepped_line_by_line() -> None:
    one = Reader([("plain", record(straight_on, 3))])
    lines = [one.left.state.line]
    while one.move("forward") is Moved.YES:
        lines.append(one.left.state.line)
    assert lines == list(range(lines[0], lines[0] + 4))
    assert one.move("next_iteration") is Moved.AT_THE_EDGE
    assert one.left.state.result == (8,)


def test_it_needs_neither_textual_nor_numpy_to_be_imported() -> None:
    code = "import sys, tutor.ui.reader; assert not {'textual', 'numpy'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
