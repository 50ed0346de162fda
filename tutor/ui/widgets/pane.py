"""The base of every pane: lines drawn by the line API, only those that changed drawn again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.ui.drawing.ink import BLANK, Line, width
from tutor.ui.messages import Clicked
from tutor.ui.theme import style

Drawing = Callable[[int, int], Sequence[Line]]


def strip_of(line: Line, theme: str, cells: int) -> Strip:
    """Return a line as a strip of exactly so many cells."""
    ground = style(theme, line.ground) if line.ground else None
    segments = [
        Segment(span.text, style(theme, span.ink) + ground if ground else style(theme, span.ink))
        for span in line.spans
        if span.text
    ]
    return Strip(segments).adjust_cell_length(cells, ground)


def click_at(line: Line, cell: int) -> str:
    """Return what a click on a cell of a line does; empty for nothing."""
    at = 0
    for span in line.spans:
        at += width(span.text)
        if cell < at:
            return span.click
    return ""


class Pane(ScrollView, inherit_bindings=False):
    """Lines in a frame. The drawing is a function of the inside's size, called when it changes."""

    ALLOW_SELECT = False

    def __init__(self, title: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = title
        self._drawing: Drawing | None = None
        self._lines: Sequence[Line] = ()
        self._foot: Sequence[Line] = ()
        self._strips: dict[Line, Strip] = {}
        self._strip_key: tuple[str, int] = ("", 0)

    @property
    def cells(self) -> int:
        """Return the width of the inside."""
        return self.scrollable_content_region.width

    @property
    def rows(self) -> int:
        """Return the height of the inside that scrolls."""
        return max(0, self.scrollable_content_region.height - len(self._foot))

    @property
    def lines(self) -> Sequence[Line]:
        """Return what is drawn at present."""
        return self._lines

    def draw(self, drawing: Drawing) -> None:
        """Draw from now on what this function returns for the width and height of the inside."""
        self._drawing = drawing
        self.redraw()

    def redraw(self) -> None:
        """Call the drawing again and refresh the rows that it changed."""
        if self._drawing is not None and self.cells > 0:
            self._put(self._drawing(self.cells, self.scrollable_content_region.height))

    def set_foot(self, foot: Sequence[Line]) -> None:
        """Put lines at the bottom that do not scroll."""
        if len(foot) != len(self._foot):
            self._foot = foot
            self._fit_size()
            self.refresh()
        elif list(foot) != list(self._foot):
            self._foot = foot
            height = self.scrollable_content_region.height
            self.refresh(Region(0, height - len(foot), self.cells, len(foot)))

    def bring(self, rows: range) -> None:
        """Scroll so that these rows are seen, with a row around them where there is one."""
        if not rows or not self.rows:
            return
        top = int(self.scroll_offset.y)
        above, below = max(0, rows.start - 1), rows.stop + 1
        if above < top or below > top + self.rows:
            middle = (rows.start + rows.stop - self.rows) // 2
            self.scroll_to(y=max(0, middle), animate=False, force=True)
        self.say_more()

    def page(self, direction: int) -> bool:
        """Scroll by most of a page; tell whether anything moved."""
        before = self.scroll_offset.y
        by = max(1, self.rows - 1) * direction
        self.scroll_to(y=before + by, animate=False, force=True)
        self.say_more()
        return bool(self.scroll_offset.y != before)

    @property
    def below(self) -> int:
        """Return the number of lines below the last one that is seen."""
        return max(0, len(self._lines) - int(self.scroll_offset.y) - self.rows)

    def say_more(self) -> None:
        """Say in the frame how many lines are above and below."""
        above, below = int(self.scroll_offset.y), self.below
        parts = [f"{above} above"] if above else []
        parts += [f"{below} more below"] if below else []
        text = ", ".join(parts)
        if self.border_subtitle != text:
            self.border_subtitle = text

    def _put(self, lines: Sequence[Line]) -> None:
        old, self._lines = self._lines, lines
        self._fit_size()
        top = int(self.scroll_offset.y)
        for y in range(self.rows):
            at = top + y
            before = old[at] if at < len(old) else BLANK
            after = lines[at] if at < len(lines) else BLANK
            if before is not after and before != after:
                self.refresh(Region(0, y, self.cells, 1))
        self.say_more()

    def _fit_size(self) -> None:
        """Say how far can be scrolled, without a new layout: the pane itself keeps its size."""
        height = max(len(self._lines) + len(self._foot), self.scrollable_content_region.height)
        size = Size(self.cells, height)
        if size != self.virtual_size:
            self.set_reactive(Pane.virtual_size, size)
            if self.scroll_offset.y > self.max_scroll_y:
                self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Return one row of the inside."""
        key = (self.app.theme, self.cells)
        if key != self._strip_key or len(self._strips) > 2000:
            self._strips.clear()
            self._strip_key = key
        line = self._line_at(y)
        strip = self._strips.get(line)
        if strip is None:
            strip = strip_of(line, *key).apply_style(self.rich_style)
            self._strips[line] = strip
        return strip

    def _line_at(self, y: int) -> Line:
        if y >= self.rows and self._foot:
            return self._foot[min(y - self.rows, len(self._foot) - 1)]
        at = y + int(self.scroll_offset.y)
        return self._lines[at] if at < len(self._lines) else BLANK

    def notify_style_update(self) -> None:
        """Forget the strips: they are in the old colours."""
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self, event: events.Resize) -> None:
        """Draw again for the new size."""
        self.redraw()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say anew how many lines are above and below."""
        super().watch_scroll_y(old_value, new_value)
        self.say_more()

    def on_click(self, event: events.Click) -> None:
        """Tell the screen what was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        click = click_at(self._line_at(offset.y), offset.x)
        if click:
            event.stop()
            self.post_message(Clicked(click))
