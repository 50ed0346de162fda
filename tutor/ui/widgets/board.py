"""The panes of a lesson together: what each shows of a step, and how they share the room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container

from tutor.ui.drawing.talk import Talk
from tutor.ui.layout import TABS, Layout
from tutor.ui.widgets.bars import Tabs
from tutor.ui.widgets.pane import Pane
from tutor.ui.widgets.panes import MemoryPane, SourcePane, ValuesPane, WhyPane

if TYPE_CHECKING:
    from tutor.trace import Cursor

_TALL = 46
_TALL_TABS = 30


class Board(Container):
    """Source, values of one run or two, why and memory.

    The style sheet arranges them by the class of the layout; where some share a place, one of
    them is open and the others are tabs. A pane that is not seen is not drawn.
    """

    def __init__(self) -> None:
        super().__init__(id="panes")
        self.layout_now = Layout.WIDE
        self.tab = "why"
        self._runs: Sequence[tuple[str, Cursor]] = ()
        self._scales: dict[tuple[int, str], dict[str, float]] = {}

    def compose(self) -> ComposeResult:
        """Mount every pane once; which are seen is a matter of style."""
        yield SourcePane("source")
        with Container(id="runs"):
            yield ValuesPane("left")
            yield ValuesPane("right")
        yield Tabs("tabs")
        yield WhyPane("why")
        yield MemoryPane("memory")

    @property
    def why(self) -> WhyPane:
        """Return the pane of the text."""
        return self.query_one("#why", WhyPane)

    # --- what is shown --------------------------------------------------------------------

    def show(self, runs: Sequence[tuple[str, Cursor]]) -> None:
        """Show where each run stands: a title and a cursor for one run or two."""
        self._runs = runs
        self.set_class(len(runs) < 2, "one-run")
        if runs:
            self.query_one("#source", SourcePane).show(runs[0][1].state)
        for pane, (title, cursor) in zip(("left", "right"), runs, strict=False):
            scales = self._scales.setdefault((id(cursor.recording), pane), {})
            self.query_one(f"#{pane}", ValuesPane).show(cursor.state, title, scales)
        self._show_memory()

    def _show_memory(self) -> None:
        if self.is_seen("memory"):
            self.query_one("#memory", MemoryPane).show(
                [(title, cursor.recording, cursor.state) for title, cursor in self._runs]
            )

    def say(self, content: Talk, from_the_top: bool) -> None:
        """Show a text."""
        self.why.show(content, from_the_top)

    # --- how the room is shared -----------------------------------------------------------

    def is_seen(self, pane: str) -> bool:
        """Tell whether a pane is on the screen."""
        tabs = TABS[self.layout_now]
        return pane not in tabs or self.tab == pane

    def lay_out(self, layout: Layout, rows: int) -> None:
        """Lay the panes out."""
        for one in Layout:
            self.set_class(one is layout, one.value)
        self.set_class(rows >= (_TALL if layout is Layout.WIDE else _TALL_TABS), "tall")
        if layout is not self.layout_now:
            self.layout_now = layout
            self._order()
        self.open_tab(self.tab)

    def _order(self) -> None:
        """Put the values before the tabs, or behind them where they are one of the tabs."""
        runs, tabs = self.query_one("#runs"), self.query_one("#tabs")
        if self.layout_now is Layout.STACK:
            self.move_child(runs, after=tabs)
        else:
            self.move_child(runs, before=tabs)

    def open_tab(self, tab: str) -> None:
        """Open one of the panes that share a place."""
        tabs = TABS[self.layout_now]
        self.tab = tab if tab in tabs or not tabs else tabs[0]
        for name in ("why", "values", "memory"):
            self.set_class(name == self.tab, f"show-{name}")
        self.query_one("#tabs", Tabs).show(tabs, self.tab)
        self._show_memory()

    def next_pane(self, by: int) -> None:
        """Open the next tab; where there are none, give the next pane the focus."""
        tabs = TABS[self.layout_now]
        if tabs:
            self.open_tab(tabs[(tabs.index(self.tab) + by) % len(tabs)])
            self.screen.set_focus(None)
            return
        names = [n for n in ("source", "left", "right", "why", "memory") if self._is_used(n)]
        focused = self.screen.focused.id if self.screen.focused else None
        at = names.index(focused) + by if focused in names else min(by, 0)
        self.screen.set_focus(self.query_one(f"#{names[at % len(names)]}"))

    def _is_used(self, pane: str) -> bool:
        return pane != "right" or len(self._runs) > 1

    def page(self, direction: int) -> None:
        """Scroll the pane that has the focus, else the one that is open."""
        focused = self.screen.focused
        name = {"values": "left"}.get(self.tab, self.tab)
        pane = focused if isinstance(focused, Pane) else self.query_one(f"#{name}", Pane)
        pane.page(direction)
