"""lesson.toml and the files beside it, read into a `Lesson`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from tutor.course.keys import SLUG, Keys, line_of, read_keys
from tutor.course.lesson import FORMAT, Evidence, Exercise, Lesson, Run, Step
from tutor.course.place import AFTER, Place
from tutor.course.problem import Problem
from tutor.course.question import Question
from tutor.course.text import Words, read_words


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def read_lesson(folder: Path, problems: list[Problem], language: str = "en") -> Lesson | None:
    """Read a folder; faults are added to `problems`, and None comes back if nothing is usable."""
    keys = read_keys(folder / "lesson.toml", problems)
    if keys is None or not _format_is_known(keys):
        return None
    slug = keys.text("slug")
    if slug and slug != folder.name:
        keys.complain(f"The slug `{slug}` is not the folder's name `{folder.name}`.", "slug")
    code = language if (folder / f"{language}.md").exists() else "en"
    words = read_words(folder / f"{code}.md", problems)
    lesson = Lesson(
        folder,
        slug or folder.name,
        code,
        _minutes(keys),
        keys.texts("needs"),
        keys.texts("pitfalls"),
        _by_id(keys, (_run(table) for table in keys.tables("runs"))),
        _steps(keys),
        _by_id(keys, (_question(table, words) for table in keys.tables("questions"))),
        _by_id(keys, (_evidence(table) for table in keys.tables("evidence"))),
        _exercise(keys, folder) if "exercise" in keys else None,
        words,
    )
    keys.finish()
    return lesson


def references(lesson: Lesson) -> list[Problem]:
    """Return a problem for each id that a step or a question uses and nobody defines."""
    file = lesson.folder / "lesson.toml"
    problems = []

    def need(word: str, among: Mapping[str, object], text: str) -> None:
        if word not in among:
            problems.append(Problem(file, line_of(file, word), text))

    for step in lesson.steps:
        where = f"[[steps]] number {step.number + 1}"
        need(
            step.text,
            lesson.words.texts,
            f"{where}: {lesson.words.file.name} has no text `## {step.text}`; write it.",
        )
        for run in filter(None, (step.run, step.compare)):
            need(run, lesson.runs, f"{where}: there is no run `{run}`; add it under [[runs]].")
        for ask in filter(None, (step.ask,)):
            need(ask, lesson.questions, f"{where}: add the question `{ask}` under [[questions]].")
        for card in step.evidence:
            need(card, lesson.evidence, f"{where}: add the evidence `{card}` under [[evidence]].")
    for question in lesson.questions.values():
        problems += _question_problems(lesson, question)
    return problems


def _question_problems(lesson: Lesson, question: Question) -> Iterator[Problem]:
    words, ask = lesson.words, f"ask: {question.id}"
    if ask not in words.lines:
        yield Problem(words.file, None, f"The question has no words; write `## {ask}`.")
    elif question.right not in [answer.id for answer in question.answers]:
        yield Problem(
            words.file,
            words.line(ask),
            f"`## {ask}` has no answer `### {question.right}`, the right one.",
        )


def _format_is_known(keys: Keys) -> bool:
    number = keys.number("format")
    if number > FORMAT:
        keys.complain(
            f"This lesson is of format {number} and this program knows formats up to {FORMAT}; "
            "update it with `pip install --upgrade gradtutor`.",
            "format",
        )
    elif number < 1:
        keys.complain(f"Write `format = {FORMAT}`.", "format")
    return 1 <= number <= FORMAT


def _minutes(keys: Keys) -> int:
    minutes = keys.number("minutes")
    if minutes < 1:
        keys.complain("`minutes` says how long the lesson takes; write at least 1.", "minutes")
    return minutes


def _by_id(keys: Keys, items: Iterator[N]) -> dict[str, N]:
    found: dict[str, N] = {}
    for item in items:
        if item.id in found:
            keys.complain(f"The id `{item.id}` is there twice; rename one.", item.id)
        found[item.id] = item
    return found


def _id(keys: Keys) -> str:
    name = keys.text("id")
    if name and not SLUG.fullmatch(name):
        keys.complain(
            f"{keys.where}: `{name}` is no id; write ids in small letters, digits and hyphens.",
            "id",
        )
    return name


def _run(keys: Keys) -> Run:
    name = _id(keys)
    run = Run(name, keys.text("scene", name.replace("-", "_")), keys.text("title"))
    keys.finish()
    return run


def _question(keys: Keys, words: Words) -> Question:
    name = _id(keys)
    asked = words.asked.get(name)
    right = keys.text("right")
    keys.finish()
    if asked is None:
        return Question(name, right, "", ())
    return Question(name, right, asked.prompt, asked.answers)


def _evidence(keys: Keys) -> Evidence:
    card = Evidence(_id(keys), keys.text("who"), keys.text("source"), _quoted(keys))
    keys.finish()
    return card


def _quoted(keys: Keys) -> Mapping[str, str]:
    return keys.table("figures").strings()


def _steps(keys: Keys) -> tuple[Step, ...]:
    steps: list[Step] = []
    for number, table in enumerate(keys.tables("steps")):
        # A step without a run stays with the one before.
        run = table.text("run", steps[-1].run if steps else "")
        step = Step(
            number,
            table.text("text"),
            run,
            table.text("compare", ""),
            _place(table.table("at")),
            table.flag("into"),
            table.text("line", ""),
            table.text("ask", ""),
            table.texts("evidence"),
            table.texts("figures"),
        )
        table.finish()
        steps.append(step)
    if not steps:
        keys.complain("The lesson has no steps; add one with [[steps]].")
    return tuple(steps)


def _place(keys: Keys) -> Place:
    iteration = keys.number("iteration") if "iteration" in keys else None
    after = keys.text("after", "")
    end = keys.flag("end")
    start = keys.flag("start")
    keys.finish()
    if after and not AFTER.fullmatch(after):
        keys.complain(
            f"{keys.where}: write `after` as a name, `fxh1`, or a write, `x[idx]#2`.", after
        )
    if (end or start) and (iteration is not None or after):
        keys.complain(f"{keys.where}: `start` and `end` are a place by themselves.", "at")
    return Place(iteration, after, end)


def _exercise(keys: Keys, folder: Path) -> Exercise:
    table = keys.table("exercise")
    name = table.text("start", "exercise.py")
    start = _code(table, folder / name)
    solution = _code(table, folder / table.text("solution", "solution.py"))
    exercise = Exercise(start, solution, table.number("hints"), name)
    table.finish()
    return exercise


def _code(keys: Keys, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        keys.problems.append(Problem(file, None, "This file is missing or unreadable; add it."))
        return ""
