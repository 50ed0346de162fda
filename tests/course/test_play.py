from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.course.conftest import edit
from tutor.course.exercise import Verdict
from tutor.course.lesson import load_lesson
from tutor.course.play import Play
from tutor.course.problem import LessonError


def play(folder: Path) -> Play:
    return Play(load_lesson(folder))


def test_a_text_has_its_figures(bowl: Path) -> None:
    # (3 + 1e-4)^2 + 4^2 = 25.00060001 by hand.
    text = play(bowl).text("first-value")
    assert text.startswith("Here fxh1 is 25.00060001, about 25.00.")
    assert "printed 0.0666666667859." in text
    assert "slopes = [6., 8.]\na set  = {1, 2}" in text


def test_every_other_text_is_filled_too(bowl: Path) -> None:
    played = play(bowl)
    assert played.reply("sign", "up") == "Yes, it is 25.00060001."
    assert (played.prompt("sign"), played.label("sign", "up")) == ("Up or down?", "Up")
    assert played.hint(2) == "Look at the parentheses."
    assert played.keep.startswith("A slope")
    assert played.goal.startswith("Repair")
    assert played.try_it.startswith("Run it")


def test_a_verdict_has_its_own_figures_and_the_lessons(bowl: Path) -> None:
    words = play(bowl).verdict(Verdict(False, "wrong", {"slope": np.float64(0.5)}))
    assert words == "The slope at 3 came out as 0.5, not 6.000."
    assert play(bowl).verdict(Verdict(False, sentence="It ran too long.")) == "It ran too long."


def test_a_scene_runs_once_and_only_when_it_is_asked_for(bowl: Path) -> None:
    edit(bowl / "scene.py", "def whole():", "ran = []\n\n\ndef whole():\n    ran.append(1)")
    played = play(bowl)
    played.recording("deaf")
    assert played.scene.ran == []
    assert played.recording("whole") is played.recording("whole")
    assert played.text("start")
    assert played.scene.ran == [1]


def test_several_threads_may_ask_at_once(bowl: Path) -> None:
    edit(bowl / "scene.py", "def whole():", "ran = []\n\n\ndef whole():\n    ran.append(1)")
    played = play(bowl)
    asks = (lambda: played.scene, lambda: played.figures, lambda: played.recording("whole"))
    threads = [threading.Thread(target=ask, daemon=True) for ask in asks * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert played.scene.ran == [1]


def test_a_step_stands_where_it_says(bowl: Path) -> None:
    played = play(bowl)
    first, inside, end = (played.cursor(played.lesson.steps[k]) for k in (1, 2, 3))
    assert first.state.iteration == 0
    assert "fxh1" in first.state.assigned
    assert (inside.depth, inside.state.source.name) == (1, "bowl")
    assert end.at_end


def test_the_lines_shown_are_those_of_the_file(bowl: Path) -> None:
    source = play(bowl).recording("whole").source
    lines = (bowl / "scene.py").read_text().splitlines()
    assert source.filename == str(bowl / "scene.py")
    assert list(source.lines) == lines[source.first_line - 1 :][: len(source.lines)]


def test_two_scenes_never_meet_and_leave_no_files(course_folder: Path) -> None:
    edit(course_folder / "second" / "scene.py", '"count": 2', '"count": 5')
    first, second = play(course_folder / "bowl"), play(course_folder / "second")
    assert (first.figure("count"), second.figure("count")) == (2, 5)
    assert first.figure("count") == 2
    assert "scene" not in sys.modules
    assert not list(course_folder.rglob("__pycache__"))


def test_a_scene_that_was_changed_is_read_again(bowl: Path) -> None:
    assert play(bowl).figure("count") == 2
    edit(bowl / "scene.py", '"count": 2', '"count": 3')
    assert play(bowl).figure("count") == 3


def test_what_a_scene_raises_is_told_with_its_line(bowl: Path) -> None:
    edit(bowl / "scene.py", "    kept = np.array", "    1 / 0\n    kept = np.array")
    line = (bowl / "scene.py").read_text().splitlines().index("    1 / 0") + 1
    with pytest.raises(LessonError, match=f"scene.py:{line}: The scene raised ZeroDivision"):
        play(bowl).recording("deaf")


def test_a_place_that_is_never_reached_is_told(bowl: Path) -> None:
    edit(bowl / "lesson.toml", "iteration = 1", "iteration = 9")
    played = play(bowl)
    with pytest.raises(LessonError, match="number 3: the run `whole` never is at iteration 9"):
        played.cursor(played.lesson.steps[2])
