"""What the signs mean, all keys, and the names that preferences remap them by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tutor.ui.drawing.ink import BLANK, Line, Span, pad, width
from tutor.ui.drawing.wrap import wrap
from tutor.ui.keymap import Key, printed_keys
from tutor.ui.messages import Clicked
from tutor.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from tutor.ui.shell import Group
# What is drawn where no words stand beside it.
_SIGNS = (
    (">", "before a line of source: it has just run; before a name: that line gave it its value"),
    ("!", "before a line of source: it raised an exception"),
    ("*", "before a line of source: the finding that is told here is about this line"),
    (
        ">-1.0573<",
        "this iteration has moved the element; inside f: its caller has, or the runs differ",
    ),
    ("><", "the same in a heatmap"),
    ("2.06[1]96", "in brackets: the first digit in which two figures differ"),
    ("…", "digits without room; …12… is 12 digits that two figures share"),
    ("= and x", "the answer you gave was right, or not"),
)
_KEYMAP = (
    "Keys can be remapped: preferences.keymap in the progress file, one of these names and the "
    "keys, such as step.forward: right,n."
)
_LEAD = 18


def help_lines(groups: Sequence[Group], cells: int) -> list[Line]:
    """Return what the signs mean, every key with what it does, and the names to remap it by."""
    lines = _titled("Signs on the screen")
    for sign, meaning in _SIGNS:
        lines += _entry(Span(pad(f"   {sign}", _LEAD), "changed"), (Span(meaning),), cells)
    for title, keys in groups:
        lines += [BLANK, *_titled(title)]
        for key in keys:
            lines += _key(key, cells)
    palette = Span("^p opens a list of lessons, themes and all that a key can do.", "dim")
    lines += [BLANK, *_paragraph(palette, cells)]
    return [*lines, BLANK, *_titled("For the keymap"), *_names_of(groups, cells)]


def _titled(title: str) -> list[Line]:
    return [Line((Span(f" {title}", "strong"),))]


def _key(key: Key, cells: int) -> list[Line]:
    answers = key.id == "answer.1"
    names = "1 to 9" if answers else _names(key)
    text = "Give the answer of that number" if answers else key.help
    click = f"action:{key.action}"
    return _entry(
        Span(pad(f"   {names}", _LEAD), "key", click), (Span(text, "text", click),), cells
    )


def _entry(lead: Span, body: tuple[Span, ...], cells: int) -> list[Line]:
    first, *rows = wrap(body, max(12, cells - _LEAD - 2))
    return [Line((lead, *first)), *(Line((Span(" " * _LEAD), *row)) for row in rows)]


def _paragraph(span: Span, cells: int) -> list[Line]:
    return [Line((Span(" "), *row)) for row in wrap((span,), cells - 2)]


def _names_of(groups: Sequence[Group], cells: int) -> list[Line]:
    names = "  ".join(key.id for _, keys in groups for key in keys)
    return [
        *_paragraph(Span(_KEYMAP, "dim"), cells),
        *_paragraph(Span(names, "dim"), cells),
    ]


def _names(key: Key) -> str:
    names = printed_keys(key)
    return names if width(names) < 14 else names[:13]


class Help(ModalScreen[None]):
    """The sheet of all keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,f1", "dismiss(None)", "Close"),
        Binding("down,j,pagedown,space", "page(1)"),
        Binding("up,k,pageup", "page(-1)"),
    ]

    def __init__(self, changes: dict[str, str], groups: Sequence[Group]) -> None:
        super().__init__(classes="dialog")
        self._changes = changes
        self._groups = groups

    def compose(self) -> ComposeResult:
        """Show one pane."""
        with Vertical(classes="help"):
            yield Pane("signs and keys", "help-keys")

    def on_mount(self) -> None:
        """Draw the keys as the user has them."""
        from tutor.ui.keymap import with_changes

        groups = tuple((title, with_changes(keys, self._changes)) for title, keys in self._groups)
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
