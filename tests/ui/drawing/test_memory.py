from __future__ import annotations

import pytest

from tutor.trace.recording import Recording
from tutor.trace.state import Binding, Buffer, Memory
from tutor.ui.drawing.memory import memory


def test_names_of_one_buffer_are_joined() -> None:
    shared = Buffer(
        0, (2, 3), "float64", (Binding("x", "owns"), Binding("net.W", "owns")), ((0, 2),)
    )
    own = Buffer(1, (2, 3), "float64", (Binding("a", "owns"),))
    assert [row.text.rstrip() for row in memory(Memory(0, (shared, own)), 60)] == [
        " x ─────┬─> [2x3 float64]  < written [0, 2]",
        " net.W ─┘",
        " a ───────> [2x3 float64]",
    ]


def test_a_view_says_of_which_part() -> None:
    buffer = Buffer(0, (2, 3), "float64", (Binding("x", "owns"), Binding("row", "view", "[1]")))
    assert "row [1]" in memory(Memory(0, (buffer,)), 60)[1].text


@pytest.mark.parametrize("cells", [28, 40, 62])
def test_it_fits(cells: int, mutated: Recording) -> None:
    for step in range(len(mutated)):
        assert all(row.width <= cells for row in memory(mutated.memory(step), cells))


def test_x_and_the_nets_own_array_share_a_buffer_in_a_real_run(mutated: Recording) -> None:
    rows = [row.text for row in memory(mutated.memory(20), 60)]
    at = next(i for i, row in enumerate(rows) if row.startswith(" x ─"))
    assert "┬" in rows[at]
    assert rows[at + 1].startswith(" net.W ")
    assert "┘" in rows[at + 1]


def test_no_array_is_said() -> None:
    assert "no array" in memory(Memory(0, ()), 60)[0].text
