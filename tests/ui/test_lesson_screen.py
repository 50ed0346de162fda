"""The lesson on a screen, by a pilot: few presses, each costs 65 ms."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.ui.conftest import LESSONS, Open
from tutor.ui import theme
from tutor.ui.keymap import ALL
from tutor.ui.screens.course import CourseScreen
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.screens.goto import GoTo, idx_problem, parse_idx
from tutor.ui.screens.help import Help
from tutor.ui.screens.lesson import LessonScreen

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_screen_has_source_both_columns_and_the_question(
    opened: Open, size: tuple[int, int]
) -> None:
    async with opened(size=size) as it:
        shown = it.text()
        assert "Mutated or copied, small" in shown
        assert "iteration 3 of 6   idx (0, 2)" in shown
        assert "> 16" in shown
        assert ">-1.06<" in shown or ">-1.0573<" in shown
        assert "x is net.W" in shown
        assert "x is a copy" in shown
        assert "ignores" in shown
        assert "fxh1" in it.text("left")
        assert all(len(row) == size[0] for row in shown.split("\n"))


@pytest.mark.parametrize("size", SIZES)
async def test_no_line_of_a_pane_is_wider_than_the_pane(
    opened: Open, size: tuple[int, int]
) -> None:
    async with opened(size=size) as it:
        for pane in ("source", "left", "right", "why", "memory"):
            widget = it.screen.query_one(f"#{pane}")
            assert all(line.width <= widget.cells for line in widget.lines if widget.cells), pane


async def test_steps_go_both_ways_and_the_columns_tell_the_figures_apart(opened: Open) -> None:
    async with opened() as it:
        await it.press("2", "right", "n", "right")
        assert "2.06[1]962307" in it.text("left")
        assert "2.06[2]067043" in it.text("left")
        assert "the same digits" in it.text("right")
        await it.press("left", "p", "left")
        assert "2.06" not in it.text("left")
        assert it.player.left.state.line == 16


async def test_it_asks_before_it_tells(opened: Open) -> None:
    async with opened() as it:
        await it.press("right", "right", "right")
        assert "fxh2" not in it.player.left.state.assigned
        assert "would show the answer" in it.screen.query_one("#keys").text
        await it.press("right")
        assert it.player.left.state.assigned == ("fxh2",)


async def test_answers_by_number_by_arrows_and_by_mouse(opened: Open) -> None:
    async with opened() as it:
        await it.press("enter")
        assert "Choose an answer" in it.screen.query_one("#keys").text or it.screen.board.why.below
        await it.press("down", "down", "enter")
        assert it.player.given == "different"
        assert "= 2  Only on the left." in it.text("why")
        await it.press("1")
        assert "x 1  In both columns." in it.text("why")
        why = it.screen.board.why
        row = next(i for i, line in enumerate(why.lines) if "3  In neither" in line.text)
        await it.pilot.click("#why", offset=(8, row - int(why.scroll_offset.y) + 1))
        await it.settle()
        assert it.player.given == "neither"


async def test_the_mouse_does_what_keys_do(opened: Open) -> None:
    async with opened() as it:
        await it.press("2")
        await it.pilot.click("#timeline", offset=(2, 0))
        await it.settle()
        assert it.player.left.step <= 1
        source = it.screen.query_one("#source")
        row = next(i for i, line in enumerate(source.lines) if "fxh1 = f(x)" in line.text)
        await it.pilot.click("#source", offset=(20, row + 1))
        await it.settle()
        assert it.player.left.state.assigned == ("fxh1",)
        keys = it.screen.query_one("#keys")
        await it.pilot.click("#keys", offset=(keys.text.index("compare"), 0))
        await it.settle()
        assert not it.player.comparing


async def test_into_f_and_out(opened: Open) -> None:
    async with opened() as it:
        await it.press("2", "enter", "s")
        assert it.player.left.state.source.name == "f"
        assert "net.loss" in it.text("source")
        await it.press("s")
        assert it.player.left.depth == 0
        await it.press("home", "s")
        assert "No call of f" in it.screen.query_one("#keys").text


async def test_resizing_loses_no_place(opened: Open) -> None:
    async with opened() as it:
        await it.press("2", "right")
        step = it.player.left.step
        for size in ((80, 24), (60, 18), (40, 10), (200, 60), (120, 40)):
            await it.pilot.resize_terminal(*size)
            await it.settle()
            assert it.player.left.step == step
            shown = it.text()
            if size == (40, 10):
                assert "60 by 18" in " ".join(shown.split())
            else:
                assert "> 17" in shown


async def test_tabs_open_the_panes_that_share_a_place(opened: Open) -> None:
    async with opened(size=(80, 24)) as it:
        assert "net.W ──┘" not in it.text()
        await it.press("tab")
        assert "net.W ──┘" in it.text()
        await it.pilot.resize_terminal(60, 18)
        await it.settle()
        await it.press("shift+tab")
        assert "fxh1" in it.text()


async def test_go_to_an_idx(opened: Open) -> None:
    async with opened() as it:
        await it.press("2", "g")
        assert isinstance(it.screen, GoTo)
        await it.press(*"9,9", "enter")
        assert "perturbs no element (9, 9)" in str(it.screen.query_one("#idx-note").render())
        it.screen.query_one("#idx").value = "1, 1"
        await it.press("enter")
        assert isinstance(it.screen, LessonScreen)
        assert it.player.left.state.idx == (1, 1)


@pytest.mark.parametrize(
    ("text", "idx"),
    [("0,2", (0, 2)), ("(0, 2)", (0, 2)), (" 0 2 ", (0, 2)), ("[3]", (3,)), ("(3,)", (3,))],
)
def test_an_idx_may_be_written_in_any_usual_way(text: str, idx: tuple[int, ...]) -> None:
    assert parse_idx(text) == idx


@pytest.mark.parametrize("text", ["", "W1", "0;2", "0.5", "--1"])
def test_what_is_no_idx_gets_an_example(text: str) -> None:
    assert "(0, 2)" in idx_problem(text, {(0, 2)}, (0, 2))


async def test_themes_go_round_and_are_remembered(opened: Open, tmp_path: Path) -> None:
    async with opened() as it:
        for name in (theme.LIGHT, theme.TERMINAL, theme.DARK, theme.LIGHT):
            await it.press("t")
            assert it.app.theme == name
            assert "> 16" in it.text()
    async with opened() as it:
        assert it.app.theme == theme.LIGHT


async def test_the_lesson_to_its_end_and_the_map(opened: Open, tmp_path: Path) -> None:
    async with opened() as it:
        await it.press("2", "enter", "enter", "1", "enter")
        assert it.player.index == 3
        assert "The first row of grad" in it.text("why")
        await it.press("enter")
        assert "To keep." in it.text("why")
        await it.press("enter")
        assert isinstance(it.screen, CourseScreen)
        assert "[x] Mutated or copied, small" in it.text()
    kept = json.loads((tmp_path / "progress.json").read_text())
    assert kept["lessons"]["small"]["status"] == "done"


async def test_a_first_start_opens_the_first_lesson_and_a_later_one_the_map(opened: Open) -> None:
    async with opened(None) as it:
        assert isinstance(it.screen, LessonScreen)
        await it.press("2", "enter")
    async with opened(None) as it:
        assert isinstance(it.screen, CourseScreen)
        assert "go on here" in it.text()
        await it.press("enter")
        assert it.player.index == 1


async def test_help_shows_every_key(opened: Open) -> None:
    async with opened(size=(120, 60)) as it:
        await it.press("question_mark")
        assert isinstance(it.screen, Help)
        said = it.text("help-keys")
        signs, _, keys = said.partition("In a lesson")
        assert "it has just run" in signs
        assert "2.06[1]96" in signs
        assert "first digit in which two figures differ" in " ".join(signs.split())
        listed, _, keymap = keys.partition("For the keymap")
        for key in ALL:
            assert key.id not in listed
            if not key.id.startswith("answer."):
                assert key.id in keymap
                assert key.help.split(";")[0][:40] in " ".join(listed.split())
        await it.press("escape")
        assert isinstance(it.screen, LessonScreen)


async def test_the_mouse_reaches_every_key_through_the_list_of_keys(opened: Open) -> None:
    async with opened(size=(80, 24)) as it:
        await it.press("question_mark")
        pane = it.screen.query_one("#help-keys")
        row = next(i for i, line in enumerate(pane.lines) if "Show the second run" in line.text)
        pane.scroll_to(y=row, animate=False, force=True)
        await it.settle()
        await it.pilot.click("#help-keys", offset=(24, row - int(pane.scroll_offset.y) + 1))
        await it.settle()
        assert isinstance(it.screen, LessonScreen)
        assert not it.player.comparing


async def test_the_palette_offers_lessons_and_themes(opened: Open) -> None:
    async with opened() as it:
        await it.press("ctrl+p")
        await it.pilot.press(*"long run")
        await it.pilot.pause(0.5)
        await it.press("enter")
        for _ in range(20):
            if isinstance(it.screen, LessonScreen) and it.player.lesson.slug == "large":
                break
            await it.pilot.pause(0.1)
        assert it.player.lesson.slug == "large"


async def test_a_scene_that_fails_leaves_the_text_and_says_why(
    opened: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "lessons"
    shutil.copytree(LESSONS, folder)
    scene = folder / "small" / "scene.py"
    scene.write_text(scene.read_text().replace("def mutated():", "def mutated():\n    1 / 0"))
    async with opened(folder=folder) as it:
        assert "ignores" in it.text("why")
        assert "ZeroDivisionError" in it.text()
        await it.press("right", "2", "enter")
        assert it.app.is_running


async def test_a_lesson_that_cannot_be_read_leads_to_the_map(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    shutil.copytree(LESSONS, folder)
    words = folder / "small" / "en.md"
    words.write_text(words.read_text().replace("## the-puzzle", "## the-pazzle"))
    async with opened(folder=folder) as it:
        assert isinstance(it.screen, CourseScreen)
        assert "the-puzzle" in it.text()


async def test_a_key_can_be_remapped(opened: Open, tmp_path: Path) -> None:
    kept = {"version": 1, "preferences": {"keymap": {"step.forward": "x"}}}
    (tmp_path / "progress.json").write_text(json.dumps(kept))
    async with opened() as it:
        before = it.player.left.step
        await it.press("right")
        assert it.player.left.step == before
        await it.press("x")
        assert it.player.left.step == before + 1
        assert "x step" in it.screen.query_one("#keys").text


async def test_playing_stops_at_the_question(opened: Open) -> None:
    async with opened() as it:
        it.screen.action_play()
        for _ in range(6):
            it.screen.action_move("forward")
            if it.screen._playing is None:
                break
        assert it.screen._playing is None
        assert it.player.waiting


async def test_the_exercise_opens_over_the_lesson_and_leads_back(opened: Open) -> None:
    async with opened() as it:
        step = it.player.left.step
        await it.press("e")
        assert isinstance(it.screen, ExerciseScreen)
        await it.press("escape")
        assert isinstance(it.screen, LessonScreen)
        assert it.player.left.step == step


@pytest.mark.parametrize("size", SIZES)
async def test_a_long_run_says_which_window_of_its_arrays_is_shown(
    opened: Open, size: tuple[int, int]
) -> None:
    async with opened("large", size) as it:
        shown = it.text()
        assert "iteration 20,001 of 39,760   idx (400, 0)" in shown
        left = " ".join(it.text("left").split())
        assert "of 784, columns 0 to" in left or "of 784, all 50 columns" in left


async def test_no_colour_leaves_signs_in_the_heatmap(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened("large") as it:
        assert "+1" in it.text("left")
        assert "-1" in it.text("left")
