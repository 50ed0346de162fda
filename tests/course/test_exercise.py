from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.conftest import edit
from tutor.course.exercise import Verdict, run_check
from tutor.course.lesson import load_lesson
from tutor.course.play import Play


def judged(folder: Path, source: str | None = None, seconds: float = 10) -> Verdict:
    lesson = load_lesson(folder)
    assert lesson.exercise is not None
    return run_check(lesson, Play(lesson), source or lesson.exercise.solution, seconds)


def test_the_solution_passes_and_the_start_does_not(bowl: Path) -> None:
    assert judged(bowl).passed
    wrong = judged(bowl, "def slope(x, h=1e-4):\n    print('hello')\n    return 6e-8\n")
    assert (wrong.passed, wrong.text, wrong.figures) == (False, "wrong", {"slope": 6e-8})
    assert wrong.printed == "hello\n"


@pytest.mark.parametrize(
    ("source", "words", "line"),
    [
        ("def slope(x):\n    return y\n", "NameError in line 2 of exercise.py, `return y`", 2),
        ("def slope(x)\n    return x\n", "SyntaxError in line 1 of exercise.py", 1),
        ("def slop(x):\n    return x\n", "There is `slop`; was that meant?", None),
        ("def slope(x):\n    while True: pass\n", "still running after 1 second", None),
        ("def slope(x):\n    return object()\n", "slope returned a value of type object", None),
        ("import os\nos._exit(0)\n", "ended its own process", None),
    ],
)
def test_code_that_cannot_be_judged_gets_a_sentence(
    bowl: Path, source: str, words: str, line: int | None
) -> None:
    verdict = judged(bowl, source, seconds=1)
    assert not verdict.passed
    assert not verdict.lesson_fault
    assert words in verdict.sentence
    assert verdict.line == line


def test_a_check_that_fails_is_the_lessons_fault(bowl: Path) -> None:
    edit(bowl / "scene.py", "    slope = oracle", "    1 / 0\n    slope = oracle")
    verdict = judged(bowl)
    assert verdict.lesson_fault
    assert "ZeroDivisionError" in verdict.sentence
    assert "your code was not judged" in verdict.sentence


def test_a_check_must_return_a_verdict(bowl: Path) -> None:
    edit(bowl / "scene.py", "return Verdict(True", "return str(True) or Verdict(True")
    assert "must return a Verdict" in judged(bowl).sentence


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("pass", "`slope` returned None; does it end with a `return`?"),
        ("return 'six'", "returned a value of type str"),
        ("import numpy; return numpy.zeros(2)", "an array of shape (2,)"),
    ],
)
def test_a_return_that_the_check_cannot_use_is_not_the_lessons_fault(
    bowl: Path, body: str, words: str
) -> None:
    verdict = judged(bowl, f"def slope(x):\n    {body}\n")
    assert (verdict.passed, verdict.lesson_fault) == (False, False)
    assert words in verdict.sentence
