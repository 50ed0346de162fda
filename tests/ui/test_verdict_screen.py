"""The verdict on students' files on the screen, by a pilot."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.conftest import LESSONS
from tests.ui.test_random_keys import KEYS
from tests.ui.verdicts import STUDENTS, OpenedVerdict, judged, opened_verdict, student
from tutor.course.catalogue import load_course
from tutor.diagnosis.findings import Diagnosis, Verdict
from tutor.diagnosis.shown import Shown, each_shown
from tutor.diagnosis.submission import Submission
from tutor.reports import Item
from tutor.ui.app import TutorApp
from tutor.ui.background import Background
from tutor.ui.keeper import Keeper
from tutor.ui.keymap import ALL, IN_A_VERDICT, VERDICT
from tutor.ui.screens import verdict
from tutor.ui.screens.ask import Ask
from tutor.ui.screens.help import Help
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.verdict import VerdictScreen

SIZES = [(80, 24), (120, 40)]
_RECORDED: dict[str, tuple[Shown, ...]] = {}
MIKA, TANAKA, STEVE = "mika_ch5.ipynb", "tanaka.py", "steve_bootcamp.py"


@pytest.fixture(autouse=True)
def recorded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record the runs of each student once, in the thread of the screen that is first."""

    def kept(submission: Submission, *named: object) -> Iterator[Shown]:
        if submission.path not in _RECORDED:
            found = tuple(each_shown(submission, *named))
            if not named[-1]():
                _RECORDED[submission.path] = found
            return iter(found)
        return iter(_RECORDED[submission.path])

    monkeypatch.setattr(verdict, "each_shown", kept)


def assert_whole(it: OpenedVerdict) -> None:
    """Hold that no line is wider than its pane and that what is below can be reached."""
    for name in ("source", "left", "right", "finding", "why", "memory"):
        pane = it.page.query_one(f"#{name}")
        for line in pane.lines if pane.cells else ():
            assert line.width <= pane.cells, f"{name}: {line.text!r} in {pane.cells} cells"


@pytest.mark.parametrize("size", SIZES)
async def test_the_finding_is_read_at_once_and_the_runs_come_and_stand_where_they_part(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened_verdict(student(MIKA), tmp_path, size) as it:
        assert "softmax-whole-batch in softmax (cell 2, line 4)" in it.finding
        assert "divides by the sum over the whole batch" in it.finding
        assert "predicted measured" in it.finding
        assert "sum of all of y, where 3 rows" in it.finding
        assert "line 4 return exp_a / np.sum(exp_a)" in it.finding
        assert "repaired return exp_a / np.sum(exp_a, axis=-1, keepdims=True)" in it.finding
        assert "all 4 gradients agree, to 3e-06" in it.finding
        assert "gradtutor lesson softmax-over-the-batch" in it.finding
        assert ">*" in it.text("source")
        await it.recorded()
        assert it.line == "return exp_a / np.sum(exp_a)"
        assert it.reader.comparing
        right = it.reader.right.state
        assert "axis=-1, keepdims=True" in right.source.line(right.line)
        said = await it.said("why")
        assert "as handed in" in said
        assert "put right" in said
        assert "line 4" in said
        assert "mika_ch5.ipynb: softmax-whole-batch" in it.heading
        assert_whole(it)


@pytest.mark.parametrize("size", SIZES)
async def test_while_it_is_recorded_the_line_is_there_and_every_key_answers(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(*_: object) -> Iterator[Shown]:
        go_on.wait(30)
        yield from ()

    monkeypatch.setattr(verdict, "each_shown", slow)
    async with opened_verdict(student(TANAKA), tmp_path, size) as it:
        assert "recording its run" in it.heading
        assert "being recorded" in " ".join(it.text("left").split())
        assert it.line == "sum_exp_a = np.sum(exp_a)"
        for key in ("right", "s", "c", "d", "b", "escape", "w", "escape", "g", "escape", "a"):
            await it.press(key)
            assert it.app.is_running
        assert "step" not in it.keys
        await it.press("f")
        assert "bias-gradient" in it.finding
        assert "2 of 2" in it.finding
        await it.press("q")
        assert not it.app.is_running
    go_on.set()


async def test_a_recording_that_fails_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[Shown]:
        raise ZeroDivisionError("ours")
        yield

    monkeypatch.setattr(verdict, "each_shown", broken)
    async with opened_verdict(student(TANAKA), tmp_path) as it:
        await it.recorded()
        said = await it.said("why")
        assert "gradtutor's own fault: ZeroDivisionError: ours" in said
        await it.press("f")
        assert "own fault" in " ".join(it.text("left").split())


@pytest.mark.parametrize("size", SIZES)
async def test_two_findings_there_and_back_each_where_it_was_left(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened_verdict(student(TANAKA), tmp_path, size) as it:
        await it.recorded()
        assert "1 of 2 softmax-whole-batch" in it.finding
        assert it.line == "sum_exp_a = np.sum(exp_a)"
        await it.press("right", "right")
        left_at = it.reader.left.step
        await it.press("f")
        assert "2 of 2 bias-gradient in Affine (line 33)" in it.finding
        assert it.line.startswith("self.db = np.mean(dout, axis=0)")
        assert it.page.board.tab == "finding" or size[0] > 100
        assert_whole(it)
        await it.press("F")
        assert "1 of 2" in it.finding
        assert it.reader.left.step == left_at
        await it.press("a")
        assert it.reader.left.step == 3
        assert "two runs part" in it.keys
        await it.press("f", "f")
        assert "1 of 2" in it.finding


async def test_a_leads_back_from_anywhere(tmp_path: Path) -> None:
    async with opened_verdict(student(MIKA), tmp_path) as it:
        await it.recorded()
        at = it.reader.left.step
        await it.press("end", "c", "r", "down", "enter")
        assert it.reader.left.step != at or not it.reader.comparing
        await it.press("a")
        assert it.reader.run == "1"
        assert it.reader.comparing
        assert (it.reader.left.step, it.reader.right.step) == (at, at)
        await it.press("home", "d")
        assert it.reader.left.step <= at


@pytest.mark.parametrize("size", SIZES)
async def test_without_a_run_the_line_is_shown_and_why(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened_verdict(student(STEVE), tmp_path, size) as it:
        await it.recorded()
        for said in (" ".join(it.text("left").split()), await it.said("why")):
            assert "Nothing that could be run here reaches NeuralNetwork.update" in said
        assert it.line == "self.weights1 += self.learning_rate * self.d_weights1"
        assert "self.weights1 -= self.learning_rate" in it.finding
        assert "It changed nothing" not in await it.said("why")
        await it.press("a")
        assert "nothing here that two runs part at" in it.keys
        await it.press("f")
        assert "only finding" in it.keys
        for key in ("right", "down", "end", "d", "c", "s", "r", "escape", "space"):
            await it.press(key)
        assert it.app.is_running
        assert_whole(it)


@pytest.mark.parametrize("name", [MIKA, TANAKA, STEVE])
async def test_a_student_sees_neither_the_repaired_line_nor_its_run(
    tmp_path: Path, name: str
) -> None:
    item = student(name)
    repairs = [f.repair.line for f in item.diagnosis.errors if f.repair]
    assert repairs
    async with opened_verdict(item, tmp_path, (200, 60), for_student=True) as it:
        await it.recorded()
        assert it.page._here.has_run == (name != STEVE)
        for _ in repairs:
            for key in ("c", "d", "a", "end", "a", "s", "s"):
                await it.press(key)
                shown = it.text()
                assert "put right" not in shown.replace("With only this line put right", "")
                assert not [line for line in repairs if line in shown]
            assert len(it.reader.runs) == 1
            assert not it.reader.comparing
            assert "repaired" not in it.text("finding")
            await it.press("f")
        assert "gradtutor lesson" in it.finding or "gradtutor pitfalls" in it.finding


async def test_a_student_stands_where_it_goes_wrong(tmp_path: Path) -> None:
    async with opened_verdict(student(MIKA), tmp_path, for_student=True) as it:
        await it.recorded()
        assert it.line == "return exp_a / np.sum(exp_a)"
        assert "a where it goes wrong" in it.keys
        await it.press("home", "a")
        assert it.line == "return exp_a / np.sum(exp_a)"
        assert "goes wrong" in it.keys


async def test_the_tabs_and_pgdn_reach_everything_on_a_small_screen(tmp_path: Path) -> None:
    async with opened_verdict(student(TANAKA), tmp_path, (80, 24)) as it:
        await it.recorded()
        pane = it.page.query_one("#finding")
        assert "tab what happened" in it.keys
        await it.press("pagedown", "pagedown")
        assert not pane.below
        assert "gradtutor lesson" in it.text()
        await it.press("tab")
        assert "np.sum(exp_a, axis=-1" in it.text() or "put right" in it.text()
        await it.press("tab", "tab")
        assert it.page.board.tab == "finding"
        await it.pilot.resize_terminal(60, 18)
        await it.settle()
        seen = set()
        for _ in range(4):
            seen.add(it.page.board.tab)
            assert_whole(it)
            await it.press("tab")
        assert seen == {"finding", "why", "values", "memory"}


async def test_a_search_is_stopped_before_escape_leaves(tmp_path: Path) -> None:
    async with opened_verdict(student(MIKA), tmp_path) as it:
        await it.recorded()
        await it.press("b", *"exp_a[0, 0] > 99", "enter")
        await it.press("space")
        assert it.page._playing is not None
        await it.press("escape")
        assert it.app.is_running
        assert it.page._playing is None
        await it.pilot.press("escape")
        await it.pilot.pause()
        assert not it.app.is_running


async def test_the_list_of_keys_tells_those_of_a_verdict(tmp_path: Path) -> None:
    async with opened_verdict(student(STEVE), tmp_path) as it:
        await it.press("question_mark")
        assert isinstance(it.screen, Help)
        said = " ".join(it.text("help-keys").split())
        assert "The next finding" in said
        assert "where the two runs part" in said


def test_no_key_does_two_things_in_a_verdict_and_each_can_be_remapped() -> None:
    names = [name for key in (*VERDICT, *IN_A_VERDICT) for name in key.keys.split(",")]
    assert len(names) == len(set(names))
    assert {key.id for key in (*VERDICT, *IN_A_VERDICT)} <= {key.id for key in ALL}


HOSTILE = '''\
import numpy as np


def softmax(x):
    """\x1b]0;owned\x07 [/b] [red]"""
    e = np.exp(x)  # \x1b[2J\u202e [bold]gone[/bold]
    return e / np.sum(e)  # \x1b[31m\x9b5m [/]
'''


@pytest.mark.parametrize("size", SIZES)
async def test_what_a_student_wrote_commands_no_terminal_and_is_no_markup(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "a[b]\x1b[2J.py"
    path.write_text(HOSTILE, encoding="utf-8")
    item = judged(path)
    assert item.diagnosis.errors, item.diagnosis.reason
    async with opened_verdict(item, tmp_path, size) as it:
        await it.recorded()
        for key in ("tab", "tab", "right", "end", "r", "escape", "home", "a"):
            await it.press(key)
            assert not [sign for sign in it.text() if sign in "\x1b\x07\x9b\u202e"]
        assert "[/]" in it.text("finding")
        assert "a[b]" in it.heading
        assert it.app._exception is None


async def test_figures_alone_have_no_code_to_step_through(tmp_path: Path) -> None:
    source = student(STEVE).diagnosis
    told = Diagnosis("figures", Verdict.PITFALL, "", findings=source.findings)
    async with opened_verdict(Item(told, None, ""), tmp_path) as it:
        assert "gradient-ascent" in it.finding
        assert "No code was handed in" in await it.said("why")
        for key in ("right", "a", "d", "c", "s", "b", "f"):
            await it.press(key)
        assert it.app.is_running


@pytest.mark.parametrize("size", SIZES)
async def test_random_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    chance = random.Random(sum(size))
    leaving = {"q", "escape", "ctrl+c", "ctrl+q"}
    async with opened_verdict(student(TANAKA), tmp_path, size) as it:
        for number in range(200):
            if chance.random() < 0.03:
                await it.pilot.resize_terminal(*chance.choice([(80, 24), (120, 40), (40, 12)]))
            key = chance.choice(["enter", "a", "d", "c", "b", "f", "F", *KEYS])
            if key in leaving and len(it.app.screen_stack) < 2:
                continue
            await it.pilot.press(key)
            if chance.random() < 0.1:
                await it.settle()
            assert it.app.is_running, f"stopped at key {number}, {key}"
        assert it.app._exception is None


# --- from inside the tutor ------------------------------------------------------------------


def tutor(data: Path, judge: object) -> TutorApp:
    return TutorApp(load_course(LESSONS), Keeper(data / "progress.json"), "small", judge)


async def until(it: OpenedVerdict, what: object) -> None:
    for _ in range(600):
        if what():
            await it.settle()
            return
        await it.pilot.pause(0.1)
    raise AssertionError(it.text())


async def test_a_file_is_diagnosed_from_a_lesson_and_escape_leads_back(tmp_path: Path) -> None:
    app = tutor(tmp_path, lambda path: [judged(Path(path))])
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        it = OpenedVerdict(app, pilot)
        await it.settle()
        lesson = app.screen
        assert isinstance(lesson, LessonScreen)
        for leave in ("escape", "q"):
            app.diagnose()
            await it.settle()
            assert isinstance(app.screen, Ask)
            app.screen.query_one("#asked").value = str(tmp_path / "none.py")
            await it.press("enter")
            assert "There is no file" in str(app.screen.query_one("#asked-note").render())
            app.screen.query_one("#asked").value = str(STUDENTS / MIKA)
            await it.press("enter")
            await until(it, lambda: isinstance(app.screen, VerdictScreen))
            assert "softmax-whole-batch" in it.finding
            assert "q back" in it.keys
            await it.press(leave)
            assert app.screen is lesson
        app.diagnose()
        await it.press("enter")
        await until(it, lambda: isinstance(app.screen, VerdictScreen))
        await it.press("m")
        assert app.screen is not lesson
    app.keeper.close()


async def test_what_is_right_or_cannot_be_judged_is_said_and_nothing_is_opened(
    tmp_path: Path,
) -> None:
    outcomes: list[object] = [
        [judged(STUDENTS / "akira_affine.py")],
        "Nothing was run: there are no walls.",
        [],
    ]

    def judge(path: str) -> object:
        return outcomes.pop(0) if outcomes else [][0]

    app = tutor(tmp_path, judge)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        it = OpenedVerdict(app, pilot)
        await it.settle()
        lesson = app.screen
        said = []
        for wanted in ("nothing is wrong", "no walls", "", "own fault: IndexError"):
            app.diagnose()
            await it.settle()
            app.screen.query_one("#asked").value = str(STUDENTS / "akira_affine.py")
            await it.press("enter")
            await until(it, lambda: app._diagnosing._work is None)
            said = [note.message for note in app._notifications]
            assert not wanted or any(wanted in text for text in said), said
            assert app.screen is lesson
    app.keeper.close()


async def test_of_several_wrong_ones_a_list_is_shown(tmp_path: Path) -> None:
    app = tutor(tmp_path, lambda path: [student(MIKA), student(STEVE)])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        it = OpenedVerdict(app, pilot)
        await it.settle()
        app.diagnose()
        await it.settle()
        app.screen.query_one("#asked").value = str(STUDENTS)
        await it.press("enter")
        await until(it, lambda: bool(app.screen.query("#choices")))
        assert "one thing is wrong: gradient-ascent." in it.text("choices")
        await it.press("down", "enter")
        assert "gradient-ascent" in it.finding
    app.keeper.close()


async def test_background_work_hands_on_what_comes_and_why_it_failed() -> None:
    def work(stopped: object) -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("no more")

    some = Background(work)
    found = []
    while not some.is_over:
        found += some.news()
        await asyncio.sleep(0)
    assert found == [1, 2]
    assert some.failure == "ValueError: no more"
