"""What is handed in and cannot be read: one kind, one sentence, and the place."""

from __future__ import annotations

from enum import Enum

from tutor.diagnosis.place import Place


class Kind(Enum):
    """Why something cannot be read."""

    SYNTAX_ERROR = "syntax error"
    PYTHON_2 = "python 2"
    MERGE_MARKERS = "merge markers"
    NULL_BYTES = "null bytes"
    EMPTY = "empty"
    NOT_PYTHON = "not python"
    DAMAGED_NOTEBOOK = "damaged notebook"
    DAMAGED_ARCHIVE = "damaged archive"
    TOO_LARGE = "too large"
    TOO_DEEP = "too deeply nested"
    NOT_A_FILE = "not a file"
    REFUSED = "link, pipe or device"
    UNDECODABLE = "undecodable"
    NO_CODE = "no code"
    INTERNAL = "fault of ours"


class Unreadable(Exception):
    """Something that was handed in and cannot be read.

    Attributes
    ----------
    kind : Kind
    sentence : str
        What is wrong, where, and what to do next.
    place : Place or None
    name, path : str
        The submission, as in `Submission`; empty until it is known.
    """

    def __init__(self, kind: Kind, sentence: str, place: Place | None = None) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.place = place
        self.name = ""
        self.path = ""

    def named(self, name: str, path: str) -> Unreadable:
        """Say which submission it is about, and return it."""
        self.name = name
        self.path = path
        return self
