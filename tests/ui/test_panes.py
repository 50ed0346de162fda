"""Panes draw again what changed, and nothing else."""

from __future__ import annotations

from tests.ui.conftest import Open
from tutor.trace.recording import Recording


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
