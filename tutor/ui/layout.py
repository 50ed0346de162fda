"""How the panes share a terminal of a given size."""

from __future__ import annotations

from enum import StrEnum


class Layout(StrEnum):
    """The ways to lay out a lesson; each value is the class that the style sheet knows.

    WIDE shows all panes. TABS shows source and values, and one of the others below them.
    STACK shows the source, and one of all the others below it. NO_ROOM asks for more room.
    """

    WIDE = "wide"
    TABS = "tabs"
    STACK = "stack"
    NO_ROOM = "no-room"


SMALLEST = (60, 18)
_TABS = (76, 22)
_WIDE = (100, 30)


def choose(columns: int, rows: int) -> Layout:
    """Return the layout for a terminal of so many columns and rows."""
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return Layout.NO_ROOM
    if columns >= _WIDE[0] and rows >= _WIDE[1]:
        return Layout.WIDE
    if columns >= _TABS[0] and rows >= _TABS[1]:
        return Layout.TABS
    return Layout.STACK


TABS: dict[Layout, tuple[str, ...]] = {
    Layout.WIDE: (),
    Layout.TABS: ("why", "memory"),
    Layout.STACK: ("why", "values", "memory"),
    Layout.NO_ROOM: (),
}


# From so many rows of the terminal on, TABS gives the run what the text leaves over.
TALL_TABS = 30
# Rows of source and values, frame included, that a question must leave.
LEAST_RUN_ROWS = {Layout.TABS: 8, Layout.STACK: 5}
_USUAL_RUN_ROWS = {Layout.TABS: 11, Layout.STACK: 7}
_USUAL_TEXT_ROWS = 14


def share(layout: Layout, room: int, needed: int) -> tuple[int, int]:
    """Return the rows above and below the tabs, for a text that needs so many below.

    The text never gets less than usual, nor more than leaves the run its least.
    """
    high = layout is Layout.TABS and room + 3 >= TALL_TABS
    usual = _USUAL_TEXT_ROWS if high else room - 1 - _USUAL_RUN_ROWS[layout]
    below = max(usual, min(needed, room - 1 - LEAST_RUN_ROWS[layout]))
    return room - 1 - below, below


def no_room(columns: int, rows: int) -> str:
    """Return the sentence that asks for more room."""
    return (
        f"This window is {columns} columns by {rows} rows. The tutor needs "
        f"{SMALLEST[0]} by {SMALLEST[1]}: please make it larger. Your place is kept."
    )
