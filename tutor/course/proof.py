"""A lesson held against its run: places are reached, figures computed, the exercise solvable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tutor.course.exercise import Verdict, run_check
from tutor.course.figure import UnknownFigure, fill, quotes
from tutor.course.lesson import Lesson
from tutor.course.play import Play
from tutor.course.problem import LessonError, Problem
from tutor.course.prose import literals, typed_numbers
from tutor.course.text import Section, Words


def prove(lesson: Lesson, translations: list[Words]) -> Iterator[Problem]:
    """Run all of a lesson and yield what does not come out as it says."""
    play = Play(lesson)
    yield from _runs(play)
    yield from _places(play)
    verdicts = list(_verdicts(lesson, play))
    yield from _exercise(lesson, verdicts)
    figures, computed = _compute(play, "figures")
    yield from computed
    own = {verdict.text: verdict.figures for _, verdict in verdicts}
    allowed = literals(_sources(play))
    for words in (lesson.words, *translations):
        for section in words.sections:
            yield from _numbers(words, section, allowed)
            if figures is not None:
                yield from _quotes(play, words, section, own)


def _runs(play: Play) -> Iterator[Problem]:
    from tutor.trace import Recording

    for run in play.lesson.runs.values():
        try:
            recording = play.recording(run.id)
        except LessonError as error:
            yield from error.problems
            continue
        if not isinstance(recording, Recording):
            text = f"`{run.scene}` must return a Recording; call record() in it."
            yield Problem(play.lesson.scene_file, None, text)


def _places(play: Play) -> Iterator[Problem]:
    tables, computed = _compute(play, "tables")
    yield from computed
    for step in play.lesson.steps:
        if tables is not None:
            for name in step.tables:
                if name not in tables:
                    text = f"There is no table `{name}`; compute it in tables() of scene.py."
                    yield Problem(play.lesson.scene_file, None, text)
        if step.run in play.lesson.runs:
            try:
                play.cursor(step)
            except LessonError as error:
                # A run that cannot be recorded has been complained of above.
                yield from (p for p in error.problems if p.file != play.lesson.scene_file)
            except (AttributeError, TypeError):
                continue


def _compute(play: Play, name: str) -> tuple[Mapping[str, object] | None, tuple[Problem, ...]]:
    try:
        return getattr(play, name), ()
    except LessonError as error:
        return None, error.problems


def _verdicts(lesson: Lesson, play: Play) -> Iterator[tuple[str, Verdict]]:
    if lesson.exercise is None:
        return
    for name, source in (("start", lesson.exercise.start), ("solution", lesson.exercise.solution)):
        if source:
            yield name, run_check(lesson, play, source)


def _exercise(lesson: Lesson, verdicts: list[tuple[str, Verdict]]) -> Iterator[Problem]:
    for name, verdict in verdicts:
        said = f" It says: {verdict.sentence or verdict.text}"
        if verdict.lesson_fault:
            yield Problem(lesson.scene_file, None, verdict.sentence)
        elif name == "start" and verdict.passed:
            text = "What the exercise starts from passes already; break it."
            yield Problem(lesson.folder / "exercise.py", None, text)
        elif name == "solution" and not verdict.passed:
            text = f"The solution does not pass.{said}"
            yield Problem(lesson.folder / "solution.py", verdict.line, text)
        if not verdict.sentence and verdict.text not in lesson.words.verdicts:
            text = f"The check answers `{verdict.text}`; write `## verdict: {verdict.text}`."
            yield Problem(lesson.words.file, None, text)


def _sources(play: Play) -> Iterator[str]:
    """Yield the source that runs: the scene, the exercise, what is recorded, and the nets."""
    import tutor.nets
    import tutor.pitfalls

    lesson = play.lesson
    files = {lesson.scene_file}
    for package in (tutor.nets, tutor.pitfalls):
        files.update(Path(package.__path__[0]).glob("*.py"))
    for run in lesson.runs:
        try:
            yield "\n".join(play.recording(run).source.lines)
        except (LessonError, AttributeError):
            continue
    for file in files:
        if file.exists():
            yield file.read_text(encoding="utf-8")
    if lesson.exercise is not None:
        yield lesson.exercise.start
        yield lesson.exercise.solution


def _numbers(words: Words, section: Section, allowed: frozenset[float]) -> Iterator[Problem]:
    for typed in typed_numbers(section.body, allowed):
        text = (
            f"The number {typed.text} stands in no source that runs; quote a {{figure}}."
            if typed.in_code
            else f"The number {typed.text} is typed in; quote a {{figure}}, "
            "or put a number of the source in `code`."
        )
        yield Problem(words.file, _line(section, typed.offset), text)


def _quotes(
    play: Play, words: Words, section: Section, own: Mapping[str, Mapping[str, object]]
) -> Iterator[Problem]:
    """Yield each quote that cannot be filled. Only a check that ran tells a verdict's figures."""
    kind, _, name = (part.strip() for part in section.heading.partition(":"))
    if kind == "verdict" and name not in own:
        return
    figures = own[name] if kind == "verdict" else {}

    def look_up(figure: str) -> object:
        return figures[figure] if figure in figures else play.figure(figure)

    for quote in quotes(section.body):
        text = section.body[quote.offset : section.body.index("}", quote.offset) + 1]
        try:
            fill(text, look_up)
        except UnknownFigure as error:
            yield Problem(words.file, _line(section, quote.offset), str(error))


def _line(section: Section, offset: int) -> int:
    return section.line + section.body.count("\n", 0, offset)
