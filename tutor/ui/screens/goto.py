"""A small sheet that asks for an idx."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tutor.ui.drawing.figure import idx_text

if TYPE_CHECKING:
    from tutor.trace import Cursor

Idx = tuple[int, ...]
_KEYS = "enter: go there   esc: never mind"
_WHOLE = re.compile(r"[\s(\[]*(-?\d+(?:\s*[,\s]\s*-?\d+)*)\s*,?[\s)\]]*")


def parse_idx(text: str) -> Idx | None:
    """Return the idx that was typed, such as ``0, 2`` or ``(0, 2)``; None if it is none."""
    match = _WHOLE.fullmatch(text)
    return tuple(int(part) for part in re.findall(r"-?\d+", match[1])) if match else None


def idx_problem(text: str, known: set[Idx], example: Idx) -> str:
    """Return why an idx cannot be gone to, as a sentence; empty if it can."""
    idx = parse_idx(text)
    if idx is None:
        return f"An idx is written like {idx_text(example)}."
    if idx in known:
        return ""
    if len(idx) != len(example):
        return f"An idx of this run has {len(example)} numbers, like {idx_text(example)}."
    return f"This run perturbs no element {idx_text(idx)}."


class GoTo(ModalScreen[Idx | None]):
    """Asks for an idx; a bad one gets a sentence and another try."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Never mind")]

    def __init__(self, cursor: Cursor) -> None:
        super().__init__(classes="dialog")
        rows = cursor.recording.iterations["idx"].tolist()
        self._known: set[Idx] = {_trim(row) for row in rows}
        here = cursor.state.idx
        self._example: Idx = here if here is not None else _trim(rows[0]) if rows else (0,)

    def compose(self) -> ComposeResult:
        """Show the prompt, the line to type in, and room for a sentence."""
        with Vertical(classes="sheet") as sheet:
            sheet.border_title = "go to an idx"
            yield Input(placeholder=idx_text(self._example), id="idx")
            yield Static(
                "enter: go there   esc: never mind", id="idx-note", classes="note", markup=False
            )

    def on_mount(self) -> None:
        """Take the keys at once."""
        self.query_one("#idx").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there, or say why not."""
        event.stop()
        problem = idx_problem(event.value, self._known, self._example)
        if problem:
            self.query_one("#idx-note", Static).update(problem)
            return
        self.dismiss(parse_idx(event.value))


def _trim(row: list[int]) -> Idx:
    """Return a row of the recording as an idx: unused places of narrower arrays are negative."""
    return tuple(at for at in row if at >= 0)
