"""How a traced run came to its end."""

from __future__ import annotations

from enum import StrEnum


class Ending(StrEnum):
    """Why the recording holds what it holds."""

    FINISHED = "finished"  # what was asked for has run to its end
    RAISED = "raised"  # an exception of the file's own
    EXITED = "exited"  # the file ended its process
    STOPPED = "stopped"  # by the user
    TIME = "time"
    STEPS = "steps"  # as many as were asked for
    OUTPUT = "output"  # it printed too much
    MEMORY = "memory"
    DIED = "died"  # a crash below Python, or a signal
    NEVER = "never"  # the call was not reached
    REFUSED = "refused"  # it cannot be recorded
    UNREADABLE = "unreadable"  # nothing was run
