"""A list to choose one thing from: a run, or the call to record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tutor.ui.drawing.choices import Choice, choice_lines, rows_of
from tutor.ui.drawing.ink import Line
from tutor.ui.keymap import ALWAYS, Key
from tutor.ui.messages import Clicked
from tutor.ui.screens.base import Page
from tutor.ui.widgets.pane import Pane


class Choose(ModalScreen[int | None]):
    """Shows the choices; its result is the number of the chosen one, from 0, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Never mind"),
        Binding("ctrl+c", "dismiss(None)", priority=True),
        Binding("down,j", "pick(1)"),
        Binding("up,k", "pick(-1)"),
        Binding("pagedown", "pick(5)"),
        Binding("pageup", "pick(-5)"),
        Binding("home", "pick(-1000000)"),
        Binding("end", "pick(1000000)"),
        Binding("enter,space", "take"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], picked: int = 0) -> None:
        super().__init__(classes="dialog")
        self._title = title
        self._choices = choices
        self._picked = picked

    def compose(self) -> ComposeResult:
        """Show one pane."""
        with Vertical(classes="help"):
            pane = Pane(self._title, "choices")
            pane.add_class("pane")
            yield pane

    def on_mount(self) -> None:
        """Draw the choices."""
        pane = self.query_one("#choices", Pane)
        pane.border_subtitle = "enter: this one   esc: never mind"
        self._draw()

    def _draw(self) -> None:
        pane = self.query_one("#choices", Pane)
        pane.draw(self._lines)
        pane.bring(rows_of(self._choices, self._picked, max(pane.cells, 20)))

    def _lines(self, cells: int, height: int) -> list[Line]:
        return choice_lines(self._choices, self._picked, cells)

    def action_pick(self, by: int) -> None:
        """Choose the one above or below; from the last one step on leads to the first."""
        count = len(self._choices)
        at = self._picked + by
        self._picked = at % count if abs(by) == 1 else min(max(at, 0), count - 1)
        self._draw()

    def action_take(self) -> None:
        """Take the chosen one."""
        self.dismiss(self._picked)

    def on_clicked(self, message: Clicked) -> None:
        """Take the one that was clicked."""
        message.stop()
        self.dismiss(int(message.click.removeprefix("choice:")))


class ChoosePage(Page):
    """A program that is nothing but a list: it ends with the choice."""

    KEYS: ClassVar[tuple[Key, ...]] = ALWAYS

    def __init__(self, title: str, choices: Sequence[Choice], picked: int = 0) -> None:
        super().__init__()
        self._asked = title, choices, picked
        self.chosen: int | None = None

    def on_mount(self) -> None:
        """Show the list."""
        self.app.push_screen(Choose(*self._asked), self._took)

    def _took(self, number: int | None) -> None:
        self.chosen = number
        self.app.exit(0)
