"""A lesson or a run as plain text: for pipes, logs and screen readers. No Textual here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tutor.ui.drawing.figure import idx_text
from tutor.ui.drawing.happened import happened
from tutor.ui.drawing.ink import Line
from tutor.ui.drawing.memory import memory
from tutor.ui.drawing.prose import prose
from tutor.ui.drawing.talk import Card, Talk, talk
from tutor.ui.drawing.values import Room, values

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson, Step
    from tutor.course.play import Play
    from tutor.course.question import Question
    from tutor.trace import Cursor
    from tutor.trace.saved import Saved
    from tutor.trace.state import State
    from tutor.trace.steps import Steps

WIDTH = 78
_MOST_STEPS = 60
_MOST_OF_A_RUN = 2000


def lesson_text(lesson: Lesson, play: Play) -> Iterator[str]:
    """Yield the lines of a whole lesson: texts, steps, values, questions with every reply."""
    from tutor.ui.player import Player

    yield from (lesson.title, "=" * len(lesson.title), "")
    player = Player(lesson, play)
    shown: tuple[str, int] | None = None
    for index in range(len(lesson.steps)):
        player.index = index
        player.prepare(index)
        player.place()
        yield from _step_text(player.step, play, lesson)
        if player.left is not None:
            yield from _between(player.step.run, player.left, shown)
            shown = (player.step.run, player.left.step)
            yield from _values_text(player.left, player.right, player)
        if player.question is not None:
            yield from _question_text(player.question, play)
    yield from _closing(lesson, play)


def recording_text(recording: Steps, most: int = _MOST_STEPS) -> Iterator[str]:
    """Yield the steps of a recording, one line each, and how many were left out."""
    yield from (recording.source.name, "-" * len(recording.source.name))
    for step in range(min(most, len(recording))):
        state = recording.state(step)
        yield _one_step(state)
        yield from (f"          | {row}" for row in state.printed.splitlines())
    if len(recording) > most:
        yield f"... and {len(recording) - most:,} more steps"
    for note in recording.notes:
        yield f"note: {note.text}"


def saved_text(saved: Saved) -> Iterator[str]:
    """Yield runs as lines: each under its title, how it ended, and what there is to say of all."""
    yield from (saved.title, "=" * len(saved.title), "")
    for run in saved.runs:
        yield from (f"{run.title}: {len(run.steps):,} steps, {run.steps.passes:,} iterations", "")
        yield from recording_text(run.steps, _MOST_OF_A_RUN)
        yield from _end_text(run.steps)
        yield ""
    for note in saved.notes:
        yield f"note: {note}"


def _end_text(steps: Steps) -> Iterator[str]:
    """Yield the values, and which names share memory, at the end of a run."""
    if not len(steps):
        return
    state = steps.state(len(steps) - 1)
    yield from ("", "  at the end:")
    yield from _text(values(state, Room(WIDTH - 4, glyphs=True)), "    ")
    yield from _text(memory(steps.memory(state.step), WIDTH - 4), "    ")


def _text(lines: Sequence[Line], lead: str = "") -> Iterator[str]:
    return ((lead + line.text).rstrip() for line in lines)


def _step_text(step: Step, play: Play, lesson: Lesson) -> Iterator[str]:
    cards = tuple(_card(lesson, name) for name in step.evidence)
    tables = tuple(play.tables[name] for name in step.tables)
    yield from _text(talk(Talk(play.text(step.text), cards, tables), WIDTH))
    yield ""


def _card(lesson: Lesson, name: str) -> Card:
    from tutor.ui.speech import card

    return card(lesson, name)


def _between(run: str, cursor: Cursor, shown: tuple[str, int] | None) -> Iterator[str]:
    """Yield the steps since the last place, if that was in the same run and not far back."""
    if cursor.depth:
        yield _one_step(cursor.state)
        yield ""
        return
    first = shown[1] + 1 if shown and shown[0] == run and shown[1] < cursor.step else cursor.step
    if cursor.step - first > _MOST_STEPS:
        yield f"    ... {cursor.step - _MOST_STEPS - first:,} steps"
        first = cursor.step - _MOST_STEPS
    for step in range(first, cursor.step + 1):
        yield _one_step(cursor.recording.state(step))
    yield ""


def _one_step(state: State) -> str:
    code = state.source.line(state.line).strip()
    what = happened(state)
    return f"    {state.line:>4}  {code}" + (f"    # {what}" if what else "")


def _values_text(left: Cursor, right: Cursor | None, player: object) -> Iterator[str]:
    from tutor.ui.player import Player

    assert isinstance(player, Player)
    for cursor, run in ((left, player.run), (right, player.beside)):
        if cursor is None:
            continue
        state = cursor.state
        where = f", idx {idx_text(state.idx)}" if state.idx is not None else ""
        yield f"  {player.lesson.runs[run].title}{where}:"
        yield from _text(values(state, Room(WIDTH - 4, glyphs=True)), "    ")
        yield from _text(memory(cursor.recording.memory(cursor.step), WIDTH - 4), "    ")
        yield ""


def _question_text(question: Question, play: Play) -> Iterator[str]:
    yield from _text(prose(f"**Question.** {play.fill(question.prompt)}", WIDTH))
    yield ""
    for number, answer in enumerate(question.answers, 1):
        sign = " (this is what happens)" if answer.id == question.right else ""
        yield from _text(prose(f"{number}. {play.fill(answer.label)}{sign}", WIDTH, "   "))
        yield from _text(prose(play.fill(answer.reply), WIDTH, "      "))
        yield ""


def _closing(lesson: Lesson, play: Play) -> Iterator[str]:
    words = lesson.words
    for title, text in (
        ("To keep", words.keep),
        ("Exercise", words.goal),
        ("On your own file", words.try_it),
    ):
        if text:
            yield from _text(prose(f"**{title}.** {play.fill(text)}", WIDTH))
            yield ""
