"""The bar at the bottom offers what does something now, and never loses the way out."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Open
from tutor.ui.footer import Moment, footer
from tutor.ui.keymap import EVERYWHERE, LESSON
from tutor.ui.layout import Layout, share

KEYS = (*LESSON, *EVERYWHERE)


def names(moment: Moment) -> list[str]:
    return [f"{key.id} {key.label}" for key in footer(KEYS, moment)]


def test_an_open_question_comes_first() -> None:
    first = names(Moment(answers=3))[:3]
    assert first == ["answers answer", "iteration.next choose", "lesson.next answer"]


def test_inside_f_there_are_no_iterations_to_go_to() -> None:
    shown = names(Moment(inside=True, iterations=False))
    assert "run.into out of f" in shown
    assert not [name for name in shown if name.startswith(("run.go", "iteration.next"))]
    assert "run.into into f" in names(Moment())


@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
async def test_the_way_out_and_the_other_tab_are_always_on_the_bar(
    opened: Open, size: tuple[int, int]
) -> None:
    async with opened(size=size) as it:
        bar = it.screen.query_one("#keys")
        others = ("? keys", "m map", "q quit")
        first_tab = "tab memory" if size == (80, 24) else "tab values"
        assert all(text in bar.text for text in ("1-3 answer", "enter answer", first_tab, *others))
        await it.press("2")
        assert "1-3" not in bar.text
        assert all(text in bar.text for text in ("enter go on", first_tab, *others))
        await it.press("tab")
        assert first_tab not in bar.text
        assert "tab " in bar.text
        assert bar.text.startswith(" enter")
        assert len(bar.text) <= size[0]


async def test_a_wide_bar_says_what_the_keys_do_here(opened: Open) -> None:
    async with opened() as it:
        bar = it.screen.query_one("#keys")
        assert bar.text.startswith(" 1-3 answer  ↑↓ choose  enter answer")
        await it.press("2", "enter", "s")
        assert "s out of f" in bar.text
        assert "g go to" not in bar.text
        assert "iteration" not in bar.text
        await it.press("g")
        assert "no iterations inside f" in bar.text


async def test_a_notice_goes_with_the_next_key_or_a_new_size(opened: Open) -> None:
    async with opened() as it:
        bar = it.screen.query_one("#keys")
        for after in ("x", "tab", None):
            await it.press("9")
            assert "no such answer" in bar.text
            if after is None:
                await it.pilot.resize_terminal(118, 40)
                await it.settle()
            else:
                await it.press(after)
            assert "no such answer" not in bar.text
            assert "1-3 answer" in bar.text


async def test_the_warning_before_an_answer_counts_for_the_same_key_only(opened: Open) -> None:
    async with opened() as it:
        await it.press("right", "right", "right")
        assert "would show the answer" in it.screen.query_one("#keys").text
        await it.press("tab", "right")
        assert "fxh2" not in it.player.left.state.assigned


def seen(it: object, name: str) -> str:
    """Return the lines of a pane that are on the screen."""
    pane = it.screen.query_one(f"#{name}")
    top = int(pane.scroll_offset.y)
    return "\n".join(line.text for line in pane.lines[top : top + pane.rows])


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 18), (100, 30)])
async def test_an_open_question_is_seen_with_all_its_answers(
    opened: Open, size: tuple[int, int]
) -> None:
    async with opened(size=size) as it:
        assert "3  In neither" in seen(it, "why")
        assert "your prediction" in seen(it, "why")
        why = it.screen.board.why
        if why.scroll_offset.y:
            assert f"{int(why.scroll_offset.y)} above" in str(why.border_subtitle)
        await it.press("pageup", "pageup", "pageup")
        assert why.scroll_offset.y == 0
        for other in ((200, 60), (80, 24), size):
            await it.pilot.resize_terminal(*other)
            await it.settle()
            assert "3  In neither" in seen(it, "why")
            assert "your prediction" in seen(it, "why")
        await it.press("2")
        assert "Yes. The left" in seen(it, "why")


@pytest.mark.parametrize(
    ("layout", "room", "needed", "rows"),
    [
        (Layout.TABS, 21, 5, (11, 9)),
        (Layout.TABS, 21, 11, (9, 11)),
        (Layout.TABS, 21, 30, (8, 12)),
        (Layout.TABS, 37, 5, (22, 14)),
        (Layout.STACK, 15, 30, (5, 9)),
    ],
)
def test_a_question_takes_rows_of_the_run_and_leaves_it_some(
    layout: Layout, room: int, needed: int, rows: tuple[int, int]
) -> None:
    assert share(layout, room, needed) == rows
    assert sum(rows) + 1 == room
