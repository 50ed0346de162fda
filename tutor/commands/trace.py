"""`gradtutor trace`: a run of the learner's own file, recorded and stepped through."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tutor.commands.showing import check_export, on_terminal, show

_MOST_STEPS = 1_000_000


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--call",
    "calls",
    metavar="EXPR",
    multiple=True,
    help="The call to record, or its number in the list. Given twice, both, side by side.",
)
@click.option("--function", metavar="NAME", help="Record every call of this function.")
@click.option("--cell", metavar="N", type=click.IntRange(min=1), help="Of a notebook, from 1.")
@click.option(
    "--max-steps",
    metavar="N",
    default=_MOST_STEPS,
    show_default=True,
    type=click.IntRange(min=1),
    help="Stop recording after so many steps.",
)
@click.option("--watch", is_flag=True, help="Record it anew each time the file is saved.")
@click.option("--plain", is_flag=True, help="Print the run as text.")
@click.option(
    "--export",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PATH",
    help="Write the run to PATH: .html, .json, .csv or .npz.",
)
def trace(
    file: Path,
    calls: tuple[str, ...],
    function: str | None,
    cell: int | None,
    max_steps: int,
    watch: bool,
    plain: bool,
    export: Path | None,
) -> None:
    """Run FILE, a script or a notebook, and step through one of its calls.

    Without --call and --function the calls that can be recorded are listed, and you choose. The
    exit code is 0 if the call ran to its end, 1 if it was ended by an exception or cut, 2 if
    there was nothing to record.
    """
    from tutor.commands.tracing import Choosing, ChosenNone, Tracing, WrongCall

    screen = on_terminal() and not plain and export is None
    _check(watch, screen, export)
    try:
        wanted = [Choosing(file, call, function, cell, max_steps) for call in calls or (None,)]
        tracing = Tracing([one.request(screen) for one in wanted])
        saved = tracing.first(sys.stderr.isatty())
    except WrongCall as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except ChosenNone:
        sys.exit(0)
    if saved is None:
        tracing.tell()
        sys.exit(tracing.exit_code)
    again = tracing.again if watch else None
    show(saved, screen, export, tracing.printed, again, beside=len(calls) > 1)
    if export is not None and tracing.sentence:  # on the screen and in the text it is a note
        click.echo(tracing.sentence, err=True)
    sys.exit(tracing.exit_code)


def _check(watch: bool, screen: bool, export: Path | None) -> None:
    if watch and not screen:
        raise click.UsageError(
            "--watch keeps a screen up to date: leave --plain and --export out, on a terminal."
        )
    if export is not None:
        check_export(export)
