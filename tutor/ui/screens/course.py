"""The course: every lesson, how far it was read, and where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tutor.ui.drawing.course_map import Entry, course_map, entries, row_of
from tutor.ui.keymap import EVERYWHERE, MAP, Key
from tutor.ui.screens.base import Page, bindings
from tutor.ui.widgets.bars import Heading, KeyBar
from tutor.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from tutor.ui.drawing.ink import Line


class CourseScreen(Page):
    """The map of the course. The lesson to go on with is chosen already."""

    KEYS: ClassVar[tuple[Key, ...]] = (*MAP, *EVERYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(*MAP)

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()
        self._picked = 0

    def compose(self) -> ComposeResult:
        """Show one pane between the bars."""
        yield Heading("heading")
        pane = Pane("the course", "map")
        pane.add_class("pane")
        yield pane
        yield KeyBar("keys")

    def on_mount(self) -> None:
        """Choose the lesson to go on with."""
        progress = self.tutor.keeper.progress
        self._entries = entries(self.tutor.course, progress)
        self._picked = next((at for at, one in enumerate(self._entries) if one.resume), 0)
        done = sum(one.done for one in self._entries)
        self.query_one("#heading", Heading).show(
            "gradtutor", f"{done} of {len(self._entries)} lessons read"
        )
        self.query_one("#keys", KeyBar).show(self._bar_keys())
        self._draw()
        self.tutor.settle()

    def _bar_keys(self) -> list[Key]:
        return [key for key in self.key_table() if key.label and key.id != "app.map"]

    def _draw(self) -> None:
        pane = self.query_one("#map", Pane)
        pane.draw(self._lines)
        pane.bring(row_of(self._entries, self._picked, max(pane.cells, 20)))

    def _lines(self, cells: int, height: int) -> list[Line]:
        return course_map(self._entries, self._picked, cells)

    def action_pick(self, by: int) -> None:
        """Choose the lesson above or below."""
        if self._entries:
            self._picked = (self._picked + by) % len(self._entries)
            self._draw()

    def action_open(self) -> None:
        """Open the chosen lesson."""
        if self._entries:
            self.tutor.open_lesson(self._entries[self._picked].slug)

    def clicked(self, what: str, rest: str) -> None:
        """Open the lesson that was clicked."""
        if what == "lesson":
            self.tutor.open_lesson(rest)
