"""Handing a run on: as JSON, as one HTML page, as a file that can be opened again.

What writes pages and files stands above what records, in the reports. It is asked for by name
when it is needed; .importlinter knows of this one exception.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.trace.saved import Saved, SavedRun
    from tutor.trace.steps import Steps

_HEIGHT = 640  # pixels of the player in a notebook
_LARGEST = 8 * 2**20  # characters of a page that a notebook is given at every display


class HandedOn:
    """What every run can do to be looked at elsewhere."""

    def to_json(self) -> str:
        """Return the run as a document that `open_run` and other programs can read."""
        from tutor.trace.saved import dump

        return dump(_saved([self])).decode("utf-8")

    def to_html(self) -> str:
        """Return the run as one HTML page that needs nothing else, with the run itself in it."""
        from tutor.reports.runs import page

        return page(_saved([self]))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the run to a file; see `save`."""
        save(self, path)  # type: ignore[arg-type]

    @staticmethod
    def open(path: str | PathLike[str], number: int = 0) -> SavedRun:
        """Return a run that was saved; see `open_run`."""
        return open_run(path, number)

    def _repr_html_(self) -> str:
        """Return the page's player, for a notebook: it can reach nothing outside its frame."""
        page = self.to_html()
        if len(page) > _LARGEST:
            return (
                f"<p>{html.escape(repr(self))} makes a page of {len(page) / 2**20:.0f} MB, too "
                "much for a notebook. Write it to a file with <code>.save('run.html')</code>.</p>"
            )
        return (
            f'<iframe title="{html.escape(repr(self))}" sandbox="allow-scripts" '
            f'style="width: 100%; height: {_HEIGHT}px; border: 0" '
            f'srcdoc="{html.escape(page)}"></iframe>'
        )


def save(run: Steps | Sequence[Steps], path: str | PathLike[str]) -> None:
    """Write a run, or runs to be compared, to a file.

    Parameters
    ----------
    run : Recording, or sequence of them
        The first one is shown first, the second beside it.
    path : path
        ``.json`` for a file that `open_run` opens again, ``.html`` for a page that steps
        through them, ``.csv`` for the table of iterations, ``.npz`` for the arrays.

    Raises
    ------
    ValueError
        If it ends in anything else, there is nothing to write, or it cannot be written.
    """
    from tutor.reports.runs import write

    runs = list(run) if isinstance(run, Sequence) else [run]
    if not runs:
        raise ValueError("There is no run to save. Give one recording, or several to compare.")
    write(_saved(runs), Path(path))


def open_run(path: str | PathLike[str], number: int = 0) -> SavedRun:
    """Return a run that was saved as JSON.

    Parameters
    ----------
    path : path
    number : int
        Which of its runs, from 0, where several were saved beside each other.

    Raises
    ------
    tutor.trace.saved.DamagedRun
        A ValueError: if the file holds no run, a damaged one, or one of a newer program.
    IndexError
        If it holds no such run.
    OSError
        If it cannot be read.
    """
    from tutor.trace.saved import SavedRun, load

    runs = load(Path(path).read_bytes()).runs
    if not -len(runs) <= number < len(runs):
        raise IndexError(f"{Path(path).name} holds {len(runs)} runs, and none is number {number}.")
    found = runs[number].steps
    assert isinstance(found, SavedRun)
    return found


def _saved(runs: Sequence[Any]) -> Saved:
    from tutor.trace.saved import Run, Saved

    named = tuple(Run(run.source.name, run) for run in runs)
    return Saved(named[0].title, named)
