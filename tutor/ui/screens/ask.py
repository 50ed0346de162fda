"""A small sheet with one line to type in; what cannot be meant gets a sentence and another try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tutor.ui.drawing.ink import Line, Span
from tutor.ui.messages import Clicked
from tutor.ui.widgets.pane import Pane

Answer = TypeVar("Answer")


class Sheet(ModalScreen[Answer | None], Generic[Answer]):
    """Asks for one line.

    Parameters
    ----------
    title : str
        What is asked for.
    name : str
        The id of the line to type in; that of the note below it ends in ``-note``.
    keys : str
        What the note says until there is something else to say.
    value, placeholder : str
        What stands in the line, and what stands there in its place while it is empty.
    presets : sequence of str
        What up and down put into the line.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Never mind"),
        Binding("ctrl+c", "dismiss(None)", priority=True),
        Binding("down", "preset(1)", priority=True),
        Binding("up", "preset(-1)", priority=True),
    ]

    def __init__(
        self,
        title: str,
        name: str,
        keys: str,
        value: str = "",
        placeholder: str = "",
        presets: Sequence[str] = (),
    ) -> None:
        super().__init__(classes="dialog")
        self._title, self._id, self._keys = title, name, keys
        self._value, self._placeholder = value, placeholder
        self._presets = presets
        self._picked: int | None = None

    def problem(self, text: str) -> str:
        """Return why what was typed is no answer, as a sentence; empty if it is one."""
        return ""

    def meaning(self, text: str) -> Answer | None:
        """Return the answer that was typed."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Show the line to type in, what could stand in it, and room for a sentence."""
        with Vertical(classes="sheet") as sheet:
            sheet.border_title = self._title
            yield Input(self._value, self._placeholder, id=self._id, classes="asked")
            if self._presets:
                pane = Pane(id="presets")
                pane.can_focus = False
                pane.styles.height = len(self._presets)
                yield pane
            yield Static(self._keys, id=f"{self._id}-note", classes="note", markup=False)

    def on_mount(self) -> None:
        """Take the keys at once."""
        self.query_one(f"#{self._id}").focus()
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the answer, or say why it is none."""
        event.stop()
        problem = self.problem(event.value)
        if problem:
            self.query_one(f"#{self._id}-note", Static).update(problem)
            return
        self.dismiss(self.meaning(event.value))

    def action_preset(self, by: int) -> None:
        """Put the preset above or below into the line."""
        if not self._presets:
            return
        start = -1 if by > 0 else 0
        at = ((start if self._picked is None else self._picked) + by) % len(self._presets)
        self._put(at)

    def on_clicked(self, message: Clicked) -> None:
        """Put what was clicked into the line."""
        message.stop()
        self._put(int(message.click.removeprefix("preset:")))

    def _put(self, at: int) -> None:
        self._picked = at
        line = self.query_one(f"#{self._id}", Input)
        line.value = self._presets[at]
        line.cursor_position = len(line.value)
        self._draw()

    def _draw(self) -> None:
        if self._presets:
            self.query_one("#presets", Pane).draw(lambda cells, rows: self._lines())

    def _lines(self) -> list[Line]:
        return [
            Line(
                (
                    Span("> " if at == self._picked else "  ", "pointer", f"preset:{at}"),
                    Span(text, "text", f"preset:{at}"),
                ),
                "current" if at == self._picked else "",
            )
            for at, text in enumerate(self._presets)
        ]


class Ask(Sheet[str]):
    """Asks for a line of text. ``check`` returns why it is no answer, empty if it is one."""

    def __init__(
        self,
        title: str,
        keys: str,
        check: Callable[[str], str],
        value: str = "",
        placeholder: str = "",
        presets: Sequence[str] = (),
    ) -> None:
        super().__init__(title, "asked", keys, value, placeholder, presets)
        self._check = check

    def problem(self, text: str) -> str:
        """Return why this is no answer."""
        return self._check(text)

    def meaning(self, text: str) -> str:
        """Return the text."""
        return text.strip()
