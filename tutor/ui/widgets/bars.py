"""The bars of one line: the heading, the timeline, the tabs and the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tutor.ui.drawing.ink import BLANK, Line, Span, fit, width
from tutor.ui.footer import ESSENTIAL
from tutor.ui.keymap import Key, printed
from tutor.ui.messages import Clicked
from tutor.ui.widgets.kept import Kept
from tutor.ui.widgets.pane import click_at, strip_of

if TYPE_CHECKING:
    from tutor.ui.drawing.timeline import Place

# Longer than any terminal is wide: the bar cuts it.
_LONGEST = 500


class Bar(Kept, Widget):
    """One line, drawn again only when it changed."""

    ALLOW_SELECT = False
    can_focus = False

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id, classes="bar")
        self._line = BLANK

    @property
    def text(self) -> str:
        """Return what the bar says."""
        return self._line.text

    def put(self, line: Line) -> None:
        """Show a line."""
        if line != self._line:
            self._line = line
            self.refresh()

    def draw(self) -> None:
        """Compute the line for the present width; a bar that depends on it does so here."""

    def on_resize(self, event: events.Resize) -> None:
        """Draw again for the new width."""
        self.draw()

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        line = self._line if y == 0 else BLANK
        return strip_of(line, self.app.theme, self.size.width).apply_style(self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Tell the screen what was clicked."""
        click = click_at(self._line, event.x)
        if click:
            event.stop()
            self.post_message(Clicked(click))


class Heading(Bar):
    """The lesson's title at the left, where the reader stands at the right."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id)
        self._title, self._where = "", ""

    def show(self, title: str, where: str) -> None:
        """Set both ends."""
        self._title, self._where = title, where
        self.draw()

    def draw(self) -> None:
        """Put the two ends as far apart as there is room."""
        cells = self.size.width
        where = fit(self._where, max(0, cells - 4))
        title = fit(self._title, max(0, cells - width(where) - 4))
        gap = " " * max(1, cells - width(title) - width(where) - 2)
        self.put(Line((Span(" "), Span(title, "title"), Span(gap), Span(where, "dim"), Span(" "))))


class Timeline(Bar):
    """The run on one line; a click goes there."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id)
        self._place: Place | None = None

    def show(self, place: Place | None) -> None:
        """Set where the reader stands."""
        self._place = place
        self.draw()

    def draw(self) -> None:
        """Draw the line between one cell of margin at each end."""
        if self._place is None:
            self.put(BLANK)
            return
        from tutor.ui.drawing.timeline import timeline

        inner = timeline(self._place, self.size.width - 2)
        self.put(Line((Span(" "), *inner.spans)))

    def on_click(self, event: events.Click) -> None:
        """Go to the step that was clicked."""
        event.stop()
        if self._place is not None:
            from tutor.ui.drawing.timeline import step_at

            step = step_at(event.x - 1, self.size.width - 2, self._place.steps)
            self.post_message(Clicked(f"step:{step}"))


class Tabs(Bar):
    """The names of the panes that share one place."""

    def show(self, labels: Mapping[str, str], active: str) -> None:
        """Set the tabs, each under its label, and the one that is open."""
        spans = [Span("─", "wire")]
        for name, label in labels.items():
            on = name == active
            text, ink = (f"[{label}]", "tab-on") if on else (f" {label} ", "tab")
            spans += [Span(text, ink, f"tab:{name}"), Span("─", "wire")]
        self.put(Line((*spans, Span("─" * _LONGEST, "wire"))))


class KeyBar(Bar):
    """The keys that matter now; each can be clicked. What finds no room is under ``?``."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id)
        self._keys: Sequence[Key] = ()
        self._notice = ""

    def show(self, keys: Sequence[Key]) -> None:
        """Set the keys, most important first, in place of any notice."""
        if keys is self._keys and not self._notice:
            return
        self._keys = keys
        self._notice = ""
        self.draw()

    def notice(self, text: str) -> None:
        """Say something in place of the keys; empty brings them back."""
        if text != self._notice:
            self._notice = text
            self.draw()

    def on_resize(self, event: events.Resize) -> None:
        """Show the keys for the new width; a notice was about the old one."""
        self._notice = ""
        self.draw()

    def draw(self) -> None:
        """Show as many keys as there is room for."""
        cells = self.size.width
        if self._notice:
            self.put(Line((Span(" "), Span(fit(self._notice, cells - 2), "pointer"))))
            return
        spans: list[Span] = []
        for key in _that_fit(self._keys, cells - 1):
            click = f"action:{key.action}"
            spans += [Span("  ")] if spans else []
            spans += [Span(key_names(key), "key", click), Span(f" {key.label}", "dim", click)]
        self.put(Line((Span(" "), *spans)))


def _that_fit(keys: Sequence[Key], cells: int) -> list[Key]:
    """Return the keys without the last of those that can be done without, until the rest fit."""
    kept = list(keys)
    while kept and _length(kept) > cells:
        spare = [key for key in kept if key.id not in ESSENTIAL]
        kept.remove((spare or kept)[-1])
    for key in keys:  # a shorter one may still find room
        if key not in kept and _length([*kept, key]) <= cells:
            kept.append(key)
    return [key for key in keys if key in kept]


def _length(keys: Sequence[Key]) -> int:
    return sum(width(key_names(key)) + width(key.label) + 3 for key in keys) - 2


_TOGETHER = {"step.forward": "left", "iteration.next": "up", "map.next": "up"}


def key_names(key: Key) -> str:
    """Return what is printed on the key; the keys that go both ways are shown as a pair."""
    first = printed(key.keys.split(",")[0])
    other = _TOGETHER.get(key.id)
    usual = first in ("→", "↓")
    return f"{printed(other)}{first}" if other and usual else first
