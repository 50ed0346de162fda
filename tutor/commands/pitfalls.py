"""`gradtutor pitfalls`: the catalogue, and a live run of one pitfall."""

from __future__ import annotations

import sys

import click

from tutor.commands.printing import write


@click.command()
@click.argument("slug", required=False)
def pitfalls(slug: str | None) -> None:
    """List the pitfalls, or show one: its wrong line, its figure, a live run."""
    # The catalogue compiles nets: not for the commands that need none.
    from tutor.pitfalls import UnknownPitfall
    from tutor.reports.pitfalls import listed, shown

    try:
        write(shown(slug) if slug else listed())
    except UnknownPitfall as error:
        click.echo(str(error.args[0]) if error.args else str(error), err=True)
        sys.exit(2)
