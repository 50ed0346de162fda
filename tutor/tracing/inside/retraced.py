"""A file whose process has died, run once more: up to the line that it died in.

The lines of the recorded function are counted as they run, into a file that outlives the
process. What ran last is where the recording ends when the file is run the next time.
"""

from __future__ import annotations

import mmap
import struct
import sys
import types
from collections.abc import Callable
from typing import Any, Final

from tutor.trace.session import Session
from tutor.tracing.inside.plan import Again

COUNT: Final = struct.Struct("<q")


def follow_again(
    again: Again, counter: str, session: Session, died: Callable[[types.FrameType, str], None]
) -> None:
    """Count the lines of the traced function, or call ``died`` at the line that was the last."""
    with open(counter, "r+b") as stream:
        memory = mmap.mmap(stream.fileno(), COUNT.size)
    count = 0

    def line(frame: types.FrameType, event: str, arg: object) -> Any:
        nonlocal count
        if event == "line":
            count += 1
            if not again.at:
                COUNT.pack_into(memory, 0, count)
            elif count == again.at:
                died(frame, again.message)
        return line

    def call(frame: types.FrameType, event: str, arg: object) -> Any:
        return line if frame.f_code is session.code else None

    sys.settrace(call)


def last_count(counter: str) -> int:
    """Return how many lines had run, 0 if none was counted."""
    with open(counter, "rb") as stream:
        data = stream.read(COUNT.size)
    return int(COUNT.unpack(data)[0]) if len(data) == COUNT.size else 0
