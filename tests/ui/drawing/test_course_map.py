"""Where the cursor of the map stands when it is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from tutor.course.record import Record, Status
from tutor.ui.drawing.course_map import entries

SLUGS = ("a", "b", "c", "d")
NEW, STARTED, DONE = Status.NEW, Status.STARTED, Status.DONE


@dataclass
class Memory:
    """As much of the progress as the map reads."""

    last: str
    status: tuple[Status, ...]
    lessons: dict[str, Record] = field(default_factory=dict)

    def lesson(self, slug: str) -> Record:
        return Record(status=self.status[SLUGS.index(slug)])


@pytest.mark.parametrize(
    ("last", "status", "resume"),
    [
        ("", (NEW, NEW, NEW, NEW), "a"),
        ("b", (NEW, STARTED, NEW, NEW), "b"),
        ("b", (NEW, DONE, NEW, NEW), "a"),  # the first in reading order, not the next one
        ("a", (DONE, STARTED, NEW, NEW), "c"),
        ("d", (DONE, STARTED, DONE, DONE), "b"),
        ("d", (DONE, DONE, DONE, DONE), "a"),
        ("gone", (DONE, NEW, NEW, NEW), "b"),
    ],
)
def test_the_lesson_to_go_on_with(last: str, status: tuple[Status, ...], resume: str) -> None:
    lessons = [SimpleNamespace(slug=s, title=s, minutes=1, needs=()) for s in SLUGS]
    chapter = SimpleNamespace(title="one", lessons=lessons)
    course = SimpleNamespace(lessons=lessons, chapters=[chapter])
    (chosen,) = [one for one in entries(course, Memory(last, status)) if one.resume]
    assert chosen.slug == resume
