"""Each rule of the linter has a lesson that breaks it by one edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.conftest import edit
from tutor.course.linter import check_lesson, check_lessons

TOML, WORDS, SCENE = "lesson.toml", "en.md", "scene.py"

# what is edited, what is replaced, by what, and words of the one sentence that must come
FAULTS = {
    "a place that is never reached": (TOML, "iteration = 1,", "iteration = 2,", "never is at"),
    "a name that never gets a value": (TOML, 'after = "fxh1" }\nask', 'after = "no" }\nask', "nev"),
    "nothing to step into": (TOML, 'after = "fxh1" }\ninto', 'after = "idx" }\ninto', "step into"),
    "a text without a step": (WORDS, "## keep", "## spare\n\nUnused.\n\n## keep", "No step shows"),
    "a step without a text": (WORDS, "## into-f", "## into-g", "no text `## into-f`"),
    "an empty text": (WORDS, "Inside of f.", "", "is empty"),
    "an unknown figure": (WORDS, "{fxh1:.2f}", "{fxh9:.2f}", "no figure `fxh9`"),
    "an unknown element": (WORDS, "slope is {slopes[0]:.3f}", "slope is {slopes[7]}", "no such"),
    "a format that does not fit": (WORDS, "{fxh1:.2f}", "{fxh1:d}", "does not take the format"),
    "unknown evidence": (WORDS, "{evidence.report.b2}", "{evidence.report.b9}", "no evidence"),
    "a decimal in the prose": (WORDS, "Inside of f.", "Inside, 0.5.", "0.5 is typed in"),
    "an exponent in the prose": (WORDS, "Inside of f.", "Inside, 1e-4.", "1e-4 is typed in"),
    "a large integer": (WORDS, "Inside of f.", "All 39,760 of them.", "39,760 is typed in"),
    "a decimal in a reply": (WORDS, "It is.", "It is 6.25.", "6.25 is typed in"),
    "an invented number in code": (WORDS, "`h = 1e-4`", "`h = 2e-4`", "2e-4 stands in no source"),
    "a number in a fence": (WORDS, "a set  =", "fxh2 = 24.99 #", "24.99 stands in no source"),
    "no reply": (WORDS, "The square has a factor of 2.", "", "`### three` has no reply"),
    "no reply to the right answer": (WORDS, "It is.\n", "", "`### six` has no reply"),
    "one answer": (WORDS, "### three\nThree\n\nThe square has a factor of 2.\n", "", "at least 2"),
    "no right answer": (TOML, 'right = "six"', 'right = "seven"', "the right one"),
    "a question without words": (WORDS, "## ask: size", "## ask: sizes", "`## ask: size`"),
    "a question without a place": (TOML, 'ask = "size"\n', "", "0 steps ask `size`"),
    "a question nobody defined": (TOML, 'id = "size"', 'id = "sizes"', "question `size`"),
    "a question before the first step": (
        TOML,
        'text = "start"',
        'text = "start"\nask = "zero"',
        "b",
    ),
    "no keep": (WORDS, "A slope is a difference divided by a step.", "", "`## keep`"),
    "no try": (WORDS, "Run it on your own file.", "", "`## try`"),
    "no goal": (WORDS, "## goal\n\nRepair `slope`.\n", "", "`## goal`"),
    "a missing hint": (WORDS, "## hint: 2\n\nLook at the parentheses.\n", "", "`hints` says 2"),
    "hints that skip a number": (WORDS, "## hint: 2", "## hint: 3", "Number the hints"),
    "a start that passes": ("exercise.py", "/ 2 * h", "/ (2 * h)", "passes already"),
    "a solution that fails": ("solution.py", "(2 * h)", "h", "does not pass"),
    "a solution that raises": ("solution.py", "return", "return undefined +", "NameError"),
    "a check that raises": (
        SCENE,
        "    slope = oracle",
        "    1 / 0\n    slope = oracle",
        "own check",
    ),
    "a verdict without words": (WORDS, "## verdict: wrong", "## verdict: bad", "verdict: wrong"),
    "a scene that raises": (SCENE, "    kept = np.array", "    1 / 0\n    kept = np.arr", "Zero"),
    "a scene that does not load": (SCENE, "h = 1e-4", "h = undefined", "NameError"),
    "a scene without the run": (SCENE, "def deaf", "def mute", "no function `deaf`"),
    "an unknown table": (TOML, 'figures = ["slopes"]', 'figures = ["gone"]', "no table `gone`"),
    "an unknown run": (TOML, 'run = "deaf"', 'run = "dead"', "no run `dead`"),
    "an unknown card": (TOML, 'evidence = ["report"]', 'evidence = ["note"]', "evidence `note`"),
    "an unknown pitfall": (TOML, '["perturbs-a-copy"]', '["perturbs"]', "no pitfall `perturbs`"),
    "a newer format": (TOML, "format = 1", "format = 2", "pip install --upgrade"),
    "an unknown key": (TOML, "minutes = 3", "minutes = 3\nminuts = 4", "Did you mean `minutes`"),
    "a wrong type": (TOML, "minutes = 3", 'minutes = "3"', "a whole number"),
    "broken TOML": (TOML, "minutes = 3", "minutes =", "not TOML"),
    "a slug that is not the folder": (TOML, 'slug = "bowl"', 'slug = "bowls"', "folder's name"),
    "a figure in the title": (WORDS, "# A small bowl", "# A {count} bowl", "title quotes"),
    "evidence that is no text": (TOML, '"0.0666666667859"', "0.0666666667859", "in quotes"),
}


def test_a_good_course_has_no_fault(course_folder: Path) -> None:
    assert check_lessons(course_folder) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_one_edit_is_found(bowl: Path, fault: str) -> None:
    file, old, new, words = FAULTS[fault]
    edit(bowl / file, old, new)
    problems = [str(problem) for problem in check_lesson(bowl)]
    assert any(words in problem for problem in problems), problems


def test_a_figure_that_nobody_quotes_is_no_fault(bowl: Path) -> None:
    edit(bowl / SCENE, '"count": 2', '"count": 2, "spare": 3')
    assert check_lesson(bowl) == []


def test_the_line_is_that_of_the_fault(bowl: Path) -> None:
    edit(bowl / WORDS, "Inside of f.", "Inside.\n\nIt is 0.5.")
    line = (bowl / WORDS).read_text().splitlines().index("It is 0.5.") + 1
    assert [problem.line for problem in check_lesson(bowl)] == [line]


def test_several_faults_are_all_told(bowl: Path) -> None:
    edit(bowl / WORDS, "Inside of f.", "Inside, 0.5.")
    edit(bowl / WORDS, "It is.\n", "")
    edit(bowl / WORDS, "Run it on your own file.", "")
    edit(bowl / TOML, "iteration = 1,", "iteration = 2,")
    text = "\n".join(str(problem) for problem in check_lesson(bowl))
    for words in ("0.5 is typed in", "`### six` has no reply", "`## try`", "never is at"):
        assert words in text


def test_a_question_less_is_too_few(bowl: Path) -> None:
    edit(bowl / TOML, '[[questions]]\nid = "zero"\nright = "yes"\n', "")
    edit(bowl / TOML, 'ask = "zero"\n', "")
    assert any("at least 3" in str(problem) for problem in check_lesson(bowl))


def test_no_exercise_is_a_fault(bowl: Path) -> None:
    text = (bowl / TOML).read_text()
    (bowl / TOML).write_text(text[: text.index("[exercise]")])
    assert any("no exercise" in str(problem) for problem in check_lesson(bowl))


def test_a_heading_that_another_language_lacks(bowl: Path) -> None:
    words = (bowl / WORDS).read_text()
    (bowl / "fr.md").write_text(words)
    assert check_lesson(bowl) == []
    (bowl / "fr.md").write_text(words.replace("### six", "### sept").replace("{count}", "{compte}"))
    problems = "\n".join(str(problem) for problem in check_lesson(bowl))
    assert "`size / six` is missing" in problems
    assert "`size / sept` is not in en.md" in problems
    assert "no figure `compte`" in problems


def test_needs_that_name_no_lesson_or_a_later_one(course_folder: Path) -> None:
    edit(course_folder / "bowl" / TOML, "needs = []", 'needs = ["second", "nowhere"]')
    text = "\n".join(str(problem) for problem in check_lessons(course_folder))
    assert "`second`, which comes later" in text
    assert "`nowhere`, and there is no such lesson" in text


def test_a_lesson_of_no_chapter(course_folder: Path) -> None:
    edit(course_folder / "course.toml", '"second"]', "]")
    edit(course_folder / "course.toml", 'first = "second"', 'first = "bowl"')
    assert ["stands in no chapter" in str(p) for p in check_lessons(course_folder)] == [True]


def test_one_lessons_own_folder_can_be_checked(bowl: Path) -> None:
    assert check_lessons(bowl) == []
