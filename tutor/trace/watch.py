"""Somebody who looks at a recording while it is made, and may want to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tutor.trace.origin import Origin
    from tutor.trace.session import Session


class Watch(Protocol):
    """Is told of a recording's beginning, and asked every few hundred passes of its loops.

    ``most_steps`` is where it means to end the recording; near it, it is asked more often.
    """

    most_steps: int

    def begins(self, origin: Origin, session: Session) -> None:
        """Take note of a recording that begins."""

    def looks(self) -> None:
        """Look at how far the recording has come."""
