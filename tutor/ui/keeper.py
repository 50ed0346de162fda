"""What is remembered between sessions, as the screens need it: written by a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.progress import Progress
from tutor.course.record import Status
from tutor.ui.player import Player

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.course.lesson import Lesson
    from tutor.course.play import Play

_PAUSE = 0.2


def load(course: Course, slug: str) -> tuple[Lesson, Play]:
    """Return a lesson of the course, ready to be played.

    Raises
    ------
    LessonError
        If the lesson cannot be used.
    """
    from tutor.course.lesson import load_lesson
    from tutor.course.play import Play

    summary = course.summary(slug)
    assert summary is not None, f"{slug} is no lesson of this course"
    lesson = load_lesson(summary.folder)
    return lesson, Play(lesson)


class Keeper:
    """Remembers the learner's place, answers, drafts and choices.

    Every change is written at once by a thread of its own, so that no key waits for the disk;
    `close` writes what is left.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.progress = Progress.load(path)
        self.on_problem: Callable[[str], object] = lambda sentence: None
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def complaints(self) -> tuple[str, ...]:
        """Return what there is to say about the file as it was found."""
        return tuple(self.progress.messages)

    @property
    def is_new(self) -> bool:
        """Tell whether no lesson was ever opened."""
        return not self.progress.lessons

    @property
    def keymap(self) -> Mapping[str, str]:
        """Return the keys that the user chose, by id."""
        return self.progress.preferences.keymap

    @property
    def theme(self) -> str:
        """The theme that was used last; empty for none."""
        return self.progress.preferences.theme

    @theme.setter
    def theme(self, name: str) -> None:
        self.progress.prefer(theme=name)
        self.save()

    def player(self, course: Course, slug: str) -> Player:
        """Return a lesson where it was left; a finished one starts anew."""
        record = self.progress.lesson(slug)
        lesson, play = load(course, slug)
        if record.status is Status.DONE:
            return Player(lesson, play)
        answers = {name: given.first for name, given in record.answers.items()}
        return Player(lesson, play, record.place, answers)

    def visit(self, player: Player) -> None:
        """Remember the lesson's step."""
        self.progress.visit(player.lesson.slug, player.index)
        self.save()

    def answer(self, player: Player) -> None:
        """Remember the answer that was just given."""
        question, given = player.question, player.given
        if question is not None and given is not None:
            slug = player.lesson.slug
            self.progress.answer(slug, question.id, given, question.is_right(given))
            self.save()

    def finish(self, player: Player) -> None:
        """Remember that the lesson was read to its end."""
        self.progress.finish(player.lesson.slug)
        self.save()

    def draft(self, slug: str, source: str) -> None:
        """Remember the exercise as it stands."""
        if source != self.progress.lesson(slug).draft:
            self.progress.draft(slug, source)
            self.save()

    def see_hint(self, slug: str, number: int) -> None:
        """Remember that a hint was seen."""
        self.progress.see_hint(slug, number)
        self.save()

    def solve(self, slug: str) -> None:
        """Remember that the exercise is solved."""
        self.progress.solve(slug)
        self.save()

    def save(self) -> None:
        """Have the thread write what has changed."""
        if self._closing.is_set():
            self._write()
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="progress", daemon=True)
            self._thread.start()
        self._wanted.set()

    def close(self) -> None:
        """Write what is left, now, and stop the thread."""
        if self._closing.is_set():
            return
        self._closing.set()
        if self._thread is None:
            return
        self._wanted.set()
        self._thread.join()
        self._write()

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait()
            self._wanted.clear()
            self._write()
            # Typing saves a draft with every key: a few writes a second are enough.
            self._closing.wait(_PAUSE)

    def _write(self) -> None:
        problem = self.progress.save()
        if problem:
            self.on_problem(problem)
