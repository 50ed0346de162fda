"""One file of a folder or archive, read as a submission; what fails is its result."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath
from typing import Final

from tutor.diagnosis.reading.decode import decode
from tutor.diagnosis.reading.grammar import fault, is_code
from tutor.diagnosis.reading.notebook import LARGEST
from tutor.diagnosis.reading.shelf import Shelf, printable
from tutor.diagnosis.submission import Submission, read_data
from tutor.diagnosis.unreadable import Kind, Unreadable

LARGEST_UPLOAD: Final = 256_000_000

Found = Submission | Unreadable


def read_one(shelf: Shelf, path: PurePosixPath, file: str, where: str) -> Found:
    """Read a file of a shelf; return, not raise, why it cannot be read.

    Parameters
    ----------
    file : str
        What its places are to name.
    where : str
        The `Submission.path` of the folder or archive.
    """
    shown = within(where, path)
    try:
        return read_data(shelf.read(path, LARGEST), file, shown, shelf, path)
    except Unreadable as error:
        return error.named(file, shown)
    except Exception as error:
        # One hand-in that we fail on must not keep the next from being read.
        return our_fault(error).named(file, shown)


def within(where: str, path: PurePosixPath) -> str:
    """Return a path in a folder or archive, fit to be printed."""
    return f"{where.rstrip('/')}/{printable(str(path))}"


def no_code(name: str, where: str) -> Unreadable:
    """Return the refusal of a folder or archive in which there is nothing to judge."""
    sentence = f"There is no .py and no .ipynb in {name}. Hand in the code."
    return Unreadable(Kind.NO_CODE, sentence).named(name, where)


def our_fault(error: Exception) -> Unreadable:
    """Say that this program failed, not the student's."""
    return Unreadable(
        Kind.INTERNAL,
        f"Reading it failed through a fault of this program ({type(error).__name__}: {error}). "
        "Please report it.",
    )


def is_blank_package(shelf: Shelf, path: PurePosixPath) -> bool:
    """Tell whether a file only makes its folder a package; then it is no submission."""
    if path.name != "__init__.py":
        return False
    with suppress(Unreadable):
        text = decode(shelf.read(path, LARGEST), str(path)).text
        return fault(text) is None and not is_code(text)
    return True
