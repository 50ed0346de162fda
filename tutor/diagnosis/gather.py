"""Everything that was handed in, one result for each submission.

A file is one submission. In a folder each .py and .ipynb is one, those of its subfolders too,
except what is hidden, a cache or a virtual environment, and an ``__init__.py`` without code.
With ``each_folder`` each subfolder is one. A zip or tar is read as the folder that it would
unpack to. Links, pipes and devices are refused, whoever names them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from tutor.diagnosis.reading.hand_ins import read_folders
from tutor.diagnosis.reading.packing import packing_of
from tutor.diagnosis.reading.shelf import (
    Disk,
    Shelf,
    is_archive_name,
    is_code_file,
    printable,
    read_file,
)
from tutor.diagnosis.reading.shelved import (
    LARGEST_UPLOAD,
    Found,
    is_blank_package,
    no_code,
    our_fault,
    read_one,
)
from tutor.diagnosis.submission import STANDARD_INPUT, read_submission, read_text
from tutor.diagnosis.unreadable import Unreadable

__all__ = ["Found", "gather"]


def gather(
    paths: Iterable[str | os.PathLike[str]],
    each_folder: bool = False,
    stdin: IO[bytes] | None = None,
) -> Iterator[Found]:
    """Read what was handed in, one after the other.

    Parameters
    ----------
    paths : iterable of path
        Files, folders, archives; ``-`` is standard input.
    each_folder : bool
        Make each subfolder of a folder or archive one submission: a class's hand-ins.
    stdin : binary stream, optional
        What ``-`` stands for.

    Yields
    ------
    Submission or Unreadable
        Exactly one for each submission, with its ``name`` and ``path``. Nothing is raised: a
        fault of ours is an `Unreadable` of kind INTERNAL.
    """
    for path in paths:
        text = os.fspath(path)
        shown = printable(text)
        try:
            yield from _from_path(text, shown, each_folder, stdin)
        except Unreadable as error:
            yield error.named(error.name or _base(shown), error.path or shown)
        except Exception as error:
            # One hand-in that we fail on must not keep the next from being read.
            yield our_fault(error).named(_base(shown), shown)


def _from_path(
    path: str, shown: str, each_folder: bool, stdin: IO[bytes] | None
) -> Iterator[Found]:
    if path == "-":
        data = stdin.read(LARGEST_UPLOAD + 1) if stdin else b""
        yield from _from_data(data, STANDARD_INPUT, STANDARD_INPUT, each_folder)
        return
    name = os.path.basename(path)
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        yield from _from_shelf(Disk(Path(path)), shown, each_folder)
    elif stat.S_ISREG(mode) and (is_archive_name(name) or _holds_archive(path)):
        data = read_file(Path(path), LARGEST_UPLOAD, _base(shown))
        yield from _from_data(data, _base(shown), shown, each_folder)
    else:
        yield read_submission(path)


def _from_data(data: bytes, name: str, shown: str, each_folder: bool) -> Iterator[Found]:
    if packing_of(data) or is_archive_name(name):
        # zipfile, tarfile and what they bring take longer to import than a file to read.
        from tutor.diagnosis.reading.archive import unpack

        yield from _from_shelf(unpack(data, name), shown, each_folder)
    else:
        yield read_text(data, name)


def _from_shelf(shelf: Shelf, shown: str, each_folder: bool) -> Iterator[Found]:
    """Read what stands on a shelf; if there is nothing, that is the one result."""
    found: Found | None = None
    for found in read_folders(shelf, shown) if each_folder else _each_file(shelf, shown):
        yield found
    if found is None:
        yield no_code(_base(shown), shown)


def _each_file(shelf: Shelf, shown: str) -> Iterator[Found]:
    for path in shelf.paths():
        if is_code_file(path.name) and not is_blank_package(shelf, path):
            yield read_one(shelf, path, printable(str(path)), shown)


def _mode(path: str) -> int:
    try:
        return os.lstat(path).st_mode
    except (OSError, ValueError):
        return 0


def _holds_archive(path: str) -> bool:
    """Look at the first bytes of a file whose name does not say what it is."""
    if is_code_file(os.path.basename(path)):
        return False
    with suppress(Unreadable, OSError), open(path, "rb") as stream:
        return bool(packing_of(stream.read(300)))
    return False


def _base(shown: str) -> str:
    return os.path.basename(shown.rstrip("/\\")) or shown
