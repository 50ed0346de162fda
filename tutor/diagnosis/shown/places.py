"""A run whose lines count as they were handed in: within the cell of a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tutor.diagnosis.place import Module, Place
from tutor.trace.saved import SavedRun
from tutor.trace.saved.data import RunData
from tutor.trace.state import Source


def file_of(place: Place) -> str:
    """Return what the source that a place lies in is called: the file, and the cell if any."""
    return place.file if place.cell is None else f"{place.file}, cell {place.cell}"


def as_handed_in(run: SavedRun, modules: Iterable[Module]) -> SavedRun:
    """Return a run with the lines of each cell counted from 1; other lines stay as they are."""
    notebooks = {module.filename: module for module in modules if module.places}
    sources = (run.source, *run.data.sources)
    if not any(source.filename in notebooks for source in sources):
        return run
    return SavedRun(_counted(run.data, notebooks))


def _counted(data: RunData, notebooks: dict[str, Module]) -> RunData:
    shifts = [_shift(source, notebooks) for source in data.sources]
    return replace(
        data,
        sources=tuple(map(_shifted, data.sources, shifts, [notebooks] * len(shifts))),
        sites=tuple(
            replace(
                site,
                line=site.line + shifts[site.source],
                end_line=site.end_line + shifts[site.source],
            )
            for site in data.sites
        ),
        inside={step: _counted(inner, notebooks) for step, inner in data.inside.items()},
    )


def _shift(source: Source, notebooks: dict[str, Module]) -> int:
    """Return what is added to the lines of a source; it lies in the cell that it begins in."""
    module = notebooks.get(source.filename)
    return module.place(source.first_line).line - source.first_line if module else 0


def _shifted(source: Source, by: int, notebooks: dict[str, Module]) -> Source:
    module = notebooks.get(source.filename)
    if module is None:
        return source
    name = file_of(module.place(source.first_line))
    return replace(source, filename=name, first_line=source.first_line + by)


def lines_of_cell(module: Module, line: int) -> tuple[int, Sequence[str]]:
    """Return the first line of the cell that a line is in, and the cell's lines; else all."""
    lines = module.source.split("\n")
    cell = module.place(line).cell
    if cell is None:
        return 1, lines
    same = [n for n in range(1, len(lines) + 1) if module.place(n).cell == cell]
    return same[0], lines[same[0] - 1 : same[-1]]
