"""A lesson being played: its scenes run, its texts with their figures in them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tutor.course.figure import EVIDENCE, UnknownFigure, fill
from tutor.course.lesson import Evidence, Lesson, Step
from tutor.course.problem import LessonError, Problem
from tutor.course.scene import load_scene, scene_function, scene_problem
from tutor.course.table import Table

if TYPE_CHECKING:
    from tutor.course.exercise import Verdict
    from tutor.trace import Cursor, Recording


class Runs(Mapping[str, "Recording"]):
    """The recordings of a lesson by id. A scene runs when it is first asked for, once."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._recordings: dict[str, Recording] = {}

    def __getitem__(self, run_id: str) -> Recording:
        run = self._play.lesson.runs[run_id]
        if run_id in self._recordings:
            return self._recordings[run_id]
        with self._play.lock:
            if run_id not in self._recordings:
                self._recordings[run_id] = self._play.call(run.scene)
            return self._recordings[run_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._play.lesson.runs)

    def __len__(self) -> int:
        return len(self._play.lesson.runs)


class Play:
    """Runs the scenes of a lesson when they are needed and keeps what came out.

    Safe to use from several threads. Every method that runs a scene raises `LessonError` if the
    scene does.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.lock = threading.RLock()
        self.runs = Runs(self)
        self._scene: ModuleType | None = None
        self._known: dict[str, Mapping[str, Any]] = {}

    @property
    def scene(self) -> ModuleType:
        """The lesson's scene.py as a module."""
        if self._scene is None:
            with self.lock:
                self._scene = self._scene or load_scene(self.lesson.scene_file)
        return self._scene

    def call(self, name: str, *args: object) -> Any:
        """Call a function of the scene."""
        file = self.lesson.scene_file
        function: Callable[..., Any] = scene_function(self.scene, file, name)
        try:
            with self.lock:
                return function(*args)
        except LessonError:
            raise
        except Exception as error:
            raise LessonError([scene_problem(file, error)]) from error

    def recording(self, run_id: str) -> Recording:
        """Return the recording of a run."""
        return self.runs[run_id]

    def cursor(self, step: Step, run_id: str = "") -> Cursor:
        """Return a new cursor at the place of a step, in its run or in another such as `compare`.

        Raises
        ------
        LessonError
            If the run never comes there.
        """
        from tutor.trace import Cursor

        cursor = Cursor(self.recording(run_id or step.run))
        if step.stand(cursor):
            return cursor
        if not step.at.reach(cursor):
            raise self._unreachable(step, f"the run `{run_id or step.run}` never is at {step.at}")
        if not cursor.into():
            raise self._unreachable(step, f"there is nothing to step into at {step.at}")
        raise self._unreachable(step, f"no line inside f holds `{step.line}`")

    @property
    def figures(self) -> Mapping[str, object]:
        """Every figure that the scene computes, by name."""
        return self._computed("figures")

    @property
    def tables(self) -> Mapping[str, Table]:
        """Every table that the scene computes, by id."""
        return self._computed("tables")

    def evidence(self, card_id: str) -> Evidence:
        """Return a card of evidence; nothing in it is computed."""
        return self.lesson.evidence[card_id]

    def text(self, text_id: str) -> str:
        """Return a text with its figures in it."""
        return self.fill(self.lesson.words.texts[text_id])

    @property
    def keep(self) -> str:
        """The sentence to keep."""
        return self.fill(self.lesson.words.keep)

    @property
    def goal(self) -> str:
        """The task of the exercise."""
        return self.fill(self.lesson.words.goal)

    @property
    def try_it(self) -> str:
        """How to try it on a file of one's own."""
        return self.fill(self.lesson.words.try_it)

    def prompt(self, question_id: str) -> str:
        """Return what a question asks."""
        return self.fill(self.lesson.questions[question_id].prompt)

    def label(self, question_id: str, answer_id: str) -> str:
        """Return the words of an answer."""
        return self.fill(self.lesson.questions[question_id].answer(answer_id).label)

    def reply(self, question_id: str, answer_id: str) -> str:
        """Return what is said to an answer."""
        return self.fill(self.lesson.questions[question_id].answer(answer_id).reply)

    def hint(self, number: int) -> str:
        """Return a hint of the exercise, counted from 1."""
        return self.fill(self.lesson.words.hints[number - 1])

    def verdict(self, verdict: Verdict) -> str:
        """Return what is said to a verdict: its text with its own figures, or its sentence."""
        text = self.lesson.words.verdicts.get(verdict.text)
        return verdict.sentence if text is None else self.fill(text, verdict.figures)

    def fill(self, text: str, own: Mapping[str, object] | None = None) -> str:
        """Return any text of the lesson with its figures in it.

        Raises
        ------
        LessonError
            If it quotes a figure that is not there.
        """

        def look_up(name: str) -> object:
            return own[name] if own is not None and name in own else self.figure(name)

        try:
            return fill(text, look_up)
        except UnknownFigure as error:
            problem = Problem(self.lesson.words.file, None, str(error))
            raise LessonError([problem]) from error

    def figure(self, name: str) -> object:
        """Return a computed figure, or a quoted one for ``evidence.card.name``.

        Raises
        ------
        UnknownFigure
            If there is none of that name.
        """
        if name.startswith(EVIDENCE):
            card, _, quoted = name.removeprefix(EVIDENCE).partition(".")
            if card in self.lesson.evidence and quoted in self.lesson.evidence[card].figures:
                return self.lesson.evidence[card].figures[quoted]
            raise UnknownFigure(f"There is no evidence `{name}`; add it to lesson.toml.")
        if name not in self.figures:
            raise UnknownFigure(
                f"There is no figure `{name}`; compute it in figures() of scene.py, "
                "or double the braces if they are meant as braces."
            )
        return self.figures[name]

    def _computed(self, name: str) -> Mapping[str, Any]:
        # What is there already is read without the lock: a long run may be holding it.
        if name not in self._known:
            with self.lock:
                if name not in self._known:
                    self._known[name] = self._compute(name)
        return self._known[name]

    def _compute(self, name: str) -> Mapping[str, Any]:
        if not hasattr(self.scene, name):
            return {}
        found = self.call(name, self.runs)
        if not isinstance(found, Mapping):
            problem = Problem(self.lesson.scene_file, None, f"`{name}` must return a dict.")
            raise LessonError([problem])
        return found

    def _unreachable(self, step: Step, text: str) -> LessonError:
        file = self.lesson.folder / "lesson.toml"
        return LessonError([Problem(file, None, f"[[steps]] number {step.number + 1}: {text}.")])
