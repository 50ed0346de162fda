"""`gradtutor open`: runs that were saved before, stepped through again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.commands.showing import check_export, on_terminal, show

if TYPE_CHECKING:
    from tutor.trace.saved import Saved


@click.command("open")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option("--plain", is_flag=True, help="Print the run as text.")
@click.option(
    "--export",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PATH",
    help="Write it to PATH in another form: .html, .json, .csv or .npz.",
)
def open_run(files: tuple[Path, ...], plain: bool, export: Path | None) -> None:
    """Open a run that trace --export run.json has written.

    Of several files the runs stand in one list, to be compared. The exit code is 2 if a file
    cannot be opened.
    """
    if export is not None:
        check_export(export)
    saved = _together([_read(file) for file in files])
    screen = on_terminal() and not plain and export is None
    show(saved, screen, export, beside=len(saved.runs) == 2)


def _read(file: Path) -> Saved:
    from tutor.trace.saved import DamagedRun, load

    try:
        return load(file.read_bytes())
    except OSError as error:
        click.echo(f"{file} cannot be read: {error.strerror or error}.", err=True)
    except DamagedRun as error:
        click.echo(f"{file}: {error}", err=True)
    sys.exit(2)


def _together(found: list[Saved]) -> Saved:
    """Return the runs of several files as one, each under the title of its file too."""
    from tutor.trace.saved import Run, Saved

    if len(found) == 1:
        return found[0]
    runs = (Run(f"{one.title}: {run.title}", run.steps) for one in found for run in one.runs)
    notes = (note for one in found for note in one.notes)
    return Saved(", ".join(one.title for one in found), tuple(runs), tuple(dict.fromkeys(notes)))
