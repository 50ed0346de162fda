"""Runs written to a file of the kind that its suffix names."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from tutor.reports.runs.arrays import arrays
from tutor.reports.runs.page import page
from tutor.reports.runs.problem import ExportError
from tutor.reports.runs.table import table
from tutor.trace.saved import Saved, dump

KINDS: Mapping[str, Callable[[Saved], bytes]] = {
    ".html": lambda saved: page(saved).encode("utf-8"),
    ".json": dump,
    ".csv": lambda saved: table(saved).encode("utf-8"),
    ".npz": arrays,
}


def write(saved: Saved, path: Path) -> None:
    """Write runs to a file, whole or not at all.

    Parameters
    ----------
    saved : Saved
    path : Path
        ``.html`` for the page that steps through them, ``.json`` for the document that
        `tutor.trace.saved.load` opens, ``.csv`` for the table of iterations, ``.npz`` for
        arrays.

    Raises
    ------
    ExportError
        With a sentence: the suffix is none of these, the runs have nothing for such a file, or
        it could not be written.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        known = f"{', '.join(list(KINDS)[:-1])} or {list(KINDS)[-1]}"
        raise ExportError(f"{path.name} names no kind of file that is known. End it in {known}.")
    content = kind(saved)
    try:
        _write_whole(path, content)
    except OSError as error:
        raise ExportError(
            f"{path.name} cannot be put into {path.absolute().parent} "
            f"({error.strerror or error}). Choose another place."
        ) from error


def _write_whole(path: Path, content: bytes) -> None:
    """Replace a file; whoever reads it finds the old one or the new one."""
    path = Path(os.path.realpath(path))  # a link is kept, and what it leads to is replaced
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise


__all__ = ["KINDS", "ExportError", "write"]
