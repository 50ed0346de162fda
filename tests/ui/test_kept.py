"""What is kept from frame to frame is what would be drawn anew, and all that changed is painted."""

from __future__ import annotations

import random

import pytest
from textual._compositor import Compositor

from tests.ui.conftest import Open, Opened
from tutor.ui.widgets.kept import Kept
from tutor.ui.widgets.pane import Pane

Picture = list[list[tuple[str, object]]]
MOVES = ("forward", "forward", "back", "next_iteration", "previous_iteration", "end", "start")
KEYS = ("tab", "c", "s", "t", "pagedown", "pageup", "shift+tab")
SIZES = [(120, 40), (80, 24), (64, 20), (160, 50)]


def picture(it: Opened) -> Picture:
    """Return every cell of the screen with its style."""
    strips = it.screen._compositor.render_strips()
    return [
        [(letter, part.style) for part in strip for letter in part.text if not part.control]
        for strip in strips
    ]


def drawn_anew(it: Opened) -> Picture:
    """Return the same after everything that was kept has been forgotten."""
    for widget in it.screen.walk_children(Kept):
        widget.notify_style_update()
        widget._styles_cache.clear()
        if isinstance(widget, Pane):
            widget._forget_strips()
    return picture(it)


async def walk(it: Opened, seed: int, count: int = 60) -> object:
    """Do one thing after another in the lesson; yield what was done."""
    chance = random.Random(seed)
    for _ in range(count):
        draw = chance.random()
        if draw < 0.7:
            done = chance.choice(MOVES)
            it.screen.action_move(done)
        elif draw < 0.95:
            done = chance.choice(KEYS)
            await it.pilot.press(done)
        else:
            done = chance.choice(SIZES)
            await it.pilot.resize_terminal(*done)
        await it.pilot.pause()
        yield done


@pytest.mark.parametrize("slug", ["small", "large"])
async def test_what_is_kept_is_what_would_be_drawn_anew(opened: Open, slug: str) -> None:
    async with opened(slug) as it:
        await it.press("1")
        async for done in walk(it, seed=4):
            kept = picture(it)
            assert kept == drawn_anew(it), done


@pytest.mark.parametrize("slug", ["small", "large"])
async def test_a_frame_paints_every_cell_that_changed(
    opened: Open, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[tuple[int, int, int]] = []
    partly, fully = Compositor.render_partial_update, Compositor.render_full_update

    def some(self: Compositor) -> object:
        update = partly(self)
        painted.extend(update.spans if update is not None else ())
        return update

    def everything(self: Compositor, simplify: bool = False) -> object:
        painted.extend((y, 0, self.size.width) for y in range(self.size.height))
        return fully(self, simplify)

    monkeypatch.setattr(Compositor, "render_partial_update", some)
    monkeypatch.setattr(Compositor, "render_full_update", everything)
    async with opened(slug) as it:
        await it.press("1")
        before = picture(it)
        painted.clear()
        async for done in walk(it, seed=9):
            after = picture(it)
            for y in range(len(after)):
                old = before[y] if y < len(before) else []
                for x in range(len(after[y])):
                    if x >= len(old) or after[y][x] != old[x]:
                        assert any(r == y and a <= x < b for r, a, b in painted), (done, y, x)
            before = after
            painted.clear()


async def test_a_step_renders_only_the_rows_that_it_changed(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[int] = []
    async with opened() as it:
        await it.press("1")
        it.screen.action_move("forward")
        await it.pilot.pause()
        for pane in ("source", "left", "right", "why", "memory"):
            widget = it.screen.query_one(f"#{pane}")
            usual = widget.render_line
            monkeypatch.setattr(
                widget, "render_line", lambda y, usual=usual: (rendered.append(y), usual(y))[1]
            )
        picture(it)
        assert not rendered
        it.screen.action_move("forward")
        await it.pilot.pause()
        assert 0 < len(rendered) < 20
        rendered.clear()
        it.screen.action_move("back")
        await it.pilot.pause()
        assert not rendered
