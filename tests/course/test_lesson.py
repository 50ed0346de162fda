"""A folder becomes a lesson, or a sentence that says what to do."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.course.conftest import edit
from tutor.course.lesson import load_lesson
from tutor.course.place import Place
from tutor.course.problem import LessonError


def test_a_lesson_holds_what_its_folder_says(bowl: Path) -> None:
    lesson = load_lesson(bowl)
    assert (lesson.slug, lesson.title, lesson.minutes) == ("bowl", "A small bowl", 3)
    assert [step.run for step in lesson.steps] == ["whole", "whole", "whole", "deaf"]
    assert lesson.steps[1].at == Place(iteration=0, after="fxh1")
    assert lesson.steps[3].at == Place(end=True)
    assert lesson.evidence["report"].figures == {"b2": "0.0666666667859"}
    assert lesson.exercise is not None
    assert lesson.exercise.hints == 2


def test_answers_stand_in_the_order_of_the_text(bowl: Path) -> None:
    question = load_lesson(bowl).questions["zero"]
    assert [answer.id for answer in question.answers] == ["no", "yes"]
    assert question.answer("no").label == "No"
    assert question.answer("no").reply == "The copy is never read."
    assert question.is_right("yes")
    assert not question.is_right("no")
    with pytest.raises(KeyError):
        question.answer("maybe")


def test_a_heading_in_a_fence_is_no_heading(bowl: Path) -> None:
    edit(bowl / "en.md", "Inside of f.", "```\n# a comment\n## keep\n```")
    assert "# a comment\n## keep" in load_lesson(bowl).words.texts["into-f"]


def test_a_language_that_is_not_there_falls_back_to_english(bowl: Path) -> None:
    assert load_lesson(bowl, "ja").language == "en"
    (bowl / "ja.md").write_text((bowl / "en.md").read_text().replace("# A small", "# Petit"))
    assert load_lesson(bowl, "ja").language == "ja"
    assert load_lesson(bowl, "ja").title == "Petit bowl"


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("lesson.toml", 'right = "up"\n', "", r"lesson.toml.*number 1: `right` is missing"),
        ("lesson.toml", 'run = "whole"', "run = 3", r"lesson.toml:\d+: .*`run` must be a text"),
        ("lesson.toml", "iteration = 0", "iteration = true", r"`iteration` must be a whole number"),
        ("lesson.toml", 'id = "deaf"', 'id = "whole"', r"`whole` is there twice"),
        ("lesson.toml", 'id = "sign"', 'id = "The Sign"', r"`The Sign` is no id"),
        ("lesson.toml", 'after = "fxh1"', 'after = "x[idx#"', r"write `after` as a name"),
        ("lesson.toml", "end = true", 'end = true, after = "h"', r"a place by themselves"),
        ("en.md", "## keep", "## keep: it", r"en.md:\d+: `## keep: it` is not understood"),
        ("en.md", "## keep", "## start", r"two headings `## start`"),
        ("en.md", "# A small bowl", "A small bowl", r"no title"),
        ("en.md", "## ask: sign", "## sign", r"`### up` stands under no question"),
    ],
)
def test_a_fault_is_a_sentence_with_its_place(
    bowl: Path, file: str, old: str, new: str, sentence: str
) -> None:
    edit(bowl / file, old, new)
    with pytest.raises(LessonError) as caught:
        load_lesson(bowl)
    assert re.search(sentence, str(caught.value))


@pytest.mark.parametrize("name", ["lesson.toml", "en.md", "exercise.py", "solution.py"])
def test_a_missing_file_is_named(bowl: Path, name: str) -> None:
    (bowl / name).unlink()
    with pytest.raises(LessonError, match=f"{re.escape(name)}: This file is missing"):
        load_lesson(bowl)


def test_loading_needs_no_numpy(bowl: Path) -> None:
    import subprocess

    code = (
        "import sys; from pathlib import Path\n"
        "from tutor.course.lesson import load_lesson\n"
        "from tutor.course.catalogue import load_course\n"
        "from tutor.course import find, progress\n"
        f"load_lesson(Path({str(bowl)!r})); load_course(Path({str(bowl.parent)!r}))\n"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
