"""What came of a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.tracing.inside.ending import Ending

if TYPE_CHECKING:
    from tutor.diagnosis.place import Place
    from tutor.trace.saved import Saved
    from tutor.tracing.call import Call


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run came to its end.

    Attributes
    ----------
    ending : Ending
    sentence : str
        What happened, where, and what to do next; empty if what was asked for ran to its end.
    place : Place or None
        The line that was running.
    error : str
        ``"ValueError: ..."`` where the file raised something.
    """

    ending: Ending
    sentence: str = ""
    place: Place | None = None
    error: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether all that was asked for is recorded."""
        return self.ending in (Ending.FINISHED, Ending.RAISED, Ending.EXITED)


@dataclass(frozen=True, slots=True)
class Traced:
    """What came of a trace.

    Attributes
    ----------
    saved : Saved or None
        The run, as far as it went; None if not a step of it was recorded. Its notes say what
        the reader should know: where it was stopped, that the call was built.
    ended : Ended
    printed : str
        What was printed beside no step: before the call, between two calls, to standard error.
    call : Call or None
        The call that was chosen, where none was asked for.
    """

    saved: Saved | None
    ended: Ended
    printed: str = ""
    call: Call | None = None

    @property
    def steps(self) -> int:
        """Return how many steps are recorded."""
        return len(self.saved.runs[0].steps) if self.saved is not None else 0
