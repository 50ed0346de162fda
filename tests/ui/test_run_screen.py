"""A run of one's own on the screen, by a pilot."""

from __future__ import annotations

import json
import random
import threading
from pathlib import Path

import pytest

from tests.ui.runs import (
    Empty,
    OpenedRun,
    Printing,
    dead,
    fails_at,
    from_disk,
    gradient,
    long_run,
    opened_run,
    saved,
    squares,
    straight_on,
)
from tests.ui.test_random_keys import KEYS
from tutor.trace import record
from tutor.ui import theme
from tutor.ui.keymap import ALWAYS, FREE_RUN
from tutor.ui.screens.ask import Ask
from tutor.ui.screens.choose import Choose
from tutor.ui.screens.goto import GoTo
from tutor.ui.screens.help import Help
from tutor.ui.screens.run import RunScreen

SIZES = [(80, 24), (120, 40), (60, 18), (200, 60)]
PANES = ("source", "left", "right", "why", "memory")


@pytest.mark.parametrize("size", SIZES)
async def test_it_opens_at_once_on_the_first_step(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened_run(saved(gradient()), tmp_path, size) as it:
        shown = it.text()
        assert "my_net.py" in shown
        assert "step 1 of" in shown
        assert "> " in shown
        assert "what happened" in shown
        assert "now      x = [2x3 float64]" in it.text("why")
        assert all(len(row) == size[0] for row in shown.split("\n"))
        for pane in PANES:
            widget = it.screen.query_one(f"#{pane}")
            assert all(line.width <= widget.cells for line in widget.lines if widget.cells), pane


async def test_keys_step_as_in_a_lesson(tmp_path: Path) -> None:
    async with opened_run(saved(gradient()), tmp_path) as it:
        await it.press("down", "n", "right", "right")
        assert it.line == "x[idx] = tmp_val + h"
        assert "wrote    x[0, 0]  1 -> 1.0001" in it.text("why") or "1.0 -> 1.0001" in it.text(
            "why"
        )
        await it.press("j", "p", "up", "end")
        assert "returns" in it.text("why")
        await it.press("right")
        assert "end of the run" in it.keys
        await it.press("home")
        assert it.reader.left.step == 0


async def test_g_asks_for_an_idx_or_where_there_is_none_for_a_step(tmp_path: Path) -> None:
    async with opened_run(saved(gradient(), record(straight_on, 3)), tmp_path) as it:
        await it.press("g")
        assert isinstance(it.screen, GoTo)
        await it.press(*"1,1", "enter")
        assert it.reader.left.state.idx == (1, 1)
        await it.press("r", "down", "enter", "g")
        assert isinstance(it.screen, Ask)
        await it.press("9", "enter")
        assert "from 1 to 4" in str(it.screen.query_one("#asked-note").render())
        it.screen.query_one("#asked").value = "3"
        await it.press("enter")
        assert it.line == "c = b * 2"


async def test_a_loop_that_perturbs_nothing_is_gone_through_by_number(tmp_path: Path) -> None:
    async with opened_run(saved(record(fails_at, [1.0, 2.0, 3.0])), tmp_path) as it:
        await it.press("g", "3", "enter")
        assert it.reader.left.state.iteration == 2
        await it.press("end")
        assert "raised   ZeroDivisionError" in it.text("why")


async def test_two_runs_are_compared_and_d_goes_to_where_they_part(tmp_path: Path) -> None:
    async with opened_run(saved(gradient(), gradient(dead)), tmp_path) as it:
        assert "c compare" in it.keys
        await it.press("d")
        assert it.reader.comparing
        assert it.line == "fxh1 = f(x)"
        assert it.reader.left.state.idx == (0, 0)
        assert "part for the first time" in it.keys
        assert "91.0002" in it.text("why")
        assert "46.0002" in it.text("why")
        await it.press("c")
        assert not it.reader.comparing


async def test_one_run_alone_has_none_to_compare_with_and_the_bar_offers_none(
    tmp_path: Path,
) -> None:
    async with opened_run(saved(gradient()), tmp_path) as it:
        assert "compare" not in it.keys
        for key in ("c", "d"):
            await it.press(key)
            assert "no second run" in it.keys
        same = saved(gradient(), gradient())
    async with opened_run(same, tmp_path) as it:
        await it.press("d")
        assert "do not part" in it.keys


async def test_r_lists_the_runs_and_each_is_left_where_it_was(tmp_path: Path) -> None:
    async with opened_run(saved(gradient(), gradient(dead)), tmp_path, (80, 24)) as it:
        await it.press("down", "r")
        assert isinstance(it.screen, Choose)
        assert "run 1" in it.text("choices")
        assert "steps, 6 iterations" in it.text("choices")
        await it.press("up", "enter")
        assert it.reader.run == "2"
        assert it.reader.left.step == 0
        await it.press("r", "escape", "r", "home", "space")
        assert it.reader.run == "1"
        assert it.reader.left.state.iteration == 0
        await it.press("r")
        await it.pilot.click("#choices", offset=(6, 5))
        await it.settle()
        assert it.reader.run == "2"


async def test_a_breakpoint_runs_to_where_it_becomes_true_and_on_and_back(
    tmp_path: Path,
) -> None:
    async with opened_run(saved(gradient(dead)), tmp_path) as it:
        await it.press("full_stop")
        assert "Nothing was looked for yet" in it.keys
        await it.press("b", *"fxh1 == fxh2", "enter")
        assert it.reader.left.state.idx == (0, 2)
        assert "Here: fxh1 == fxh2" in it.keys
        await it.press("full_stop")
        assert it.reader.left.state.idx == (1, 2)
        await it.press("full_stop")
        assert "Not found from here on" in it.keys
        assert it.reader.left.state.idx == (1, 2)
        await it.press("comma")
        assert it.reader.left.state.idx == (0, 2)
        await it.press("comma")
        assert "Not found before here" in it.keys


async def test_presets_stand_in_the_prompt_and_the_last_condition_too(tmp_path: Path) -> None:
    async with opened_run(saved(gradient(dead)), tmp_path, (80, 24)) as it:
        await it.press("b", "down", "down", "enter")
        assert it.reader.left.state.idx == (0, 2)
        await it.press("b")
        assert it.screen.query_one("#asked").value == "fxh1 == fxh2"
        assert "next write of grad" in it.text("presets")
        row = next(
            i for i, x in enumerate(it.screen.query_one("#presets").lines) if "grad" in x.text
        )
        await it.pilot.click("#presets", offset=(6, row))
        await it.settle()
        assert it.screen.query_one("#asked").value == "next write of grad"
        await it.press("enter")
        assert it.line.startswith("grad[idx]")


async def test_what_cannot_be_looked_for_gets_a_sentence_and_another_try(tmp_path: Path) -> None:
    async with opened_run(saved(gradient()), tmp_path) as it:
        await it.press("b", *"fhx1 > 2", "enter")
        assert "Did you mean fxh1" in str(it.screen.query_one("#asked-note").render())
        await it.press("escape")
        assert isinstance(it.screen, RunScreen)
        await it.press("b", *"x > 2", "enter")
        assert it.reader.left.step == 0
        assert "raised at every step" in it.keys


async def test_who_wrote_this_element(tmp_path: Path) -> None:
    async with opened_run(saved(gradient()), tmp_path) as it:
        it.screen.reader.go_to_idx((0, 1))
        await it.press("down", "w")
        assert it.screen.query_one("#asked").value.startswith("x[")
        it.screen.query_one("#asked").value = "x[0, 1]"
        await it.press("enter")
        assert it.line == "x[idx] = tmp_val"
        assert it.reader.left.state.idx == (0, 1)
        await it.press("comma")
        assert it.line == "x[idx] = tmp_val - h"
        await it.press("w", "enter")
        assert it.line == "x[idx] = tmp_val + h"
        await it.press("comma")
        assert "Not found before here" in it.keys
        await it.press("w")
        it.screen.query_one("#asked").value = "W[0, 1]"
        await it.press("enter")
        assert "W is no array" in it.keys


async def test_into_f_and_a_search_in_there(tmp_path: Path) -> None:
    async with opened_run(saved(gradient(), gradient(dead)), tmp_path) as it:
        await it.press("b", *"fxh1 > 0", "enter", "s")
        assert it.reader.left.state.source.name == "squares"
        await it.press("b", *"x[0, 0] > 1", "enter", "d")
        assert it.reader.left.depth == 0


async def test_a_long_search_can_be_stopped_and_no_key_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(what: object, steps: object, here: int, forwards: bool, stop, tell) -> int | None:
        tell(0.41)
        begun.set()
        while not stop() and not go_on.wait(0.01):
            pass
        return None if stop() else 40

    monkeypatch.setattr("tutor.ui.screens.seeking.find", slow)
    async with opened_run(saved(gradient()), tmp_path) as it:
        await it.pilot.press("b", *"h > 1", "enter")
        assert begun.wait(10)
        it.screen._say_share()
        assert "Looking for h > 1 ... 41%   esc stops" in it.keys
        await it.pilot.press("right", "right")
        assert it.reader.left.step == 2
        await it.press("escape")
        assert "Stopped looking" in it.keys
        assert it.reader.left.step == 2
        begun.clear()
        await it.pilot.press("full_stop")
        assert begun.wait(10)
        go_on.set()
        await it.settle()
        assert it.reader.left.step == 40


async def test_what_is_found_in_a_run_that_is_gone_moves_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr("tutor.ui.screens.seeking.find", lambda *_: go_on.wait(10) and 40)
    async with opened_run(saved(gradient(), gradient(dead)), tmp_path) as it:
        await it.pilot.press("b", *"h > 1", "enter")
        it.screen.reader.choose("2")
        go_on.set()
        await it.settle()
        assert it.reader.left.step == 0


async def test_a_run_of_320_000_steps(tmp_path: Path) -> None:
    steps = long_run()
    assert len(steps) > 320_000
    async with opened_run(saved(steps), tmp_path) as it:
        await it.press("end", "up")
        assert "of 39,760" in it.text()
        await it.press("b", *"fxh1 > 2.0001", "enter")
        await it.press("home", "full_stop")
        assert it.reader.left.state.idx == (3975, 9)
        await it.press("w")
        it.screen.query_one("#asked").value = "x[0, 0]"
        await it.press("enter")
        assert it.reader.left.state.iteration == 0


@pytest.mark.parametrize("size", SIZES[:2])
async def test_a_run_of_nothing_says_so(tmp_path: Path, size: tuple[int, int]) -> None:
    some = saved(Empty(), gradient(), notes=("The file could not be run to its end.",))
    async with opened_run(some, tmp_path, size) as it:
        said = " ".join(it.text("why").split())
        assert "nothing was recorded" in said
        assert "ValueError: before the first line" in said
        assert "could not be run to its end" in said
        for key in ("right", "down", "g", "s", "c", "d", "b", "w", "full_stop", "end", "space"):
            await it.press(key)
            assert isinstance(it.screen, RunScreen)
        await it.press("r", "down", "enter")
        assert "now      x = [2x3 float64]" in it.text("why")
        await it.press("r", "up", "enter")
        assert "nothing was recorded" in " ".join(it.text("why").split())
        assert it.text("source", "left", "memory").strip() == ""


async def test_no_run_at_all(tmp_path: Path) -> None:
    async with opened_run(saved(), tmp_path) as it:
        await it.press("right", "r", "c", "d", "b", "w")
        assert "nothing was recorded" in " ".join(it.text("why").split())


async def test_what_was_printed_and_the_notes_are_beside_the_step(tmp_path: Path) -> None:
    async with opened_run(saved(Printing("hello\nthere")), tmp_path) as it:
        assert "printed" not in it.text("why")
        assert "at step 2: Something happened unseen." in it.text("why")
        await it.press("right")
        assert "printed  | hello" in it.text("why")
        assert "| there" in it.text("why")


async def test_s_says_why_a_call_of_an_opened_run_cannot_be_gone_into(tmp_path: Path) -> None:
    async with opened_run(from_disk(saved(gradient())), tmp_path) as it:
        await it.press("down", "n", "right", "right", "right", "down", "s")
        assert it.line == "fxh1 = f(x)"
        assert "were saved with this run: go there to step in." in it.text()


@pytest.mark.parametrize("size", SIZES[:2])
async def test_a_run_from_a_file_shows_the_same(tmp_path: Path, size: tuple[int, int]) -> None:
    some = saved(gradient(), gradient(dead))
    keys = ("down", "right", "right", "right", "c", "end", "up", "left", "d")
    seen = []
    for one in (some, from_disk(some)):
        async with opened_run(one, tmp_path, size) as it:
            shown = []
            for key in keys:
                await it.press(key)
                shown.append(it.text())
            seen.append(shown)
    assert seen[0] == seen[1]


# --- recorded anew --------------------------------------------------------------------------


async def test_new_runs_take_the_place_and_the_old_one_stands_beside_to_compare(
    tmp_path: Path,
) -> None:
    async with opened_run(saved(gradient()), tmp_path, same_place=lambda old, new: 12) as it:
        await it.press("down", "right")
        it.screen.replace(saved(gradient(h=1e-3)))
        await it.pilot.pause()
        assert it.reader.left.step == 12
        assert "recorded anew " in it.keys
        assert "c compare" not in it.keys
        await it.press("c")
        assert "before " in it.text("right") + it.screen.query_one("#right").border_title
        assert it.reader.right.outermost is gradient()
        await it.press("d")
        assert it.reader.left.state.names["h"] == 1e-3
        assert it.reader.right.state.names["h"] == 1e-4
        it.screen.replace(saved(gradient(squares, (1, 2))))
        await it.settle()
        assert len(it.reader.runs) == 2
        await it.press("r", "down", "enter")
        title = it.reader.runs["2"].title
        it.screen.replace(saved(gradient()))
        await it.settle()
        assert it.reader.runs["2"].title == title


async def test_a_file_that_cannot_be_recorded_anew_keeps_the_old_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.ui.screens.run._WATCH_EVERY", 1e6)
    said = "my_net.py, line 3 is not Python."
    answers = [None, said, saved(gradient(h=1e-3)), None]
    asked = []

    def watch(stop: threading.Event) -> object:
        asked.append(stop)
        return answers.pop(0) if answers else None

    async with opened_run(saved(gradient()), tmp_path, watch=watch) as it:
        await it.press("down")
        step = it.reader.left.step
        for _ in range(2):
            it.screen._look_at_file()
            await it.settle()
        assert said in it.text().replace("\n", " ") or any(
            said in note.message for note in it.app._notifications
        )
        assert "(as it was before)" in it.text()
        assert it.reader.left.step == step
        it.screen._look_at_file()
        await it.settle()
        assert "(as it was before)" not in it.text()
        assert it.reader.left.recording is gradient(h=1e-3)
        assert not asked[0].is_set()
    assert asked[0].is_set()


# --- everything else ------------------------------------------------------------------------


async def test_nothing_of_the_course_is_offered_or_kept_but_the_theme(tmp_path: Path) -> None:
    async with opened_run(saved(gradient()), tmp_path) as it:
        await it.press("m", "enter", "e")
        assert isinstance(it.screen, RunScreen)
        await it.press("t")
        chosen = it.app.theme
        assert chosen != theme.DARK
        await it.press("question_mark")
        assert isinstance(it.screen, Help)
        said = it.text("help-keys")
        assert "last write to an element" in " ".join(said.split())
        assert "exercise" not in said
    kept = json.loads((tmp_path / "progress.json").read_text())
    assert not kept["lessons"]
    async with opened_run(saved(gradient()), tmp_path) as it:
        assert it.app.theme == chosen


async def test_a_key_can_be_remapped(tmp_path: Path) -> None:
    kept = {"version": 1, "preferences": {"keymap": {"find.where": "x"}}}
    (tmp_path / "progress.json").write_text(json.dumps(kept))
    async with opened_run(saved(gradient()), tmp_path) as it:
        await it.press("x")
        assert isinstance(it.screen, Ask)


async def test_the_palette_offers_what_the_keys_do(tmp_path: Path) -> None:
    async with opened_run(saved(gradient()), tmp_path) as it:
        await it.press("ctrl+p")
        await it.pilot.press(*"breakpoint")
        await it.pilot.pause(0.5)
        await it.press("enter")
        for _ in range(20):
            if isinstance(it.screen, Ask):
                break
            await it.pilot.pause(0.1)
        assert isinstance(it.screen, Ask)


async def test_the_mouse_goes_to_lines_steps_and_tabs(tmp_path: Path) -> None:
    async with opened_run(saved(gradient()), tmp_path, (80, 24)) as it:
        await it.pilot.click("#timeline", offset=(40, 0))
        await it.settle()
        assert it.reader.left.step > 20
        await it.pilot.click("#tabs", offset=(20, 0))
        await it.settle()
        assert it.screen.board.tab == "memory"


async def test_playing_and_impatience(tmp_path: Path) -> None:
    async with opened_run(saved(gradient(), gradient(dead)), tmp_path, (80, 24)) as it:
        await it.pilot.press(*["right"] * 30, "space", "down", "down", "b", "b", "escape", "escape")
        await it.pilot.press("d", "d", "c", "r", "r", "escape", "full_stop", "w", "enter", "comma")
        await it.pilot.press("s", "s", "s", "q")
        await it.settle()
        assert it.app._exception is None


@pytest.mark.parametrize("size", SIZES[:2])
async def test_random_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    chance = random.Random(sum(size))
    some = saved(
        gradient(dead),
        Empty(),
        record(fails_at, [1.0, 2.0, 3.0]),
        from_disk(saved(gradient())).runs[0].steps,
    )
    async with opened_run(some, tmp_path, size) as it:
        for number in range(250):
            if chance.random() < 0.03:
                await it.pilot.resize_terminal(*chance.choice([(80, 24), (120, 40), (40, 12)]))
            key = chance.choice(["escape", "enter", "d", "c", "b", "w", *KEYS])
            await it.pilot.press(key)
            if chance.random() < 0.1:
                await it.settle()
            assert it.app.is_running, f"stopped at key {number}, {key}"
        await it.settle()
        assert it.app._exception is None


def assert_whole(it: OpenedRun) -> None:
    for name in PANES:
        pane = it.screen.query_one(f"#{name}")
        for line in pane.lines if pane.cells else ():
            assert line.width <= pane.cells, f"{name}: {line.text!r} in {pane.cells} cells"


@pytest.mark.parametrize("size", SIZES)
async def test_no_line_is_wider_than_its_pane_at_any_step(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened_run(saved(gradient(), gradient(dead)), tmp_path, size) as it:
        it.screen.action_compare()
        for step in range(0, len(gradient()), 3):
            it.screen.reader.go_to(step)
            it.screen.show_step()
            await it.pilot.pause()
            assert_whole(it)


async def test_brackets_in_titles_are_no_markup_and_hostile_text_commands_nothing(
    tmp_path: Path,
) -> None:
    some = saved(gradient(), Printing("\x1b]0;owned\x07"), title="\x1b[2Jx\udcff")
    some = type(some)(
        some.title,
        tuple(type(run)("f(params['W1'], [b]\x1b[31m)", run.steps) for run in some.runs),
        ("\x1b[2J", "[/b] is no markup"),
    )
    async with opened_run(some, tmp_path) as it:
        assert "f(params['W1'], [b]" in it.text()
        assert "[/b] is no markup" in it.text()
        await it.press("r", "down", "enter", "end")
        assert "\x1b" not in it.text()
        it.screen.replace("[/b] failed: x[0, 1]")
        await it.settle()
        assert "[/b] failed: x[0, 1]" in it.text()


def test_no_key_does_two_things_in_a_run() -> None:
    names = [name for key in (*FREE_RUN, *ALWAYS) for name in key.keys.split(",")]
    assert len(names) == len(set(names))
