"""The run on one line: an iteration is a tick, and where the reader stands is in brackets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.ui.drawing.figure import idx_text
from tutor.ui.drawing.ink import Line, Span

if TYPE_CHECKING:
    from tutor.trace import Cursor

_NEXT_TO = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands in a run.

    Attributes
    ----------
    iteration : int or None
        From 0; None before, between and after the loops.
    iterations : int
        How many there are.
    step, steps : int
        The step, from 0, and how many there are.
    """

    iteration: int | None
    iterations: int
    step: int
    steps: int

    @property
    def share(self) -> float:
        """Return how far into the run the step is, from 0 to 1."""
        return self.step / (self.steps - 1) if self.steps > 1 else 0.0


def place_of(cursor: Cursor) -> Place:
    """Return where a cursor stands in the recording that it is in."""
    recording = cursor.recording
    return Place(cursor.state.iteration, recording.passes, cursor.step, len(recording))


def where_text(cursor: Cursor) -> str:
    """Return where a cursor stands, in words: ``iteration 3 of 6   idx (0, 2)``."""
    state, count = cursor.state, cursor.recording.passes
    if state.iteration is not None and count:
        where = f"iteration {state.iteration + 1:,} of {count:,}"
    else:
        where = f"step {cursor.step + 1:,} of {len(cursor.recording):,}"
    return where if state.idx is None else f"{where}   idx {idx_text(state.idx)}"


def timeline(place: Place, cells: int) -> Line:
    """Return the line: what has run as ``=``, what is ahead as ``-``; a click goes there."""
    if cells < 1:
        return Line()
    ruler = list("-" * cells)
    here = round(place.share * (cells - 1))
    label = f"[{place.iteration + 1:,}]" if place.iteration is not None else "|"
    start = min(max(0, here - len(label) // 2), max(0, cells - len(label)))
    end = start + len(label)
    for at, text in _ticks(place, cells):
        if at + len(text) <= start or at >= end:
            ruler[at : at + len(text)] = text
    ruler[: here + 1] = ["=" if sign == "-" else sign for sign in ruler[: here + 1]]
    before, after = "".join(ruler[:start]), "".join(ruler[end:])
    return Line(
        (
            *((Span(before, "past"),) if before else ()),
            Span(label[:cells], "here"),
            *((Span(after, "ahead"),) if after else ()),
        )
    )


def _ticks(place: Place, cells: int) -> list[tuple[int, str]]:
    """Return the numbers on the line: every iteration where there is room, else round ones."""
    if not place.iterations:
        return []
    longest = len(f"{place.iterations:,}")
    every = _spacing(place.iterations, max(1, cells // (longest + _NEXT_TO + 2)))
    ticks = []
    for number in range(every, place.iterations + 1, every):
        text = f"{number:,}"
        at = round((number - 1) / place.iterations * (cells - 1))
        if at + len(text) <= cells and number - 1 != place.iteration:
            ticks.append((at, text))
    if every > 1 and place.iteration != 0:
        ticks.insert(0, (0, "1"))
    return ticks


def _spacing(count: int, most: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, ... that leaves at most so many ticks."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if count <= power * factor * most:
                return power * factor
        power *= 10


def step_at(cell: int, cells: int, steps: int) -> int:
    """Return the step that a click on a cell of the line means."""
    if cells < 2 or steps < 1:
        return 0
    return round(min(max(cell, 0), cells - 1) / (cells - 1) * (steps - 1))
