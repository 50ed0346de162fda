"""A small sheet that asks for an idx."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tutor.ui.drawing.figure import idx_text
from tutor.ui.screens.ask import Sheet

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


class GoTo(Sheet[Idx]):
    """Asks for an idx; a bad one gets a sentence and another try."""

    def __init__(self, cursor: Cursor) -> None:
        rows = cursor.recording.iterations["idx"].tolist()
        self._known: set[Idx] = {_trim(row) for row in rows}
        here = cursor.state.idx
        self._example: Idx = here if here is not None else _trim(rows[0]) if rows else (0,)
        super().__init__("go to an idx", "idx", _KEYS, placeholder=idx_text(self._example))

    def problem(self, text: str) -> str:
        """Return why there is no such idx to go to."""
        return idx_problem(text, self._known, self._example)

    def meaning(self, text: str) -> Idx | None:
        """Return the idx that was typed."""
        return parse_idx(text)


def _trim(row: list[int]) -> Idx:
    """Return a row of the recording as an idx: unused places of narrower arrays are negative."""
    return tuple(at for at in row if at >= 0)
