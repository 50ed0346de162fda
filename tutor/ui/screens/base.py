"""What all screens share: their keys from one table, and clicks that do what keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tutor.ui.keymap import Key, with_changes
from tutor.ui.messages import Clicked

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp
    from tutor.ui.shell import Shell


def bindings(*keys: Key) -> list[BindingType]:
    """Return Textual's bindings for some keys."""
    return [
        Binding(
            key.keys,
            key.action,
            key.label or key.help,
            show=bool(key.label),
            priority=key.priority,
            tooltip=key.help,
            id=key.id,
        )
        for key in keys
    ]


class Page(Screen[None], inherit_bindings=False):
    """A screen of the tutor."""

    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = ""
    KEYS: ClassVar[tuple[Key, ...]] = ()

    def __init__(self) -> None:
        super().__init__(classes="screen")

    @property
    def shell(self) -> Shell:
        """Return the application, as what every page may ask of it."""
        return cast("Shell", self.app)

    @property
    def tutor(self) -> TutorApp:
        """Return the application that has the course; pages of a lesson stand in no other."""
        return cast("TutorApp", self.app)

    def key_table(self) -> tuple[Key, ...]:
        """Return the keys of this screen as the user has them."""
        return with_changes(self.KEYS, self.shell.keeper.keymap)

    def _pop_result_callback(self) -> None:
        # The page that the program starts with was never pushed, so nobody waits for its result.
        if self._result_callbacks:
            super()._pop_result_callback()

    async def on_clicked(self, message: Clicked) -> None:
        """Do what was clicked."""
        message.stop()
        what, _, rest = message.click.partition(":")
        if what == "action":
            await self.run_action(rest)
        else:
            self.clicked(what, rest)

    def clicked(self, what: str, rest: str) -> None:
        """Do what was clicked, where it is no action; screens that offer such say what."""
