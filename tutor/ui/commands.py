"""What the command palette offers: lessons, themes, and the actions of the open screen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tutor.ui.keymap import printed_keys
from tutor.ui.screens.base import Page

if TYPE_CHECKING:
    from tutor.ui.shell import Offer, Shell


class TutorCommands(Provider):
    """Lessons, themes, and every key of the screen by what it does."""

    def _all(self) -> Iterator[Offer]:
        yield from cast("Shell", self.app).offers()
        screen = self.screen
        if isinstance(screen, Page):
            for key in screen.key_table():
                if not key.id.startswith("answer."):
                    yield key.help, printed_keys(key), partial(screen.run_action, key.action)

    async def discover(self) -> Hits:
        """Offer everything while nothing is typed."""
        for text, help_text, act in self._all():
            yield DiscoveryHit(text, act, help=help_text)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for text, help_text, act in self._all():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), act, help=help_text)
