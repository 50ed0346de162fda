"""The recording as it is sent to the tutor."""

from __future__ import annotations

import os

from tutor.trace.frames import FrameRecording
from tutor.trace.recording import Recording
from tutor.trace.saved import Run, Saved, dump
from tutor.tracing.inside.ending import Ending
from tutor.tracing.inside.plan import Plan, Report

_CAME_BACK = (Ending.FINISHED, Ending.RAISED, Ending.STEPS)


def document(plan: Plan, report: Report, recording: Recording | FrameRecording) -> bytes:
    """Return the recording as it is sent, with the way into f where that can be gone.

    To look into f is to call it again: not where it has just not come back.
    """
    deep = plan.is_deep and report.ending in _CAME_BACK
    title = os.path.basename(plan.file)
    return dump(Saved(title, (Run(plan.title, recording),)), deep)
