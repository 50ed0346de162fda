"""Widgets that are rendered again only when something about them has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from textual.geometry import Region
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.widget import Widget
else:
    # No widget itself: Textual takes style and focus from a widget's first base that is one.
    Widget = object


class Kept(Widget):
    """A widget that hands out the rows it rendered last until it is refreshed.

    The compositor asks every widget that a frame touches for all its rows; most frames change
    one or two rows of some of them.
    """

    _kept: tuple[Region, list[Strip]] | None = None

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Ask for some or all of the widget to be rendered again."""
        self._kept = None
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def notify_style_update(self) -> None:
        """Forget the rows: they are in the old style."""
        self._kept = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows of a part of the widget, rendered anew only if they may differ."""
        if self._kept is None or self._kept[0] != crop:
            self._kept = crop, list(self.rendered(crop))
        return self._kept[1]

    def rendered(self, crop: Region) -> Sequence[Strip]:
        """Render the rows of a part of the widget."""
        return super().render_lines(crop)
