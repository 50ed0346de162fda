"""One row of a report: what was handed in, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tutor.diagnosis.findings import Diagnosis
from tutor.diagnosis.submission import Submission


@dataclass(frozen=True, slots=True)
class Item:
    """A diagnosis and the submission it is of.

    Attributes
    ----------
    diagnosis : Diagnosis
    submission : Submission or None
        None if it could not be read; then there are no places to point at.
    path : str
        Where it was found, as it is printed.
    """

    diagnosis: Diagnosis
    submission: Submission | None
    path: str

    @staticmethod
    def of(diagnosis: Diagnosis, submission: Submission | None, path: str = "") -> Item:
        """Return the row of a diagnosis; the path is that of the submission, or the name."""
        found = submission.path if submission else diagnosis.name
        return Item(diagnosis, submission, path or found)


def isolation_of(items: Iterable[Item]) -> tuple[str, ...]:
    """Return the layers that all of those that were run were run under."""
    runs = [item.diagnosis.isolation for item in items if item.diagnosis.isolation]
    return tuple(layer for layer in runs[0] if all(layer in run for run in runs)) if runs else ()
