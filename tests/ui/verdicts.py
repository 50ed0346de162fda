"""Students' files, judged once, and a way to open the verdict on one on a screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from tests.ui.conftest import Opened
from tutor.commands.judging import judge
from tutor.diagnosis.gather import gather
from tutor.reports import Item, Options
from tutor.ui.app import RunApp
from tutor.ui.keeper import Keeper
from tutor.ui.keymap import VERDICT
from tutor.ui.reader import Reader
from tutor.ui.screens.verdict import VerdictScreen

STUDENTS = Path(__file__).parents[1] / "students"
_LONGEST = 600  # tenths of a second


@cache
def student(name: str) -> Item:
    return judged(STUDENTS / name)


def judged(path: Path) -> Item:
    (found,) = gather([str(path)])
    return judge(found, 0, 10.0)


class OpenedVerdict(Opened):
    """A verdict on a screen, and what tests ask of it again and again."""

    @property
    def page(self) -> VerdictScreen:
        return next(p for p in self.app.screen_stack if isinstance(p, VerdictScreen))

    @property
    def reader(self) -> Reader:
        return self.page.reader

    @property
    def keys(self) -> str:
        return self.page.query_one("#keys").text

    @property
    def heading(self) -> str:
        return self.page.query_one("#heading").text

    @property
    def finding(self) -> str:
        return " ".join(self.text("finding").split())

    @property
    def line(self) -> str:
        state = self.reader.left.state
        return state.source.line(state.line).strip()

    async def said(self, pane: str) -> str:
        """Return what a pane says, and open it for that where it is a tab."""
        board = self.page.board
        tab = board.tab
        board.open_tab(pane)
        await self.settle()
        text = " ".join(line.text for line in self.page.query_one(f"#{pane}").lines)
        board.open_tab(tab)
        await self.settle()
        return " ".join(text.split())

    async def recorded(self) -> None:
        """Wait until all runs are there."""
        for _ in range(_LONGEST):
            if self.page._has_all:
                await self.settle()
                return
            await self.pilot.pause(0.1)
        raise AssertionError("the runs were never there")


@asynccontextmanager
async def opened_verdict(
    item: Item, data: Path, size: tuple[int, int] = (120, 40), for_student: bool = False
) -> AsyncIterator[OpenedVerdict]:
    page = VerdictScreen(item, Options(for_student=for_student))
    app = RunApp(page, Keeper(data / "progress.json"), ("In the verdict", VERDICT))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            opened = OpenedVerdict(app, pilot)
            await opened.settle()
            yield opened
    finally:
        app.keeper.close()
