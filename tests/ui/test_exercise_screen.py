from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.ui.conftest import Open, Opened
from tutor.course.exercise import SECONDS, Verdict
from tutor.ui.drawing.prose import prose
from tutor.ui.screens.exercise import verdict_text
from tutor.ui.widgets.editor import next_indent

SOLVED = "def answer():\n    return 42\n"


def editor(it: Opened) -> object:
    return it.screen.query_one("#editor")


async def test_it_starts_broken_and_is_solved_by_a_repair(opened: Open, tmp_path: Path) -> None:
    async with opened() as it:
        await it.press("e", "f5")
        assert "Not yet. It returned 41." in it.text("goal")
        editor(it).load_text(SOLVED)
        await it.press("ctrl+s")
        assert "Solved. That is it: 42." in it.text("goal")
        assert it.app.keeper.progress.lesson("small").solved
    async with opened() as it:
        await it.press("e")
        assert editor(it).text == SOLVED


async def test_what_is_typed_goes_into_the_editor_and_not_to_keys(opened: Open) -> None:
    async with opened() as it:
        await it.press("e", "q", "1", "m")
        assert editor(it).text.startswith("q1mdef answer")


async def test_hints_come_one_by_one_and_stay(opened: Open) -> None:
    async with opened() as it:
        await it.press("e")
        assert "Hint" not in it.text("goal")
        await it.press("f2")
        assert "Hint 1. It needs one return." in it.text("goal")
        assert "Hint 2" not in it.text("goal")
        await it.press("f2", "f2")
        assert "no more hints" in it.text("goal")
        assert "Hint 2. Write return 42." in it.text("goal")


async def test_code_that_raises_gets_a_sentence(opened: Open) -> None:
    async with opened() as it:
        await it.press("e")
        editor(it).load_text("def answer():\n    return 1 / 0\n")
        await it.press("f5")
        said = it.text("goal")
        assert "Not yet." in said
        assert "ZeroDivisionError" in said
        assert "Traceback" not in said


async def test_a_file_saved_in_another_editor_is_checked(opened: Open, tmp_path: Path) -> None:
    async with opened() as it:
        await it.press("e", "f3")
        file = tmp_path / "exercises" / "small" / "exercise.py"
        assert file.exists()
        assert "exercise.py" in it.text("goal").replace("\n", "")
        assert editor(it).read_only
        file.write_text(SOLVED)
        for _ in range(40):
            await asyncio.sleep(0.1)
            await it.settle()
            if "Solved." in it.text("goal"):
                break
        assert "Solved." in it.text("goal")
        await it.press("f3")
        assert not editor(it).read_only


async def test_starting_again_can_be_undone(opened: Open) -> None:
    async with opened() as it:
        await it.press("e", "z")
        await it.press("f4")
        assert editor(it).text == "def answer():\n    return 41\n"
        editor(it).undo()
        assert editor(it).text.startswith("z")


@pytest.mark.parametrize(
    ("before", "indent"),
    [
        ("def g(x):", "    "),
        ("    for i in x:  # every one", "        "),
        ("    y = 1", "    "),
        ("# a note:", ""),
        ("", ""),
        ("  x = {1: 2}", "  "),
    ],
)
def test_a_new_line_is_indented_as_python_wants_it(before: str, indent: str) -> None:
    assert next_indent(before) == indent


async def test_enter_keeps_the_indentation_and_adds_to_it_behind_a_colon(opened: Open) -> None:
    async with opened() as it:
        await it.press("e")
        editor(it).load_text("")
        await it.press(*"if x", "colon", "enter", "y", "enter", "z")
        assert editor(it).text == "if x:\n    y\n    z"
        editor(it).move_cursor((1, 2))
        await it.press("enter")
        assert editor(it).text == "if x:\n  \n    y\n    z"


async def test_a_check_says_when_it_gives_up(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as it:
        await it.press("e")
        monkeypatch.setattr(it.screen, "run_worker", lambda *args, **named: None)
        it.screen.action_check()
        assert f"gives up after {SECONDS:g} s" in " ".join(it.text("goal").split())


def test_the_line_of_an_error_is_said_once() -> None:
    sentence = "NameError in line 3 of exercise.py, `return y`: name 'y' is not defined"
    assert verdict_text(Verdict(False, line=3), sentence).count("line 3") == 1
    assert verdict_text(Verdict(False, line=3), "See line 31.").endswith("(line 3)")


@pytest.mark.parametrize("cells", [24, 30, 38])
def test_words_of_a_long_line_of_code_stay_whole(cells: int) -> None:
    words = "return total_of_squares + np.something_unknown(first, second) / count"
    shown = prose(f"NameError in line 2 of exercise.py, `{words}`: it is not defined", cells)
    rows = [row.text.strip() for row in shown]
    assert all(row.width <= cells for row in shown)
    whole = {part for row in rows for part in re.split(r"[\s,:]+", row)}
    assert {"return", "total_of_squares", "count", "defined"} <= whole


def test_the_outcome_comes_first_and_what_was_printed_is_cut_with_its_number() -> None:
    said = verdict_text(Verdict(False, printed="x" * 3000, line=3), "It raised.")
    assert said.startswith("**Not yet.** It raised. (line 3)")
    assert "and 1,000 more characters" in said
    assert verdict_text(Verdict(True), "Yes.") == "**Solved.** Yes."
