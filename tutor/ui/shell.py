"""What every application of the tutor has: themes, keys, an end in order, and help."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import BindingType

from tutor.ui import theme
from tutor.ui.keymap import ALWAYS, Key, problems
from tutor.ui.screens.base import bindings

if TYPE_CHECKING:
    from textual.command import Provider

    from tutor.ui.keeper import Keeper

# A title, and the keys under it.
Group = tuple[str, tuple[Key, ...]]
# A line of the palette: what it says, a word about it, and what it does.
Offer = tuple[str, str, Any]


def _commands() -> type[Provider]:
    from tutor.ui.commands import TutorCommands

    return TutorCommands


class Shell(App[int]):
    """An application whose theme and keys are the user's own."""

    TITLE = "gradtutor"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = bindings(*ALWAYS)

    def __init__(self, keeper: Keeper) -> None:
        super().__init__()
        self.keeper = keeper
        self.animation_level = "none"
        for one in theme.themes():
            self.register_theme(one)
        self.theme = keeper.theme if keeper.theme in theme.ORDER else theme.DARK

    def on_mount(self) -> None:
        """Say what there is to say about the progress file, and listen for the end."""
        self.set_keymap(self.keeper.keymap)
        self._listen_for_the_end()
        self.keeper.on_problem = partial(self.call_later, self._complain)
        for sentence in (*self.keeper.complaints, *problems(self.keeper.keymap)):
            self._complain(sentence)

    def _complain(self, sentence: str) -> None:
        self.notify(sentence, severity="warning", timeout=12)

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

    def offers(self) -> Iterator[Offer]:
        """Yield what the palette offers on every page."""
        for name in theme.ORDER:
            yield f"Theme: {theme.LABELS[name]}", "colours", partial(self.use_theme, name)

    def key_groups(self) -> Sequence[Group]:
        """Return the keys that there are, by where they do something."""
        return (("Everywhere", ALWAYS),)

    def action_help(self) -> None:
        """Show all keys."""
        from tutor.ui.screens.help import Help

        self.push_screen(Help(dict(self.keeper.keymap), self.key_groups()))

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
