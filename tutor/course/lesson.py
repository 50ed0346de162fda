"""A lesson, as it was read from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.course.place import START, Place
from tutor.course.problem import LessonError, Problem
from tutor.course.question import Question
from tutor.course.text import Words

if TYPE_CHECKING:
    from tutor.trace import Cursor

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One run to record: ``scene`` is the function of scene.py that returns the recording."""

    id: str
    scene: str
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a lesson: a text, and the place of a run that is on the screen beside it.

    Attributes
    ----------
    number : int
        Counted from 0.
    text : str
        The id of the text.
    run, compare : str
        The run on the screen and the one in lockstep beside it; empty for none.
    at : Place
        Where the run stands.
    into : bool
        Whether f is stepped into at that place.
    line : str
        Inside f, the line stood at: one that holds this text; empty for its first.
    ask : str
        The question that is asked at the place before, until it is answered; empty for none.
    evidence, tables : tuple of str
        The cards and the tables that are shown with the text.
    """

    number: int
    text: str
    run: str = ""
    compare: str = ""
    at: Place = START
    into: bool = False
    line: str = ""
    ask: str = ""
    evidence: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    def stand(self, cursor: Cursor) -> bool:
        """Put a cursor where this step is; tell whether its run comes there at all."""
        if not self.at.reach(cursor):
            return False
        if not self.into:
            return True
        return cursor.into() and (not self.line or cursor.seek_line(self.line))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody else printed: who, where it is found, and the figures letter by letter."""

    id: str
    who: str
    source: str
    figures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exercise:
    """Code to repair: what the learner starts from, one solution, and how many hints there are."""

    start: str
    solution: str
    hints: int
    filename: str = "exercise.py"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson in one language. ``language`` is that of its words, which may be the fallback."""

    folder: Path
    slug: str
    language: str
    minutes: int
    needs: tuple[str, ...]
    pitfalls: tuple[str, ...]
    runs: Mapping[str, Run]
    steps: tuple[Step, ...]
    questions: Mapping[str, Question]
    evidence: Mapping[str, Evidence]
    exercise: Exercise | None
    words: Words

    @property
    def title(self) -> str:
        """Return the title in the language of the lesson."""
        return self.words.title

    @property
    def scene_file(self) -> Path:
        """Return the path of the code that the lesson runs."""
        return self.folder / "scene.py"


def load_lesson(folder: Path, language: str = "en") -> Lesson:
    """Read a lesson's folder.

    Raises
    ------
    LessonError
        If anything in it is missing, misspelt or refers to what is not there.
    """
    # The loader builds the classes above, so it cannot be imported before they are there.
    from tutor.course.loader import read_lesson, references

    problems: list[Problem] = []
    lesson = read_lesson(folder, problems, language)
    if lesson is not None:
        problems += references(lesson)
    if lesson is None or problems:
        raise LessonError(problems)
    return lesson
