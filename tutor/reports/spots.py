"""Where a finding stands: the module, the file, the cell and the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tutor.diagnosis.place import Module, Place
from tutor.diagnosis.submission import Submission
from tutor.reports.visible import MOST_NAME, shortened
from tutor.reports.words import Words

MAIN: Final = "__main__"  # what a submission's main module is called while it runs
_TOP_LEVEL: Final = ("", "<module>")


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a submission, as a report names it.

    Attributes
    ----------
    module : Module or None
        None where the line cannot be seen.
    line : int
        In the source of the module.
    place : Place or None
        Where it was handed in.
    """

    module: Module | None
    line: int
    place: Place | None

    @property
    def cell(self) -> int | None:
        """The code cell, or None."""
        return self.place.cell if self.place else None

    @property
    def shown_line(self) -> int | None:
        """The line within the cell or the file; None where it is not known."""
        return self.place.line if self.place else self.line or None

    @property
    def file(self) -> str:
        """The file as it was handed in; empty where it is not known."""
        return self.place.file if self.place else ""

    def text(self, words: Words, with_file: bool) -> str:
        """Return it for a person: ``layers.py, line 3``."""
        name = "place.file" if self.cell is None else "place.cell"
        parts = [shortened(self.file, MOST_NAME)] if with_file and self.file else []
        if self.shown_line is not None:
            parts.append(words(name, line=self.shown_line, cell=self.cell))
        return ", ".join(parts) or words("place.unknown")


def spot(submission: Submission | None, module: str, line: int) -> Spot:
    """Return where a line of a module, named as it is while it runs, was handed in."""
    if submission is None:
        return Spot(None, line, None)
    found = submission.main if module == MAIN else submission.module(module)
    return Spot(found, line, found.place(line) if found and line > 0 else None)


def definition_of(name: str, words: Words) -> str:
    """Return what a report calls a definition."""
    return words("place.module") if name in _TOP_LEVEL else shortened(name, MOST_NAME)


def has_files(submission: Submission | None) -> bool:
    """Tell whether a submission consists of more than one file."""
    return submission is not None and len(submission.modules) > 1
