"""The lesson linter: everything about a folder of lessons that a learner would stumble over.

All faults are gathered, whatever else is wrong; what a lesson says is held against its real run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tutor.course.catalogue import LESSON_FILE, Course, lessons_folder, read_course
from tutor.course.figure import QUOTE
from tutor.course.keys import line_of
from tutor.course.lesson import Lesson
from tutor.course.loader import read_lesson, references
from tutor.course.problem import Problem
from tutor.course.proof import prove
from tutor.course.question import Question
from tutor.course.text import RESERVED, Words, read_words

LEAST_QUESTIONS: Final = 3
LEAST_ANSWERS: Final = 2


def check_lessons(folder: Path | None = None) -> list[Problem]:
    """Check a folder of lessons, or one lesson's folder; by default the lessons that come along.

    Returns
    -------
    list of Problem
        Every fault that was found, none twice; empty if there is none.
    """
    folder = folder or lessons_folder()
    problems: list[Problem] = []
    course = read_course(folder, problems)
    problems += _strays(course)
    problems += _needs(course)
    for summary in course.lessons:
        problems += check_lesson(summary.folder)
    return list(dict.fromkeys(problems))


def check_lesson(folder: Path) -> list[Problem]:
    """Check one lesson, its runs and its exercise, but not what it needs of other lessons."""
    problems: list[Problem] = []
    lesson = read_lesson(folder, problems)
    if lesson is None:
        return problems
    problems += references(lesson)
    for rule in (_texts, _questions, _ending, _exercise, _pitfalls, _title):
        problems += rule(lesson)
    translations = _translations(lesson, problems)
    problems += prove(lesson, translations)
    return problems


def _strays(course: Course) -> Iterator[Problem]:
    known = {lesson.folder for lesson in course.lessons}
    for file in sorted(course.folder.glob(f"*/{LESSON_FILE}")):
        if file.parent not in known:
            yield Problem(file, None, "This lesson stands in no chapter; add it to course.toml.")


def _needs(course: Course) -> Iterator[Problem]:
    """Yield each need that names no lesson, or one that comes later."""
    order = [lesson.slug for lesson in course.lessons]
    elsewhere = _slugs_that_come_along()
    for position, lesson in enumerate(course.lessons):
        file = lesson.folder / LESSON_FILE
        for need in lesson.needs:
            if need in order[:position] or (need not in order and need in elsewhere):
                continue
            text = (
                f"`needs` names `{need}`, which comes later in the course; change the order."
                if need in order
                else f"`needs` names `{need}`, and there is no such lesson; remove it."
            )
            yield Problem(file, line_of(file, "needs"), text)


def _slugs_that_come_along() -> set[str]:
    """Return the lessons that every learner has: those of a pack may need them."""
    return {lesson.slug for lesson in read_course(lessons_folder(), []).lessons}


def _texts(lesson: Lesson) -> Iterator[Problem]:
    words = lesson.words
    used = {step.text for step in lesson.steps}
    for text, body in words.texts.items():
        if text not in used:
            yield Problem(
                words.file, words.line(text), f"No step shows `## {text}`; add one or remove it."
            )
        if not body:
            yield Problem(words.file, words.line(text), f"`## {text}` is empty; write it.")


def _questions(lesson: Lesson) -> Iterator[Problem]:
    words, file = lesson.words, lesson.folder / LESSON_FILE
    if len(lesson.questions) < LEAST_QUESTIONS:
        yield Problem(
            file,
            None,
            f"The lesson asks {len(lesson.questions)} questions; ask at least {LEAST_QUESTIONS}.",
        )
    asked = [step.ask for step in lesson.steps if step.ask]
    for name in words.asked:
        if name not in lesson.questions:
            yield Problem(
                words.file, words.line(f"ask: {name}"), f"Add `{name}` under [[questions]]."
            )
    for question in lesson.questions.values():
        if asked.count(question.id) != 1:
            text = f"{asked.count(question.id)} steps ask `{question.id}`; ask it in one."
            yield Problem(file, line_of(file, question.id), text)
        yield from _answers(words, question)
    if lesson.steps and lesson.steps[0].ask:
        text = "The first step has no place before it to ask at; ask in a later step."
        yield Problem(file, line_of(file, lesson.steps[0].ask), text)


def _answers(words: Words, question: Question) -> Iterator[Problem]:
    line = words.line(f"ask: {question.id}")
    if line is None:
        return
    if not question.prompt:
        yield Problem(words.file, line, "The question asks nothing; write its prompt.")
    if len(question.answers) < LEAST_ANSWERS:
        yield Problem(words.file, line, f"Give the question at least {LEAST_ANSWERS} answers.")
    for answer in question.answers:
        where = words.line(f"{question.id} / {answer.id}")
        if not answer.label:
            yield Problem(words.file, where, f"`### {answer.id}` has no label; write a line.")
        if not answer.reply:
            yield Problem(
                words.file,
                where,
                f"`### {answer.id}` has no reply; below its label leave a line empty and write it.",
            )


def _ending(lesson: Lesson) -> Iterator[Problem]:
    for heading, body, what in (
        ("keep", lesson.words.keep, "the sentence to keep"),
        ("try", lesson.words.try_it, "how to try it on a file of one's own"),
    ):
        if not body:
            yield Problem(lesson.words.file, None, f"Write `## {heading}`: {what}.")


def _exercise(lesson: Lesson) -> Iterator[Problem]:
    words, file = lesson.words, lesson.folder / LESSON_FILE
    if lesson.exercise is None:
        yield Problem(file, None, "The lesson has no exercise; add [exercise].")
        return
    if not words.goal:
        yield Problem(words.file, None, "Write `## goal`: the task of the exercise.")
    if not words.hints:
        yield Problem(words.file, None, "The exercise has no hints; write `## hint: 1` and on.")
    if len(words.hints) != lesson.exercise.hints:
        text = (
            f"`hints` says {lesson.exercise.hints}, and {words.file.name} has {len(words.hints)}."
        )
        yield Problem(file, line_of(file, "hints"), text)
    for number, hint in enumerate(words.hints, start=1):
        if not hint:
            line = words.line(f"hint: {number}")
            yield Problem(words.file, line, f"Hint {number} is empty; write it.")


def _pitfalls(lesson: Lesson) -> Iterator[Problem]:
    from tutor.pitfalls import CATALOGUE

    file = lesson.folder / LESSON_FILE
    for slug in lesson.pitfalls:
        if slug not in CATALOGUE:
            text = f"There is no pitfall `{slug}` in the catalogue; add it there or remove it."
            yield Problem(file, line_of(file, slug), text)


def _title(lesson: Lesson) -> Iterator[Problem]:
    words = lesson.words
    if QUOTE.search(words.title):
        yield Problem(words.file, 1, "The title quotes a figure; the map shows it before any run.")
    for name in RESERVED:
        if any(step.text == name for step in lesson.steps):
            yield Problem(words.file, words.line(name), f"`## {name}` is no text for a step.")


def _translations(lesson: Lesson, problems: list[Problem]) -> list[Words]:
    """Read the other languages, and complain of each heading that one of them lacks."""
    found = []
    for file in sorted(lesson.folder.glob("[a-z][a-z].md")):
        if file == lesson.words.file:
            continue
        words = read_words(file, problems)
        found.append(words)
        for heading in lesson.words.ids:
            if heading not in words.lines:
                problems.append(Problem(file, None, f"`{heading}` is missing; translate it."))
        for heading, line in words.lines.items():
            if heading not in lesson.words.lines:
                text = f"`{heading}` is not in {lesson.words.file.name}; remove it."
                problems.append(Problem(file, line, text))
    return found
