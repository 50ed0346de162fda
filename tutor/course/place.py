"""A place in a recording, as a lesson writes it down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tutor.trace import Cursor

# "fxh1", "x[idx]", "x[idx]#2"
AFTER: Final = re.compile(r"[^#\[\]]+(\[[^#]*\])?(#[1-9]\d*)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step of a lesson stands.

    Attributes
    ----------
    iteration : int or None
        The iteration of the run, from 0; negative ones count from the end.
    after : str
        The name that has just got its value, ``"fxh1"``; ``"x[idx]#2"`` is the second line of
        the iteration that writes into x; also ``"start"`` and ``"end"``. Without an iteration
        it is looked for from the start of the run.
    end : bool
        The last step of the run.
    """

    iteration: int | None = None
    after: str = ""
    end: bool = False

    def __str__(self) -> str:
        if self.end:
            return "the end of the run"
        iteration = "" if self.iteration is None else f"iteration {self.iteration}"
        after = f"after {self.after}" if self.after else ""
        return ", ".join(filter(None, (iteration, after))) or "the start of the run"

    def reach(self, cursor: Cursor) -> bool:
        """Move a cursor here; False, with the cursor anywhere, if the run never comes here."""
        if self.end or (self.iteration is None and self.after == "end"):
            cursor.end()
            return True
        if self.iteration is not None:
            return cursor.seek(iteration=self.iteration, after=self.after or "start")
        cursor.start()
        return self.after in ("", "start") or _search(cursor, self.after)


START: Final = Place()


def _search(cursor: Cursor, after: str) -> bool:
    """Move to the first step, in an iteration or outside, after which a name has its value."""
    target, _, count = after.replace(" ", "").partition("#")
    left = int(count or 1)
    while True:
        state = cursor.state
        if "[" in target:
            hit = state.source.line(state.line).replace(" ", "").startswith(target)
        else:
            hit = target in state.assigned
        left -= hit
        if left == 0:
            return True
        if not cursor.forward():
            return False
