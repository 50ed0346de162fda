"""What the recorder refuses, each with a sentence for the person who asked."""


class RecordingError(Exception):
    """A call cannot be recorded; the message says why and what to do."""


class SourceNotFound(RecordingError):
    """The source of a function cannot be had, so its lines cannot be shown."""
