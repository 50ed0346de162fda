"""The panes of a lesson: source, values, and why.

What only a run needs is imported when there is one: the text is painted before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.ui.drawing.ink import BLANK, Line, Span, fold
from tutor.ui.drawing.labelled import said
from tutor.ui.drawing.talk import Talk, first_row_of_question, first_row_of_reply, talk
from tutor.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from textual import events

    from tutor.trace.state import State

_FOOT_ROWS = 2
_NEWS = {"pointer", "changed", "written"}  # inks of what the line that just ran gave


class SourcePane(Pane):
    """The function that runs, the line that just ran, and below what that line did."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__("source", id)
        self._state: State | None = None
        self._accused: tuple[str, int] | None = None

    def accuse(self, filename: str, line: int) -> None:
        """Mark a line of a file wherever it is seen from now on."""
        self._accused = filename, line

    def show(self, state: State) -> None:
        """Show a step."""
        self._state = state
        name = state.source.name + (f"   {state.depth} deep" if state.depth else "")
        self.entitle(name)
        self.draw(self._rows)

    def redraw(self) -> None:
        """Draw for the present size, and keep the current line in sight."""
        super().redraw()
        self._follow()

    def _rows(self, cells: int, height: int) -> list[Line]:
        from tutor.ui.drawing.happened import happened
        from tutor.ui.drawing.listing import listing

        state = self._state
        if state is None:
            return []
        self.set_foot(_foot(happened(state), cells, height))
        shown = listing(state.source, cells)
        filename, line = self._accused or ("", 0)
        accused = line if filename == state.source.filename else None
        return shown.at(state.line, state.end_line, bool(state.exception), accused)

    def _follow(self) -> None:
        cells = self.cells if self._state is not None else 0
        if self._state is not None and cells > 0:
            from tutor.ui.drawing.listing import listing

            shown = listing(self._state.source, cells)
            self.bring(shown.rows_of(self._state.line, self._state.end_line))


@lru_cache(maxsize=256)
def _foot(text: str, cells: int, height: int) -> tuple[Line, ...]:
    """Return what the line did in two rows, or one where the pane is low; a longer text is cut."""
    most = _FOOT_ROWS if height > 10 else 1
    rows = fold((Span(f"  {text}", "changed"),), cells, Span("    "), " ") if text else []
    if len(rows) > most:
        *_, last = rows[:most]
        cut = sum(len(s.text) for row in rows[most:] for s in row)
        tail = f"… +{cut}"
        kept = "".join(s.text for s in last)[: max(0, cells - len(tail))]
        rows = [*rows[: most - 1], (Span(kept + tail, "changed"),)]
    lines = [Line(row) for row in rows]
    return (*lines, *[BLANK] * (most - len(lines)))


class ValuesPane(Pane):
    """The values of one run."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__("values", id)
        self._state: State | None = None
        self._scales: dict[str, float] = {}

    def show(self, state: State, title: str, scales: dict[str, float]) -> None:
        """Show a step of a run. ``scales`` belongs to the run and keeps its heatmaps' scales."""
        self._state = state
        self._scales = scales
        self.entitle(title)
        self.draw(self._rows)

    def bring_news(self) -> None:
        """Scroll to the first value that the line has given."""
        rows = [at for at, row in enumerate(self.lines) if _NEWS & {span.ink for span in row.spans}]
        self.bring(range(rows[0], rows[-1] + 1) if rows else range(1))

    def say(self, sentences: Sequence[str]) -> None:
        """Say something in the place of the values."""
        self.draw(lambda cells, rows: said(sentences, cells))

    def _rows(self, cells: int, height: int) -> list[Line]:
        from tutor.ui.drawing.values import Room, values

        if self._state is None:
            return []
        glyphs = self.app.no_color or self.app.native_ansi_color
        return values(self._state, Room(cells, height, glyphs, self._scales))


class WhyPane(Pane):
    """What the lesson says here."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__("why", id)
        self._talk: Talk | None = None
        self._unread = False

    def show(self, content: Talk, from_the_top: bool) -> None:
        """Show a text; a new one from the top, a changed one from where it was read.

        A new one with an open question is shown from where the last answer is seen.
        """
        self._talk = content
        if from_the_top:
            self._unread = True
        self.draw(self._rows)
        if from_the_top:
            self.scroll_to(y=self._first_row(), animate=False, force=True)
        self.say_more()

    def redraw(self) -> None:
        """Draw for the present size; what has not been scrolled keeps its answers in sight."""
        super().redraw()
        if self._unread and self.rows and self.scroll_offset.y != self._first_row():
            self.scroll_to(y=self._first_row(), animate=False, force=True)
            self.say_more()

    def page(self, direction: int) -> bool:
        """Scroll by most of a page; tell whether anything moved."""
        self._unread = False
        return super().page(direction)

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size, with an open question in sight."""
        self._unread = self._unread or self._is_asking
        super().on_resize(event)

    @property
    def _is_asking(self) -> bool:
        return self._talk is not None and self._talk.asked is not None and self._talk.asked.open

    def _first_row(self) -> int:
        """Return the row to begin at: 0, unless an open question only fits further down."""
        last = len(self._lines) - self.rows
        if self._talk is None or not self._is_asking or not self.rows or last <= 0:
            return 0
        return min(last, first_row_of_question(self._talk, self.cells))

    def bring_question(self) -> None:
        """Scroll to the question, or to the reply once there is one."""
        if self._talk is None or not self.rows:
            return
        self._unread = False
        reply = first_row_of_reply(self._talk, self.cells)
        start = first_row_of_question(self._talk, self.cells) if reply is None else reply
        last = max(0, len(self._lines) - self.rows)
        self.scroll_to(y=min(max(start - 1, 0), last), animate=False, force=True)
        self.say_more()

    def _rows(self, cells: int, height: int) -> list[Line]:
        return talk(self._talk, cells) if self._talk else []
