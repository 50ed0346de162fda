from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.conftest import edit
from tutor.course.catalogue import lessons_folder, load_course
from tutor.course.find import UnknownLesson, find_lesson
from tutor.course.problem import LessonError


def test_a_course_has_chapters_in_order(course_folder: Path) -> None:
    course = load_course(course_folder)
    assert [chapter.title for chapter in course.chapters] == ["One", "Two"]
    assert [lesson.slug for lesson in course.lessons] == ["bowl", "second"]
    assert course.first == "second"
    summary = course.summary("second")
    assert summary is not None
    assert (summary.title, summary.minutes, summary.needs) == ("A second bowl", 3, ("bowl",))
    after = course.after("bowl")
    assert after is not None
    assert after.slug == "second"
    assert course.after("second") is None


def test_a_folder_without_a_map_is_one_chapter(course_folder: Path) -> None:
    (course_folder / "course.toml").unlink()
    course = load_course(course_folder)
    assert [lesson.slug for lesson in course.lessons] == ["bowl", "second"]
    assert course.first == "bowl"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('["second"]', '["third"]', "no lesson in the folder `third`"),
        ('["second"]', '["bowl"]', "`bowl` stands in the course twice"),
        ('first = "second"', 'first = "third"', "`first` names `third`"),
        ('title = "One"', "titel = 1", "Did you mean `title`"),
    ],
)
def test_a_fault_in_the_map_is_a_sentence_and_stops_no_other_lesson(
    course_folder: Path, old: str, new: str, sentence: str
) -> None:
    edit(course_folder / "course.toml", old, new)
    course = load_course(course_folder)
    assert any(sentence in fault.text for fault in course.faults)
    assert course.summary("bowl") is not None
    assert course.summary(course.first) is not None


def test_a_map_of_another_format_is_refused(course_folder: Path) -> None:
    edit(course_folder / "course.toml", "format = 1", "format = 2")
    with pytest.raises(LessonError, match="format 1"):
        load_course(course_folder)


def test_a_folder_without_lessons_says_so(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no lessons in this folder"):
        load_course(tmp_path)


def test_a_lesson_is_found_by_its_slug_or_its_pitfall(course_folder: Path) -> None:
    course = load_course(course_folder)
    assert find_lesson(course, "second").slug == "second"
    assert find_lesson(course, "log-of-zero").slug == "second"
    assert find_lesson(course, "Perturbs_a_copy").slug == "bowl"


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("secnd", "second"), ("perturb-copy", "perturbs-a-copy"), ("xyzzy", "")],
)
def test_a_wrong_slug_gets_the_nearest_right_one(
    course_folder: Path, wrong: str, nearest: str
) -> None:
    with pytest.raises(UnknownLesson) as caught:
        find_lesson(load_course(course_folder), wrong)
    assert caught.value.nearest == nearest
    assert wrong in str(caught.value)
    assert nearest in str(caught.value)


def test_the_lessons_that_come_along_have_a_map() -> None:
    assert (lessons_folder() / "course.toml").exists()
