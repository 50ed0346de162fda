from __future__ import annotations

import asyncio
from pathlib import Path

from tests.ui.conftest import Open, Opened
from tutor.course.exercise import Verdict
from tutor.ui.screens.exercise import verdict_text

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


def test_the_outcome_comes_first_and_what_was_printed_is_cut_with_its_number() -> None:
    said = verdict_text(Verdict(False, printed="x" * 3000, line=3), "It raised.")
    assert said.startswith("**Not yet.** It raised. (line 3)")
    assert "and 1,000 more characters" in said
    assert verdict_text(Verdict(True), "Yes.") == "**Solved.** Yes."
