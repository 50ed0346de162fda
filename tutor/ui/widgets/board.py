"""The panes of a lesson together: what each shows of a step, and how they share the room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container

from tutor.ui.drawing.talk import Talk, talk
from tutor.ui.layout import LEAST_RUN_ROWS, TABS, TALL_TABS, Layout, share
from tutor.ui.widgets.bars import Tabs
from tutor.ui.widgets.kept import Kept
from tutor.ui.widgets.memory import MemoryPane
from tutor.ui.widgets.pane import Pane
from tutor.ui.widgets.panes import SourcePane, ValuesPane, WhyPane

if TYPE_CHECKING:
    from tutor.trace import Cursor
    from tutor.trace.state import State

_TALL = 46
# Heading, timeline and keys.
_BARS = 3


class Board(Kept, Container):
    """Source, values of one run or two, words about the step, and memory.

    The style sheet arranges them by the class of the layout; where some share a place, one of
    them is open and the others are tabs. A pane that is not seen is not drawn.

    Parameters
    ----------
    words : Pane, optional
        The pane of the words, with the id ``why``; a lesson's if none is given.
    label : str
        What the tab of the words is called.
    before : Pane, optional
        One more pane before the words; its id is the name of its tab.
    """

    def __init__(
        self, words: Pane | None = None, label: str = "why", before: Pane | None = None
    ) -> None:
        super().__init__(id="panes")
        self._words = words or WhyPane("why")
        self._label = label
        self._before = before
        self._first = (before.id,) if before is not None and before.id else ()
        self.layout_now = Layout.WIDE
        self.tab = (*self._first, "why")[0]
        self._talk: Talk | None = None
        self._columns, self._rows = 0, 0
        self._runs: Sequence[tuple[str, Cursor]] = ()
        self._scales: dict[tuple[int, str], dict[str, float]] = {}

    def compose(self) -> ComposeResult:
        """Mount every pane once; which are seen is a matter of style."""
        yield SourcePane("source")
        with Container(id="runs"):
            yield ValuesPane("left")
            yield ValuesPane("right")
        yield Tabs("tabs")
        if self._before is not None:
            yield self._before
        yield self._words
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
        for pane, (title, cursor), state in zip(
            ("left", "right"), runs, _states(runs), strict=False
        ):
            scales = self._scales.setdefault((id(cursor.recording), pane), {})
            self.query_one(f"#{pane}", ValuesPane).show(state, title, scales)
        self._show_memory()

    def clear(self) -> None:
        """Show nothing of any run."""
        self._runs = ()
        for pane in ("source", "left", "right", "memory"):
            self.query_one(f"#{pane}", Pane).draw(lambda cells, rows: ())

    def _show_memory(self) -> None:
        if self.is_seen("memory"):
            self.query_one("#memory", MemoryPane).show(
                [(title, cursor.recording, cursor.state) for title, cursor in self._runs]
            )

    def say(self, content: Talk, from_the_top: bool) -> None:
        """Show a text."""
        self._talk = content
        self._share()
        self.why.show(content, from_the_top)

    def _share(self) -> None:
        """Give an open question the rows it needs, where it shares the height with the run."""
        least = LEAST_RUN_ROWS.get(self.layout_now)
        asked = self._talk.asked if self._talk else None
        if least is None or asked is None or not asked.open or self.tab != "why":
            self.styles.clear_rule("grid_rows")
            return
        assert self._talk is not None
        room = self._rows - _BARS
        needed = len(talk(self._talk, max(20, self._columns - 2))) + 1
        above, below = share(self.layout_now, room, needed)
        self.styles.grid_rows = f"{above} 1 {below}"

    # --- how the room is shared -----------------------------------------------------------

    @property
    def tabs(self) -> tuple[str, ...]:
        """Return the panes that share a place."""
        tabs = TABS[self.layout_now]
        return (*self._first, *tabs) if tabs else ()

    def is_seen(self, pane: str) -> bool:
        """Tell whether a pane is on the screen."""
        return pane not in self.tabs or self.tab == pane

    def lay_out(self, layout: Layout, columns: int, rows: int) -> None:
        """Lay the panes out."""
        self._columns, self._rows = columns, rows
        for one in Layout:
            self.set_class(one is layout, one.value)
        self.set_class(rows >= (_TALL if layout is Layout.WIDE else TALL_TABS), "tall")
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
        tabs = self.tabs
        self.tab = tab if tab in tabs or not tabs else tabs[0]
        for name in (*self._first, "why", "values", "memory"):
            self.set_class(name == self.tab, f"show-{name}")
        self.query_one("#tabs", Tabs).show({name: self.label(name) for name in tabs}, self.tab)
        self._share()
        self._show_memory()

    def label(self, tab: str) -> str:
        """Return what a tab is called on the screen."""
        return self._label if tab == "why" else tab

    def next_tab(self, by: int) -> str:
        """Return the tab that comes next; empty where no panes share a place."""
        tabs = self.tabs
        return tabs[(tabs.index(self.tab) + by) % len(tabs)] if self.tab in tabs else ""

    def next_pane(self, by: int) -> None:
        """Open the next tab; where there are none, give the next pane the focus."""
        tabs = self.tabs
        if tabs:
            self.open_tab(tabs[(tabs.index(self.tab) + by) % len(tabs)])
            self.screen.set_focus(None)
            return
        panes = ("source", "left", "right", *self._first, "why", "memory")
        names = [name for name in panes if self._is_used(name)]
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


def _states(runs: Sequence[tuple[str, Cursor]]) -> Sequence[State]:
    from tutor.ui.drawing.marks import states

    return states(cursor for _, cursor in runs)
