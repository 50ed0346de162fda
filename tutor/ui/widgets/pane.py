"""The base of every pane: lines drawn by the line API, only those that changed drawn again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Self

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.ui.drawing.ink import BLANK, Line, harmless, width
from tutor.ui.messages import Clicked
from tutor.ui.theme import style
from tutor.ui.widgets.kept import Kept

Drawing = Callable[[int, int], Sequence[Line]]
# Lines of which the strips are kept; those of the steps around are needed again and again.
_MOST_STRIPS = 1000


def strip_of(line: Line, theme: str, cells: int) -> Strip:
    """Return a line as a strip of exactly so many cells."""
    ground = style(theme, line.ground) if line.ground else None
    segments = [
        Segment(
            harmless(span.text),
            style(theme, span.ink) + ground if ground else style(theme, span.ink),
        )
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


class Pane(Kept, ScrollView, inherit_bindings=False):
    """Lines in a frame. The drawing is a function of the inside's size, called when it changes."""

    ALLOW_SELECT = False

    def __init__(self, title: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawing: Drawing | None = None
        self._lines: Sequence[Line] = ()
        self._foot: Sequence[Line] = ()
        self._strips: dict[Line, Strip] = {}
        self._framed: dict[Line, Strip] = {}
        self._edges: tuple[list[Strip], list[Strip]] | None = None
        self._strip_key: tuple[str, int] = ("", 0)
        self._title, self._more = "", ""
        self._renewed: Region | None = None
        self.entitle(title)

    @property
    def cells(self) -> int:
        """Return the width of the inside."""
        return self.scrollable_content_region.width

    @property
    def rows(self) -> int:
        """Return the height of the inside that scrolls."""
        return self._scrolling(self.scrollable_content_region.size)

    def _scrolling(self, inside: Size) -> int:
        return max(0, inside.height - len(self._foot))

    @property
    def lines(self) -> Sequence[Line]:
        """Return what is drawn at present."""
        return self._lines

    def entitle(self, title: str) -> None:
        """Set the title in the frame."""
        if title != self._title:
            self._title = title
            # No str: brackets in one would be taken for markup.
            self.border_title = Content(harmless(title))

    def draw(self, drawing: Drawing) -> None:
        """Draw from now on what this function returns for the width and height of the inside."""
        self._drawing = drawing
        self.redraw()

    def redraw(self) -> None:
        """Call the drawing again and refresh the rows that it changed."""
        inside = self.scrollable_content_region.size
        if self._drawing is not None and inside.width > 0:
            self._put(self._drawing(inside.width, inside.height), inside)

    def set_foot(self, foot: Sequence[Line]) -> None:
        """Put lines at the bottom that do not scroll."""
        if foot is self._foot:
            return
        inside = self.scrollable_content_region.size
        if len(foot) != len(self._foot):
            self._foot = foot
            self._fit_size(inside)
            self.refresh()
        elif list(foot) != list(self._foot):
            self._foot = foot
            self.refresh(Region(0, inside.height - len(foot), inside.width, len(foot)))

    def bring(self, rows: range) -> None:
        """Scroll so that these rows are seen, with a row around them where there is one."""
        seen = self.rows if rows else 0
        if not seen:
            return
        top = int(self.scroll_offset.y)
        above, below = max(0, rows.start - 1), rows.stop + 1
        if above < top or below > top + seen:
            middle = (rows.start + rows.stop - seen) // 2
            self.scroll_to(y=max(0, middle), animate=False, force=True)
            self.say_more()

    def to_the_top(self) -> None:
        """Scroll back to the first line."""
        if self.scroll_offset.y:
            self.scroll_to(y=0, animate=False, force=True)
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
        return self._below(int(self.scroll_offset.y), self.scrollable_content_region.size)

    def _below(self, top: int, inside: Size) -> int:
        return max(0, len(self._lines) - top - self._scrolling(inside))

    def say_more(self) -> None:
        """Say in the frame how many lines are above and below."""
        self._say_more(int(self.scroll_offset.y), self.scrollable_content_region.size)

    def _say_more(self, above: int, inside: Size) -> None:
        below = self._below(above, inside)
        parts = [f"{above} above"] if above else []
        parts += [f"{below} more below"] if below else []
        text = ", ".join(parts)
        if text != self._more:
            self._more = text
            # It stands in the last row of the frame; Textual would have all of the pane drawn.
            self._renewed = Region(-1, inside.height, self.outer_size.width, 1)
            self.border_subtitle = text
            self._renewed = None

    def _put(self, lines: Sequence[Line], inside: Size) -> None:
        old, self._lines = self._lines, lines
        self._fit_size(inside)
        top = int(self.scroll_offset.y)
        changed = []
        for at in range(top, top + self._scrolling(inside)):
            before = old[at] if at < len(old) else BLANK
            after = lines[at] if at < len(lines) else BLANK
            if before is not after and before != after:
                changed.append(Region(0, at - top, inside.width, 1))
        if changed:
            self.refresh(*changed)
        self._say_more(top, inside)

    def _fit_size(self, inside: Size) -> None:
        """Say how far can be scrolled, without a new layout: the pane itself keeps its size."""
        height = max(len(self._lines) + len(self._foot), inside.height)
        size = Size(inside.width, height)
        if size != self.virtual_size:
            self.set_reactive(Pane.virtual_size, size)
            if self.scroll_offset.y > self.max_scroll_y:
                self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    # --- rendering ------------------------------------------------------------------------

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Ask for some rows, or all of the pane, to be rendered again."""
        if not regions and self._renewed is not None:
            regions = (self._renewed,)
        if not regions or self._renewed is not None:
            self._edges = None
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def rendered(self, crop: Region) -> Sequence[Strip]:
        """Render the rows of a part of the pane; a line that was framed once is framed for good."""
        inside, gutter = self.scrollable_content_region.size, self.styles.gutter
        if crop.size != self.outer_size or inside + gutter.totals != crop.size:
            return super().rendered(crop)
        self._renew_strips(inside.width)
        if len(self._framed) > _MOST_STRIPS:
            self._forget_strips()
        if self._edges is None:
            end = gutter.top + inside.height
            above, below = (0, gutter.top), (end, crop.height)
            self._edges = self._render_rows(*above), self._render_rows(*below)
        lines = self._seen(inside)
        self._frame(lines, gutter.top)
        return [*self._edges[0], *(self._framed[line] for line in lines), *self._edges[1]]

    def _frame(self, lines: Sequence[Line], top: int) -> None:
        """Frame the lines that have not been framed yet. ``top`` is the row of the first line."""
        new = [y for y, line in enumerate(lines) if line not in self._framed]
        for _, run in groupby(enumerate(new), lambda pair: pair[1] - pair[0]):
            rows = [y for _, y in run]
            strips = self._render_rows(top + rows[0], top + rows[-1] + 1)
            self._framed.update((lines[y], strip) for y, strip in zip(rows, strips, strict=True))

    def _render_rows(self, first: int, end: int) -> list[Strip]:
        """Return some of the rows as Textual renders them, frame and all."""
        if first >= end:
            return []
        return list(super().rendered(Region(0, first, self.outer_size.width, end - first)))

    def _renew_strips(self, cells: int) -> None:
        """Forget the strips if they are of another width or theme."""
        key = (self.app.theme, cells)
        if key != self._strip_key:
            self._forget_strips()
            self._strip_key = key

    def _forget_strips(self) -> None:
        self._strips.clear()
        self._framed.clear()
        self._edges = None

    def render_line(self, y: int) -> Strip:
        """Return one row of the inside."""
        inside = self.scrollable_content_region.size
        self._renew_strips(inside.width)
        line = self._line_at(y, int(self.scroll_offset.y), self._scrolling(inside))
        strip = self._strips.get(line)
        if strip is None:
            strip = strip_of(line, *self._strip_key).apply_style(self.rich_style)
            self._strips[line] = strip
        return strip

    def _seen(self, inside: Size) -> list[Line]:
        top, rows = int(self.scroll_offset.y), self._scrolling(inside)
        return [self._line_at(y, top, rows) for y in range(inside.height)]

    def _line_at(self, y: int, top: int, rows: int) -> Line:
        if y >= rows and self._foot:
            return self._foot[min(y - rows, len(self._foot) - 1)]
        at = y + top
        return self._lines[at] if at < len(self._lines) else BLANK

    def notify_style_update(self) -> None:
        """Forget the strips: they are in the old colours."""
        super().notify_style_update()
        self._forget_strips()

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
        inside = self.scrollable_content_region.size
        lines = self._seen(inside)
        click = click_at(lines[offset.y], offset.x) if offset.y < len(lines) else ""
        if click:
            event.stop()
            self.post_message(Clicked(click))
