"""The main module of a submission, cut into the pieces that are run under names of their own."""

from __future__ import annotations

from itertools import groupby

from tutor.diagnosis.place import Module, Place
from tutor.tracing.inside.plan import Part


def parts_of(module: Module, file: str) -> tuple[Part, ...]:
    """Return a file as one part, a notebook as one a cell, with the lines that the learner knows.

    Parameters
    ----------
    file : str
        The absolute path of the file.
    """
    if not module.places:
        return (Part(file, module.source),)
    lines = list(zip(module.source.split("\n"), module.places, strict=False))
    cells = groupby(lines, key=lambda line: line[1].cell)
    parts = [_part(list(found), cell, file) for cell, found in cells]
    if any(part is None for part in parts) or len({part.label for part in parts if part}) < len(
        parts
    ):  # lines out of their order: they are numbered anew
        return (Part(file, module.source),)
    return tuple(part for part in parts if part is not None)


def _part(lines: list[tuple[str, Place]], cell: int | None, file: str) -> Part | None:
    """Return the lines of one cell, blank ones in the place of those that were left out."""
    out: list[str] = []
    for text, place in lines:
        if place.line <= len(out):
            return None
        out += [""] * (place.line - 1 - len(out))
        out.append(text)
    label = file if cell is None else f"{file}, cell {cell}"
    return Part(label, "\n".join(out) + "\n", cell)
