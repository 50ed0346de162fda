"""The application: its themes, its keys everywhere, and which screen is open."""

from __future__ import annotations

import asyncio
import gc
import signal
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import BindingType

from tutor.ui import theme
from tutor.ui.keeper import Keeper
from tutor.ui.keymap import EVERYWHERE, problems
from tutor.ui.player import Player
from tutor.ui.screens.base import Page, bindings

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.command import Provider

    from tutor.course.catalogue import Course


def _commands() -> type[Provider]:
    from tutor.ui.commands import TutorCommands

    return TutorCommands


class TutorApp(App[int]):
    """The tutor in a terminal."""

    TITLE = "gradtutor"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = bindings(*EVERYWHERE)

    def __init__(self, course: Course, keeper: Keeper, lesson: str | None = None) -> None:
        super().__init__()
        self.course = course
        self.keeper = keeper
        self._opening = lesson
        self.animation_level = "none"
        for one in theme.themes():
            self.register_theme(one)
        self.theme = keeper.theme if keeper.theme in theme.ORDER else theme.DARK

    def get_default_screen(self) -> Page:
        """Return the page to start with: the lesson asked for, the first puzzle, or the map."""
        if self._opening or self.keeper.is_new:
            page = self._lesson(self._opening or self._first_lesson())
            if page is not None:
                return page
        return self._map()

    def on_mount(self) -> None:
        """Say what there is to say about the progress file, and listen for the end."""
        self.set_keymap(self.keeper.keymap)
        self._listen_for_the_end()
        self.keeper.on_problem = partial(self.call_later, self._complain)
        for sentence in (*self.keeper.complaints, *problems(self.keeper.keymap)):
            self._complain(sentence)

    def _complain(self, sentence: str) -> None:
        self.notify(sentence, severity="warning", timeout=12)

    def _first_lesson(self) -> str:
        return self.course.first or self.course.lessons[0].slug

    def _listen_for_the_end(self) -> None:
        """Leave in order when the terminal is closed or the program is told to end."""
        loop = asyncio.get_running_loop()
        for name in ("SIGHUP", "SIGTERM"):
            number = getattr(signal, name, None)
            if number is None:
                continue
            try:
                loop.add_signal_handler(number, self._end, 128 + number)
            except (NotImplementedError, RuntimeError, ValueError):
                # Windows, or a loop that is not the main thread's: progress is saved as it is made.
                return

    def _end(self, code: int) -> None:
        self.keeper.close()
        self.exit(code)

    def open_lesson(self, slug: str) -> None:
        """Open a lesson where it was left."""
        page = self._lesson(slug)
        if page is not None:
            self._show(page)

    def _lesson(self, slug: str) -> Page | None:
        """Return the page of a lesson; None, with the reason said, if it cannot be opened."""
        from tutor.course.problem import LessonError
        from tutor.ui.screens.lesson import LessonScreen

        try:
            return LessonScreen(self.keeper.player(self.course, slug))
        except LessonError as error:
            say = partial(self.notify, title="This lesson cannot be opened", severity="error")
            self.call_later(say, str(error))
            return None

    def _map(self) -> Page:
        from tutor.ui.screens.course import CourseScreen

        return CourseScreen()

    def open_exercise(self, player: Player) -> None:
        """Open a lesson's exercise on top of the lesson."""
        if player.lesson.exercise is None:
            self.notify("This lesson has no exercise.")
            return
        from tutor.ui.screens.exercise import ExerciseScreen

        self.push_screen(ExerciseScreen(player))

    def action_map(self) -> None:
        """Open the course."""
        page = self._map()
        if type(self.screen) is not type(page):
            self._show(page)

    def _show(self, page: Page) -> None:
        """Put one page in the place of whatever is open."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_screen(page)

    def action_help(self) -> None:
        """Show all keys."""
        from tutor.ui.screens.help import Help

        self.push_screen(Help(dict(self.keeper.keymap)))

    def action_theme(self) -> None:
        """Take the next of the three themes, and remember it."""
        at = theme.ORDER.index(self.theme) if self.theme in theme.ORDER else -1
        self.use_theme(theme.ORDER[(at + 1) % len(theme.ORDER)])

    def use_theme(self, name: str) -> None:
        """Take a theme, and remember it."""
        self.theme = name
        self.keeper.theme = name

    async def action_quit(self) -> None:
        """Leave; everything is saved already or is now."""
        self.keeper.close()
        self.exit(0)

    def settle(self) -> None:
        """Tell the collector that what is there now stays, once a page is whole."""
        self.call_after_refresh(_freeze)


def _freeze() -> None:
    """Leave what is there now out of every collection to come: it stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


def run(course: Course, lesson: str | None = None) -> int:
    """Run the tutor; return the exit code."""
    keeper = Keeper()
    try:
        return TutorApp(course, keeper, lesson).run() or 0
    finally:
        keeper.close()
