"""The editor of an exercise: Textual's, with the indentation that Python wants."""

from __future__ import annotations

from textual import events
from textual.widgets import TextArea

_INDENT = 4


def next_indent(before: str) -> str:
    """Return the indentation of a line that follows this text of the line before."""
    indent = before[: len(before) - len(before.lstrip(" \t"))]
    code = before.partition("#")[0].rstrip()
    return indent + " " * _INDENT if code.endswith(":") else indent


class CodeEditor(TextArea):
    """An editor in which enter keeps the indentation, and adds to it behind a colon."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key != "enter" or self.read_only:
            return
        # The base class would put a bare line end.
        event.stop()
        event.prevent_default()
        start, end = sorted(self.selection)
        before = self.document.get_line(start[0])[: start[1]]
        self._replace_via_keyboard("\n" + next_indent(before), start, end)
