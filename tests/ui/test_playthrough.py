"""Every lesson that comes along, played from the first key to the last by a pilot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import LESSONS, Open, Opened
from tutor.course.catalogue import lessons_folder, load_course
from tutor.ui.screens.lesson import LessonScreen

FOLDERS = sorted(file.parent for file in lessons_folder().glob("*/lesson.toml"))
ALL = [LESSONS / "small", *FOLDERS]
_MOST_KEYS = 400


async def play(it: Opened, right: bool) -> set[str]:
    """Go on until the lesson's last words; return the ids of the texts that were shown."""
    seen = set()
    for _ in range(_MOST_KEYS):
        screen = it.screen
        assert isinstance(screen, LessonScreen)
        if screen.speech.closing:
            return seen
        seen.add(it.player.step.text)
        assert_whole(it)
        if it.player.waiting:
            await it.press(str(number_of(it, right)))
            assert it.player.given is not None
        else:
            await it.press("enter")
    raise AssertionError(f"the lesson has no end after {_MOST_KEYS} keys")


def number_of(it: Opened, right: bool) -> int:
    """Return the number of the right answer, or of a wrong one."""
    question = it.player.question
    assert question is not None
    ids = [answer.id for answer in question.answers]
    return 1 + next(at for at, one in enumerate(ids) if (one == question.right) == right)


def assert_whole(it: Opened) -> None:
    """Check that no line is wider than its pane and that every figure was filled in."""
    for name in ("source", "left", "right", "why", "memory"):
        pane = it.screen.query_one(f"#{name}")
        for line in pane.lines if pane.cells else ():
            assert line.width <= pane.cells, f"{name}: {line.text!r} in {pane.cells} cells"
    assert "..." not in it.text("why")[: len("...")]


@pytest.mark.parametrize("folder", ALL, ids=lambda folder: folder.name)
@pytest.mark.parametrize(
    ("size", "right"),
    [  # the others hardly differ, and there are many lessons
        pytest.param((80, 24), False, id="80x24-wrong"),
        pytest.param((120, 40), True, id="120x40-right"),
        pytest.param((80, 24), True, id="80x24-right", marks=pytest.mark.slow),
        pytest.param((120, 40), False, id="120x40-wrong", marks=pytest.mark.slow),
    ],
)
async def test_a_lesson_can_be_played_to_its_end(
    opened: Open, folder: Path, size: tuple[int, int], right: bool
) -> None:
    async with opened(folder.name, size, folder) as it:
        seen = await play(it, right)
        assert seen == {step.text for step in it.player.lesson.steps}
        record = it.app.keeper.progress.lesson(folder.name)
        assert record.status.value == "done"
        assert set(record.answers) == {s.ask for s in it.player.lesson.steps if s.ask}
        assert {given.right for given in record.answers.values()} <= {right}


def test_the_course_lists_every_lesson_folder() -> None:
    assert {summary.folder for summary in load_course().lessons} == set(FOLDERS)
