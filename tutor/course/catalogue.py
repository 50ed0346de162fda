"""The course: its chapters and what is known of each lesson before it is opened.

Reading it costs milliseconds and needs no NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import tutor
from tutor.course.keys import Keys, read_keys
from tutor.course.lesson import FORMAT
from tutor.course.problem import LessonError, Problem
from tutor.course.text import read_title

COURSE_FILE: Final = "course.toml"
LESSON_FILE: Final = "lesson.toml"


@dataclass(frozen=True, slots=True)
class Summary:
    """A lesson as the map of the course shows it."""

    slug: str
    title: str
    minutes: int
    needs: tuple[str, ...]
    pitfalls: tuple[str, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: a title and its lessons in reading order."""

    title: str
    lessons: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """Chapters in reading order; ``first`` is the lesson that a first start opens.

    ``faults`` says what could not be read; the other lessons can be used all the same.
    """

    folder: Path
    chapters: tuple[Chapter, ...]
    first: str
    faults: tuple[Problem, ...] = ()

    @property
    def lessons(self) -> tuple[Summary, ...]:
        """Return every lesson in reading order."""
        return tuple(lesson for chapter in self.chapters for lesson in chapter.lessons)

    def summary(self, slug: str) -> Summary | None:
        """Return one lesson, None if there is none of that slug."""
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)

    def after(self, slug: str) -> Summary | None:
        """Return the lesson that follows in reading order, None after the last."""
        slugs = [lesson.slug for lesson in self.lessons]
        position = slugs.index(slug) + 1
        return self.lessons[position] if position < len(slugs) else None


def lessons_folder() -> Path:
    """Return the folder of the lessons: inside the installed package, or of the checkout."""
    package = Path(tutor.__path__[0])
    inside = package / "lessons"
    return inside if (inside / COURSE_FILE).exists() else package.parent / "lessons"


def load_course(folder: Path | None = None, language: str = "en") -> Course:
    """Read the map of a course.

    A folder without course.toml is one chapter of the lessons in it, by name; a folder that is
    itself a lesson is a course of one.

    Raises
    ------
    LessonError
        If there is no lesson that can be read. A single faulty one stops nobody: see
        `Course.faults`.
    """
    problems: list[Problem] = []
    course = read_course(folder or lessons_folder(), problems, language)
    if not course.lessons:
        raise LessonError(problems)
    first = course.first if course.summary(course.first) else course.lessons[0].slug
    return replace(course, first=first, faults=tuple(problems))


def read_course(folder: Path, problems: list[Problem], language: str = "en") -> Course:
    """Read the map of a course; faults are added to `problems`."""
    if (folder / COURSE_FILE).exists():
        return _from_course_file(folder, problems, language)
    if (folder / LESSON_FILE).exists():
        places = [folder]
    else:
        places = sorted(file.parent for file in folder.glob(f"*/{LESSON_FILE}"))
    lessons = tuple(_summary(place, problems, language) for place in places)
    if not lessons:
        problems.append(Problem(folder, None, "There are no lessons in this folder."))
        return Course(folder, (), "")
    return Course(folder, (Chapter(folder.name, lessons),), lessons[0].slug)


def _from_course_file(folder: Path, problems: list[Problem], language: str) -> Course:
    keys = read_keys(folder / COURSE_FILE, problems)
    if keys is None or keys.number("format") != FORMAT:
        if keys is not None:
            keys.complain(f"This program reads courses of format {FORMAT}; update it.", "format")
        return Course(folder, (), "")
    chapters = tuple(_chapter(table, folder, language) for table in keys.tables("chapters"))
    course = Course(folder, chapters, keys.text("first"))
    keys.finish()
    slugs = [lesson.slug for lesson in course.lessons]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        keys.complain(f"The lesson `{slug}` stands in the course twice; remove one.", slug)
    if course.first and course.first not in slugs:
        keys.complain(f"`first` names `{course.first}`, which stands in no chapter.", "first")
    return course


def _chapter(keys: Keys, folder: Path, language: str) -> Chapter:
    title = keys.text("title")
    lessons = []
    for slug in keys.texts("lessons"):
        if (folder / slug / LESSON_FILE).exists():
            lessons.append(_summary(folder / slug, keys.problems, language))
        else:
            keys.complain(f"There is no lesson in the folder `{slug}`; write it.", slug)
    keys.finish()
    return Chapter(title, tuple(lessons))


def _summary(folder: Path, problems: list[Problem], language: str) -> Summary:
    keys = read_keys(folder / LESSON_FILE, problems)
    if keys is None:
        return Summary(folder.name, folder.name, 0, (), (), folder)
    words = folder / f"{language}.md"
    words = words if words.exists() else folder / "en.md"
    return Summary(
        folder.name,
        read_title(words) if words.exists() else folder.name,
        keys.number("minutes"),
        keys.texts("needs"),
        keys.texts("pitfalls"),
        folder,
    )
