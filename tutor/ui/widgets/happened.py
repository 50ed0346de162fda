"""The pane of a run without a lesson: what the line that just ran did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.ui.drawing.account import Told, account, line_alone, nothing
from tutor.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from tutor.trace import Cursor
    from tutor.trace.state import State
    from tutor.ui.reader import Titled


class HappenedPane(Pane):
    """What happened at a step of one run or of two."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__("what happened", id)

    def show(self, runs: Sequence[tuple[str, Cursor]], notes: Sequence[str]) -> None:
        """Show a step of each run, from the top."""
        told = [_told(title if len(runs) > 1 else "", cursor) for title, cursor in runs]
        self.draw(lambda cells, rows: account(told, notes, cells))
        self.to_the_top()

    def show_line(self, state: State, notes: Sequence[str]) -> None:
        """Show a line that was not run, and why."""
        self.draw(lambda cells, rows: line_alone(state, notes, cells))
        self.to_the_top()

    def show_nothing(self, titled: Titled | None, notes: Sequence[str]) -> None:
        """Say that a run has no steps, and what ended it."""
        title = titled.title if titled else "This file"
        error = titled.steps.exception if titled else None
        said = [note.text for note in titled.steps.notes] if titled else []
        raised = f"{type(error).__name__}: {error}" if error is not None else ""
        self.draw(lambda cells, rows: nothing(title, raised, [*said, *notes], cells))
        self.to_the_top()


def _told(title: str, cursor: Cursor) -> Told:
    state = cursor.state
    # Which names share a buffer takes longer to tell than all the rest.
    memory = cursor.recording.memory(cursor.step) if state.writes else None
    return Told(title, state, memory, cursor.recording.notes)
