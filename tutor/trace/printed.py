"""What a run printed, beside the step whose line printed it."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, NamedTuple

from tutor.trace.layout import Kind
from tutor.trace.timeline import Place, Timeline

if TYPE_CHECKING:
    from tutor.trace.session import Session


class Printed(NamedTuple):
    """A text, the stretch that was under way when it was printed, and the line that did so."""

    position: int
    line: int
    text: str


def traced_frame(session: Session, frame: types.FrameType | None) -> types.FrameType | None:
    """Return the frame of the traced function at or below a frame of the same stack."""
    while frame is not None and frame.f_code is not session.code:
        frame = frame.f_back
    return frame


def note_printed(session: Session, text: str) -> bool:
    """Keep a text beside the line that is running; tell whether the traced function is."""
    frame = traced_frame(session, sys._getframe(1))
    if frame is None:
        return False
    session.printed.append(Printed(len(session.path), frame.f_lineno, text))
    return True


def printed_steps(timeline: Timeline, printed: list[Printed]) -> dict[int, str]:
    """Return what was printed by step, in the order in which it was printed."""
    out: dict[int, list[str]] = {}
    for found in printed:
        step = _step_of(timeline, found)
        if step is not None:
            out.setdefault(step, []).append(found.text)
    return {step: "".join(texts) for step, texts in out.items()}


def _step_of(timeline: Timeline, printed: Printed) -> int | None:
    """Return the step of the line that printed, whose stretch ends after it.

    A ``raise`` is marked before its line runs, the end of a ``with`` is no step: what they
    print stands beside the last step before.
    """
    offset = _offset_of(timeline, printed.position, printed.line)
    if offset is not None:
        return timeline.step(printed.position, offset)
    before = min(printed.position, len(timeline.path)) - 1
    return timeline.last_step_of(before) if before >= 0 else None


def _offset_of(timeline: Timeline, position: int, line: int) -> int | None:
    if not 0 <= position < len(timeline.path):
        return None
    last = timeline.last_step_of(position) - timeline.step(position)
    for offset in range(last + 1):
        site = timeline.site(Place(position, offset))
        if site.kind is not Kind.ENTRY and site.line <= line <= site.end_line:
            return offset
    return None
