"""Where a reader stands in the runs of a finding at first: where the two part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.diagnosis.shown import Shown, file_of
from tutor.ui.reader import Reader

if TYPE_CHECKING:
    from tutor.diagnosis.place import Place

_FIRST, _SECOND = "1", "2"


def stand(reader: Reader, shown: Shown) -> None:
    """Go to where the runs part, the second beside the first."""
    if shown.at is None:
        return
    reader.choose(_FIRST)
    if reader.left is not None:
        reader.left.out_of_all()
    reader.put_beside(_SECOND)
    reader.go_to(shown.at[0])
    if reader.right is not None:
        reader.right.go_to(shown.at[1])


def reader_of(shown: Shown, place: Place | None) -> Reader:
    """Return the runs side by side, where they part, or else at the accused line."""
    reader = Reader((run.title, run.steps) for run in shown.runs)
    reader.put_beside(_SECOND)
    stand(reader, shown)
    steps = reader.standing.recording if reader.standing else None
    if shown.at is None and steps and place and steps.source.filename == file_of(place):
        reader.go_to_line(place.line)
    return reader
