"""A run, recorded: every line, every value, every write, to be stepped through both ways."""

from tutor.trace.cursor import Cursor, Lockstep, find_place
from tutor.trace.errors import RecordingError, SourceNotFound
from tutor.trace.recorder import Recorder, record
from tutor.trace.recording import Recording
from tutor.trace.state import (
    ArrayView,
    Binding,
    Buffer,
    Memory,
    Note,
    Opaque,
    Returned,
    Source,
    State,
    Write,
)
from tutor.trace.steps import Steps

__all__ = [
    "ArrayView",
    "Binding",
    "Buffer",
    "Cursor",
    "Lockstep",
    "Memory",
    "Note",
    "Opaque",
    "Recorder",
    "Recording",
    "RecordingError",
    "Returned",
    "Source",
    "SourceNotFound",
    "State",
    "Steps",
    "Write",
    "find_place",
    "record",
]
