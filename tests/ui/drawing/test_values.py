from __future__ import annotations

import pytest

from tutor.trace.recording import Recording
from tutor.trace.state import Source, State, Write
from tutor.ui.drawing.happened import happened
from tutor.ui.drawing.values import Room, values


def after(recording: Recording, iteration: int, name: str) -> State:
    first, last = recording.iteration_start(iteration), recording.iteration_end(iteration)
    states = map(recording.state, range(first, last + 1))
    return next(state for state in states if name in state.assigned)


def rows(state: State, cells: int = 40) -> list[str]:
    return [row.text.rstrip() for row in values(state, Room(cells))]


def test_figures_of_figures_md_a_are_told_apart(mutated: Recording) -> None:
    # figures.md A, (0,2): 2.061962303319411 / 2.062067039554999; this W is rounded to 4e-9.
    shown = rows(after(mutated, 2, "fxh2"))
    first = next(row for row in shown if "fxh1" in row)
    second = next(row for row in shown if "fxh2" in row)
    assert "2.06[1]96230" in first
    assert "2.06[2]06704" in second
    assert "-1.047e-04" in next(row for row in shown if "diff" in row)


def test_what_is_not_computed_yet_is_blank(mutated: Recording) -> None:
    shown = rows(after(mutated, 2, "tmp_val"))
    assert "  fxh1" in shown
    assert "  fxh2" in shown
    assert "  diff" in shown


def test_the_name_that_the_line_gave_a_value_has_a_pointer(mutated: Recording) -> None:
    shown = rows(after(mutated, 2, "fxh1"))
    assert [row for row in shown if row.startswith(">")] == [
        next(row for row in shown if "fxh1" in row)
    ]


@pytest.mark.parametrize("cells", [18, 20, 31, 60])
def test_no_line_is_wider_than_the_pane(cells: int, mutated: Recording) -> None:
    for step in range(len(mutated)):
        for row in values(mutated.state(step), Room(cells)):
            assert row.width <= cells, row.text


def test_groups_are_set_apart_only_where_there_is_room(mutated: Recording) -> None:
    state = after(mutated, 2, "fxh2")
    close = values(state, Room(40, rows=10))
    wide = values(state, Room(40, rows=40))
    assert len(wide) > len(close)
    assert [row.text for row in wide if row.text] == [row.text for row in close]


def _state(**changes: object) -> State:
    source = Source("g", "g.py", 1, ("def g():", "    pass"))
    usual = {
        "step": 3,
        "source": source,
        "line": 2,
        "end_line": 2,
        "depth": 0,
        "call": 0,
        "iteration": None,
        "idx": None,
        "names": {},
    }
    return State(**{**usual, **changes})


def test_a_value_of_the_last_iteration_is_not_shown_while_it_is_blank() -> None:
    names = {"fxh1": 2.5, "fxh2": 1.5, "tmp_val": 0.5}
    shown = rows(_state(names=names, blank=("fxh2", "tmp_val")))
    assert "  fxh1 2.5" in " ".join(shown).replace("fxh1   ", "fxh1 ")
    assert "1.5" not in " ".join(shown)
    assert "0.5" not in " ".join(shown)
    assert "diff" in " ".join(shown)


def test_what_a_line_did_is_a_sentence() -> None:
    write = Write(3, "x", (0, 2), -1.05744382, -1.05734382)
    assert happened(_state(writes=(write,))) == "x[0, 2] -1.057443… -> -1.057343…"
    assert happened(_state(names={"h": 1e-4}, assigned=("h",))) == "h = 0.0001"
    assert happened(_state(exception="ValueError: no")) == "line 2 raised ValueError: no"
    assert happened(_state()) == ""


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (3.0001, 2.9999, "3.0001 -> 2.9999"),
        (3.0, 3.0001, "3.0000 -> 3.0001"),
        (99.9, 100.1, "99.9 -> 100.1"),
        (1e-9, 2e-9, "1e-09 -> 2e-09"),
        (1.0, float("inf"), "1 -> inf"),
        (3.00012345, 2.99992345, "3.0001… -> 2.9999…"),
    ],
)
def test_a_write_shows_the_digits_that_it_moved(old: float, new: float, text: str) -> None:
    assert happened(_state(writes=(Write(3, "x", (0,), old, new),))) == f"x[0] {text}"


def test_a_write_that_changes_nothing_says_so() -> None:
    # The integer array of figures.md D: 3 + 1e-4 is stored as 3.
    assert happened(_state(writes=(Write(3, "x", (0,), 3, 3),))) == "x[0] stays 3"


def test_many_writes_are_counted() -> None:
    writes = tuple(Write(3, "x", (i,), 0.0, 1.0) for i in range(7))
    assert happened(_state(writes=writes, written=1200)).endswith("and 1198 more elements")
