"""The quickest way into a run that there is."""

from __future__ import annotations

from tutor.trace.find.kept import Kept
from tutor.trace.find.recorded import Recorded
from tutor.trace.find.trail import Searchable
from tutor.trace.find.walked import Walked
from tutor.trace.recording import Recording
from tutor.trace.saved.run import SavedRun
from tutor.trace.steps import Steps


def searchable(steps: Steps) -> Searchable:
    """Return a run as it can be searched."""
    if isinstance(steps, Recording):
        return Recorded(steps)
    if isinstance(steps, SavedRun) and steps.data.frames is None:
        return Kept(steps)
    return Walked(steps)
