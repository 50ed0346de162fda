"""All keys, with the ids that preferences remap them by."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tutor.ui.drawing.ink import BLANK, Line, Span, pad, width
from tutor.ui.drawing.wrap import wrap
from tutor.ui.keymap import ANSWERS, EVERYWHERE, EXERCISE, LESSON, MAP, Key, printed
from tutor.ui.messages import Clicked
from tutor.ui.widgets.pane import Pane

_GROUPS = (
    ("In a lesson", (*LESSON, ANSWERS[0])),
    ("On the map of the course", MAP),
    ("In an exercise", EXERCISE),
    ("Everywhere", EVERYWHERE),
)


def help_lines(groups: tuple[tuple[str, tuple[Key, ...]], ...], cells: int) -> list[Line]:
    """Return every key with what it does and its id."""
    lines: list[Line] = []
    for title, keys in groups:
        lines += [BLANK] if lines else []
        lines.append(Line((Span(f" {title}", "strong"),)))
        for key in keys:
            names = "1 to 9" if key.id == "answer.1" else _names(key)
            text = "Give the answer of that number" if key.id == "answer.1" else key.help
            click = f"action:{key.action}"
            lead = Span(pad(f"   {names}", 18), "key", click)
            body = (Span(text, "text", click), Span(f"  {key.id}", "dim", click))
            rows = wrap(body, max(12, cells - 20))
            lines.append(Line((lead, *rows[0])))
            lines += [Line((Span(" " * 18), *row)) for row in rows[1:]]
    note = (
        "The ids are for remapping: preferences.keymap in the progress file, id and keys. "
        "^p opens a list of lessons, themes and all that a key can do."
    )
    return [
        *lines,
        BLANK,
        *(Line((Span(" "), *row)) for row in wrap((Span(note, "dim"),), cells - 2)),
    ]


def _names(key: Key) -> str:
    names = " ".join(printed(name) for name in key.keys.split(","))
    return names if width(names) < 14 else names[:13]


class Help(ModalScreen[None]):
    """The sheet of all keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,f1", "dismiss(None)", "Close"),
        Binding("down,j,pagedown,space", "page(1)"),
        Binding("up,k,pageup", "page(-1)"),
    ]

    def __init__(self, changes: dict[str, str]) -> None:
        super().__init__(classes="dialog")
        self._changes = changes

    def compose(self) -> ComposeResult:
        """Show one pane."""
        with Vertical(classes="help"):
            yield Pane("all keys", "help-keys")

    def on_mount(self) -> None:
        """Draw the keys as the user has them."""
        from tutor.ui.keymap import with_changes

        groups = tuple((title, with_changes(keys, self._changes)) for title, keys in _GROUPS)
        pane = self.query_one("#help-keys", Pane)
        pane.add_class("pane")
        pane.draw(lambda cells, _: help_lines(groups, cells))

    def action_page(self, direction: int) -> None:
        """Scroll."""
        self.query_one("#help-keys", Pane).page(direction)

    def on_clicked(self, message: Clicked) -> None:
        """Do on the screen below what was clicked here."""
        message.stop()
        action = message.click.removeprefix("action:")
        below = self.app.screen_stack[-2]
        self.dismiss(None)
        self.app.call_later(below.run_action, action)

    def on_click(self, event: events.Click) -> None:
        """Close at a click beside the sheet."""
        if event.widget is self:
            self.dismiss(None)
