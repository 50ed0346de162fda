"""Recorded runs shown in the way that was asked for: on the screen, as text, as a file."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tutor.trace.saved import Saved
    from tutor.ui.screens.run import Watch

SUFFIXES = (".html", ".json", ".csv", ".npz")


def on_terminal() -> bool:
    """Tell whether there is a terminal to show a screen on and to read keys from."""
    return sys.stdout.isatty() and sys.stdin.isatty()


def check_export(path: Path) -> None:
    """Refuse a file that no run can be written to, before anything is run.

    Raises
    ------
    click.UsageError
        With a sentence.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise click.UsageError(
            f"--export writes {', '.join(SUFFIXES)}, and {path.name} ends in none of them."
        )
    if not path.absolute().parent.is_dir():
        raise click.UsageError(f"There is no folder {path.absolute().parent} to write to.")


def show(
    saved: Saved,
    screen: bool,
    export: Path | None = None,
    printed: str = "",
    watch: Watch | None = None,
    beside: bool = False,
) -> None:
    """Show runs; on the screen, the program ends if the screen was ended from outside.

    Parameters
    ----------
    printed : str
        What the file printed beside no step; it goes before the text of the runs.
    beside : bool
        Show the second run beside the first from the start.
    """
    if export is not None:
        _write(saved, export)
    elif screen:
        _open(saved, watch, beside)
    else:
        _print(saved, printed)


def _open(saved: Saved, watch: Watch | None, beside: bool) -> None:
    # Nothing of what starts up is garbage; the screen switches the collector on when it stands.
    gc.disable()
    from tutor.tracing import same_place
    from tutor.ui.app import run_reader

    code = run_reader(saved, watch, same_place, beside)
    if code:
        sys.exit(code)


def _write(saved: Saved, path: Path) -> None:
    from tutor.reports.runs import ExportError, write

    try:
        write(saved, path)
    except ExportError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    steps = sum(len(run.steps) for run in saved.runs)
    click.echo(f"Written to {path}: {steps:,} steps.")


def _print(saved: Saved, printed: str) -> None:
    from tutor.commands.printing import write
    from tutor.ui.drawing.ink import harmless
    from tutor.ui.plain import saved_text

    rows = [f"  | {row}" for row in printed.splitlines()]
    before = ["printed beside no step:", *rows, ""] if rows else []
    for row in (*before, *saved_text(saved)):
        write(f"{harmless(row)}\n")
