"""Measure the tutor: ``python -m tests.benchmarks``.

Nothing here passes or fails: it prints what was measured beside what should be reached.
"""

from __future__ import annotations

from importlib import import_module

import click

from tests.benchmarks.machine import environment, load
from tests.benchmarks.table import Section, as_json, as_text

TITLES = {
    "recorder": "Recorder: time over the bare run, bytes an iteration, writes shown",
    "seek": "Seek: the state at a random step of the recording of every parameter",
    "keys": "Keys: from a key to the last byte of its frame, on a pseudo-terminal",
    "check": "Check: is this gradient right, and where not, beside other gradient checks",
    "diagnose": "Diagnose: hand-ins judged on one core, with the full battery and repair",
    "peers": "Peers: what other tools show of the call of lesson 2, and of 400 iterations of it",
    "start": "Start: from the start of the process to the first useful frame",
}


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(TITLES)), help="Just this one.")
@click.option("--quick", is_flag=True, help="Once and small: does it run at all?")
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
def main(only: tuple[str, ...], quick: bool, wants_json: bool) -> None:
    """Print what the tutor costs, as ratios of one run where that can be had."""
    about = environment()
    sections = []
    for name in only or TITLES:
        click.echo(f"measuring: {name}", err=True)
        sections.append(_section(name, quick))
    if wants_json:
        click.echo(as_json(sections, about))
    else:
        head = [", ".join(f"{name} {value}" for name, value in about.items())]
        click.echo(as_text(sections, head))


def _section(name: str, quick: bool) -> Section:
    # Each is imported when it is wanted: what one of them loads is not in the way of another.
    before = load()
    rows = tuple(import_module(f"tests.benchmarks.{name}").measure(quick))
    return Section(TITLES[name], rows, f"{before} before, {load()} after")


if __name__ == "__main__":
    main()
