"""Names drawn to the buffers that they reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.ui.drawing.figure import index_text
from tutor.ui.drawing.ink import Line, Span, fit, width

if TYPE_CHECKING:
    from tutor.trace.state import Binding, Buffer, Memory

_ARM = 3
_MOST_WRITTEN = 2


def memory(state: Memory, cells: int) -> list[Line]:
    """Return a block of rows for each buffer: its names, its box, and what was written."""
    label = label_cells(state.buffers, cells)
    return [row for buffer in state.buffers for row in block(buffer, label, cells)] or nothing()


def nothing() -> list[Line]:
    """Return what stands in the place of buffers where there are none."""
    return [Line((Span(" "), Span("no array is reached by a name here", "dim")))]


def label_cells(buffers: Sequence[Buffer], cells: int) -> int:
    """Return the width that the names take."""
    longest = max((width(_label(b)) for buffer in buffers for b in buffer.bindings), default=0)
    return min(longest, max(8, cells // 2 - _ARM))


def _label(binding: Binding) -> str:
    """Return a name; what is only a view of the buffer says of which part."""
    if binding.how == "view":
        return f"{binding.name} {binding.part or '(another shape)'}".strip()
    return binding.name


def block(buffer: Buffer, label: int, cells: int) -> list[Line]:
    """Return the rows of one buffer, its names in so many cells."""
    last = len(buffer.bindings) - 1
    rows = []
    for at, binding in enumerate(buffer.bindings):
        text = fit(_label(binding), label)
        wire = "─" * (label - width(text) + 1) + _joint(at, last)
        rows.append(Line((Span(" "), Span(text, "name"), Span(" "), Span(wire, "wire"))))
    if not rows:
        return rows
    box = _box(buffer, cells - rows[0].width)
    written = _written(buffer)
    row = Line((*rows[0].spans, box, Span(f"  {written}", "changed")))
    if written and row.width > cells:
        second = rows[1] if len(rows) > 1 else Line()
        start = max(min(rows[0].width + 2, cells - width(written)), second.width + 1)
        gap = Span(" " * (start - second.width))
        said = Span(fit(written, cells - start), "changed")
        return [Line((*rows[0].spans, box)), Line((*second.spans, gap, said)), *rows[2:]]
    return [row if written else Line((*rows[0].spans, box)), *rows[1:]]


def _joint(at: int, last: int) -> str:
    if last == 0:
        return "──> "
    return "┬─> " if at == 0 else "┘" if at == last else "┤"


def _box(buffer: Buffer, cells: int) -> Span:
    shape = "x".join(map(str, buffer.shape)) or "scalar"
    return Span(fit(f"[{shape} {buffer.dtype}]", cells), "written" if buffer.written else "box")


def _written(buffer: Buffer) -> str:
    if not buffer.written or not buffer.bindings:
        return ""
    shown = ", ".join(f"[{index_text(i)}]" for i in buffer.written[:_MOST_WRITTEN])
    more = len(buffer.written) - _MOST_WRITTEN
    return f"< written {shown}" + (f" and {more} more" if more > 0 else "")
