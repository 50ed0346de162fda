"""Panes draw again what changed, and nothing else."""

from __future__ import annotations

import numpy as np

from tests.ui.conftest import Open, Opened
from tutor.trace import Recorder
from tutor.trace.recording import Recording
from tutor.ui.widgets.board import Board
from tutor.ui.widgets.pane import Pane


async def test_steps_lay_nothing_out_anew(opened: Open, monkeypatch: object) -> None:
    async with opened() as it:
        await it.press("2")
        layouts = []
        screen = it.screen
        usual = screen._refresh_layout
        monkeypatch.setattr(
            screen, "_refresh_layout", lambda *a, **k: (layouts.append(a), usual(*a, **k))
        )
        for how in ("forward", "forward", "back", "next_iteration", "forward", "forward") * 3:
            screen.action_move(how)
            await it.pilot.pause()
        assert not layouts


async def test_memory_is_laid_out_once_while_nothing_changes(
    opened: Open, monkeypatch: object
) -> None:
    asked = []
    usual = Recording.memory

    def counted(self: Recording, step: int) -> object:
        asked.append(step)
        return usual(self, step)

    async with opened() as it:
        await it.press("2", "c")
        monkeypatch.setattr(Recording, "memory", counted)
        pane = it.screen.query_one("#memory")
        for how in ("start", *["forward"] * 40):
            it.screen.action_move(how)
            state = it.player.left.state
            drawn = "\n".join(line.text for line in pane.lines)
            pane._drawn.clear()
            it.screen.board.show(it.player.shown())
            assert "\n".join(line.text for line in pane.lines) == drawn, state.step
            assert ("< written" in drawn) == bool(state.writes)
        asked.clear()
        it.screen.action_move("start")
        steps = 0
        while it.player.left.state.assigned != ("fxh2",):
            it.screen.action_move("forward")
            steps += 1
        assert len(asked) < steps


def takes_rows(x: np.ndarray) -> float:
    total = 0.0
    for i in range(len(x)):
        x[i, 0] += 1.0
        row = x[i]
        total += np.sum(row)
    return total


async def test_a_row_of_the_iteration_before_is_shown_as_that_row(opened: Open) -> None:
    recording = Recorder(takes_rows).run(takes_rows, np.ones((4, 2)))
    async with opened() as it:
        pane = it.screen.query_one("#memory")
        shown = set()
        for step in range(len(recording)):
            layout, _ = pane._memory(recording, recording.state(step))
            parts = [(b.name, b.part) for one in layout.buffers for b in one.bindings]
            whole = recording.memory(step)
            assert parts == [(b.name, b.part) for one in whole.buffers for b in one.bindings]
            shown.update(part for name, part in parts if name == "row")
        assert shown == {"[0]", "[1]", "[2]", "[3]"}


async def test_tab_goes_from_pane_to_pane_and_the_frame_says_where(opened: Open) -> None:
    async with opened() as it:
        await it.press("2")
        frames = {}
        for name in ("source", "left", "right", "why", "memory", "source"):
            plain = _corner(it, name)
            await it.press("tab")
            assert it.screen.focused is it.screen.query_one(f"#{name}")
            frames[name] = plain, _corner(it, name)
        assert all(plain != focused for plain, focused in frames.values())
        assert len({focused for _, focused in frames.values()}) == 1


def _corner(it: Opened, pane: str) -> object:
    """Return the style of a pane's left edge, below its corner."""
    widget = it.screen.query_one(f"#{pane}")
    strip = widget.render_lines(widget.outer_size.region)[1]
    return next(iter(strip)).style


def test_a_pane_is_styled_and_focused_as_a_scroll_view() -> None:
    assert Pane.can_focus
    assert {"ScrollView", "ScrollableContainer"} <= Pane._css_type_names
    assert "Container" in Board._css_type_names
