"""A small course of our own, a real recording of it, and a way to open a lesson on a screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tutor.course.catalogue import Course, load_course
from tutor.course.lesson import load_lesson
from tutor.course.play import Play
from tutor.trace.recording import Recording
from tutor.ui.app import TutorApp
from tutor.ui.keeper import Keeper
from tutor.ui.player import Player

LESSONS = Path(__file__).parent / "lessons"
Open = Callable[..., AbstractAsyncContextManager["Opened"]]


class Opened:
    """An application with a pilot, and what tests ask of it again and again."""

    def __init__(self, app: TutorApp, pilot: object) -> None:
        self.app = app
        self.pilot = pilot

    async def settle(self) -> None:
        """Wait until workers are done and the screen stands."""
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    @property
    def screen(self) -> object:
        return self.app.screen

    @property
    def player(self) -> Player:
        return self.app.screen.player

    def text(self, *ids: str) -> str:
        """Return what is on the screen, or in some of its panes, as text."""
        if ids:
            panes = [self.app.screen.query_one(f"#{name}") for name in ids]
            return "\n".join(line.text for pane in panes for line in pane.lines)
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(s.text for s in strip) for strip in strips)


@asynccontextmanager
async def _opened(
    folder: Path,
    data: Path,
    slug: str | None = None,
    size: tuple[int, int] = (120, 40),
) -> AsyncIterator[Opened]:
    app = TutorApp(load_course(folder), Keeper(data / "progress.json"), slug)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            opened = Opened(app, pilot)
            await opened.settle()
            yield opened
    finally:
        app.keeper.close()


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Return a function that opens the tutor, with progress in a folder of this test."""

    def open_it(
        slug: str | None = "small",
        size: tuple[int, int] = (120, 40),
        folder: Path = LESSONS,
        data: Path = tmp_path,
    ) -> AbstractAsyncContextManager[Opened]:
        return _opened(folder, data, slug, size)

    return open_it


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(LESSONS)


@pytest.fixture(scope="session")
def play() -> Play:
    return Play(load_lesson(LESSONS / "small"))


@pytest.fixture(scope="session")
def mutated(play: Play) -> Recording:
    return play.recording("mutated")


@pytest.fixture
def player(play: Play) -> Player:
    """Return a player at the first step, its runs recorded and its cursors placed."""
    player = Player(play.lesson, play)
    player.prepare(0)
    player.prepare_figures()
    player.place()
    return player
