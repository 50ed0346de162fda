"""What the learner has done: one small file, never damaged and never lost.

It imports no NumPy. The file is JSON; keys and lessons that this program does not know are kept
as they are, so an older and a newer program can share it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tutor.course.document import (
    Document,
    State,
    mend,
    merged,
    read_document,
    remembered,
    to_bytes,
)
from tutor.course.memory import Memory, Preferences
from tutor.course.record import Given, Record, Status
from tutor.course.store import locked, set_aside, sweep, write_whole

FOLDER_VARIABLE: Final = "GRADTUTOR_DATA"

_Build = Callable[[Document, Memory], dict[str, Any]]


def progress_file() -> Path:
    """Return where progress is kept: ``$GRADTUTOR_DATA``, else the user's data folder."""
    import platformdirs

    folder = os.environ.get(FOLDER_VARIABLE) or platformdirs.user_data_dir("gradtutor", False)
    return Path(folder) / "progress.json"


class Progress:
    """The learner's progress in memory; `save` writes it.

    Attributes
    ----------
    path : Path
        The file.
    messages : list of str
        Sentences for the learner about what was found when the file was read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or progress_file()
        self.messages: list[str] = []
        self._memory = Memory()
        # A worker may save while the screen goes on: what is remembered is guarded for moments
        # only, and a slow disk holds up nothing but the next save.
        self._guard = threading.Lock()
        self._saving = threading.Lock()

    @classmethod
    def load(cls, path: Path | None = None) -> Progress:
        """Read the file. It never raises: what went wrong stands in `messages`."""
        progress = cls(path)
        document = read_document(progress.path)
        if document.state is State.DAMAGED:
            document = progress._mend()
        if document.sentence:
            progress.messages.append(document.sentence)
        progress._memory = remembered(document.data)
        return progress

    # -- what is known ------------------------------------------------------------------------

    @property
    def lessons(self) -> Mapping[str, Record]:
        """Every lesson of which something is remembered."""
        return MappingProxyType(self._memory.records)

    @property
    def last(self) -> str:
        """The lesson that was open last; empty at a first start."""
        return self._memory.last

    @property
    def preferences(self) -> Preferences:
        """What the learner chose."""
        return self._memory.preferences

    def lesson(self, slug: str) -> Record:
        """Return what is remembered of a lesson, a blank record if nothing."""
        return self._memory.records.get(slug, Record())

    # -- what happens -------------------------------------------------------------------------

    def visit(self, slug: str, place: int) -> None:
        """Remember that the learner stands at a step of a lesson."""

        def stand(record: Record) -> Record:
            status = Status.STARTED if record.status is Status.NEW else record.status
            furthest = max(place, record.furthest)
            return replace(record, status=status, place=place, furthest=furthest)

        self._change(slug, stand)
        with self._guard:
            self._memory = self._memory.with_last(slug)

    def finish(self, slug: str) -> None:
        """Remember that a lesson was read to its end."""
        self._change(slug, lambda record: replace(record, status=Status.DONE))

    def answer(self, slug: str, question: str, answer: str, right: bool) -> None:
        """Remember an answer; only the first one counts as the prediction."""

        def answered(record: Record) -> Record:
            before = record.answers.get(question)
            given = replace(before, tries=before.tries + 1) if before else Given(answer, right)
            return replace(record, answers={**record.answers, question: given})

        self._change(slug, answered)

    def draft(self, slug: str, source: str) -> None:
        """Remember the exercise as it stands."""
        self._change(slug, lambda record: replace(record, draft=source))

    def solve(self, slug: str) -> None:
        """Remember that the exercise is solved."""
        self._change(slug, lambda record: replace(record, solved=True))

    def see_hint(self, slug: str, number: int) -> None:
        """Remember that a hint was seen, counted from 1."""
        self._change(slug, lambda record: replace(record, hints=max(number, record.hints)))

    def prefer(
        self,
        *,
        theme: str | None = None,
        keymap: Mapping[str, str] | None = None,
        plain: bool | None = None,
    ) -> None:
        """Remember a choice; what is None stays as it was."""
        given: dict[str, Any] = {"theme": theme, "keymap": keymap, "plain": plain}
        chosen = {name: value for name, value in given.items() if value is not None}
        with self._guard:
            self._memory = self._memory.with_preferences(chosen)

    # -- the file -----------------------------------------------------------------------------

    def save(self) -> str | None:
        """Write what has changed, on top of what other processes have written meanwhile.

        Returns
        -------
        str or None
            A sentence if it could not be written. Nothing is lost then: the next save tries
            again.
        """
        return self._write(merged)

    def reset(self) -> str | None:
        """Forget every lesson; choices such as the theme stay, and a copy is set aside.

        Returns
        -------
        str or None
            A sentence if it could not be written.
        """

        def emptied(document: Document, memory: Memory) -> dict[str, Any]:
            if document.state is State.GOOD:
                set_aside(self.path, "before-reset", keep=True)
            return {**merged(document, memory), "lessons": {}, "last": ""}

        with self._guard:
            self._memory = self._memory.without_lessons()
        return self._write(emptied)

    def export(self, path: Path) -> None:
        """Write a copy of all that is known to another file.

        Raises
        ------
        OSError
            If that file cannot be written.
        """
        write_whole(path, to_bytes(merged(read_document(self.path), self._memory)))

    # -- inside -------------------------------------------------------------------------------

    def _change(self, slug: str, change: Callable[[Record], Record]) -> None:
        with self._guard:
            self._memory = self._memory.with_record(slug, change(self.lesson(slug)))

    def _write(self, build: _Build) -> str | None:
        with self._saving:
            with self._guard:
                ours = self._memory
                self._memory = ours.untouched()
            written: dict[str, Any] | None = None
            try:
                written, sentence = self._replace(ours, build)
            except OSError as error:
                sentence = (
                    f"Progress could not be written to {self.path}: "
                    f"{error.strerror or error}. Make that folder writable, or set GRADTUTOR_DATA "
                    "to another one."
                )
            finally:
                # After Ctrl-C too, what is not in the file stays to be written.
                with self._guard:
                    self._memory = (
                        self._memory.touching(ours.touched)
                        if written is None
                        else self._memory.on_top_of(remembered(written))
                    )
        return sentence or None

    def _replace(self, ours: Memory, build: _Build) -> tuple[dict[str, Any] | None, str]:
        """Return what was written, None if nothing, and a sentence if there is one to say."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self.path):
            sweep(self.path)
            found = read_document(self.path)
            if found.state in (State.ABSENT, State.DAMAGED):
                # What was saved before is in no file any more: all of it is written.
                ours = ours.all_touched()
            document = mend(self.path, found)
            if not document.state.writable:
                return None, document.sentence
            data = build(document, ours)
            write_whole(self.path, to_bytes(data))
        return data, document.sentence

    def _mend(self) -> Document:
        try:
            with locked(self.path):
                return mend(self.path, read_document(self.path))
        except OSError as error:
            return Document(
                State.UNREADABLE,
                {},
                f"The progress in {self.path} is damaged and could not be set aside: "
                f"{error.strerror or error}. It is left as it is, and nothing is kept today.",
            )
