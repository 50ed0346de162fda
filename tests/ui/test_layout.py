from __future__ import annotations

import pytest

from tutor.ui.layout import TABS, Layout, choose, no_room


@pytest.mark.parametrize(
    ("columns", "rows", "layout"),
    [
        (120, 40, Layout.WIDE),
        (200, 60, Layout.WIDE),
        (100, 30, Layout.WIDE),
        (80, 24, Layout.TABS),
        (300, 24, Layout.TABS),
        (60, 18, Layout.STACK),
        (75, 60, Layout.STACK),
        (59, 18, Layout.NO_ROOM),
        (60, 17, Layout.NO_ROOM),
    ],
)
def test_the_layout_of_a_size(columns: int, rows: int, layout: Layout) -> None:
    assert choose(columns, rows) is layout


def test_every_pane_can_be_reached_in_every_layout() -> None:
    assert set(TABS[Layout.TABS]) == {"why", "memory"}
    assert set(TABS[Layout.STACK]) == {"why", "values", "memory"}


def test_too_small_a_window_is_told_what_is_needed() -> None:
    sentence = no_room(50, 12)
    assert "50 columns" in sentence
    assert "60 by 18" in sentence
