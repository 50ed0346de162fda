"""A class's hand-ins: each subfolder of a folder or archive is one submission."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from tutor.diagnosis.reading.chosen import choose
from tutor.diagnosis.reading.shelf import Memory, Shelf, is_archive_name, is_code_file, printable
from tutor.diagnosis.reading.shelved import (
    LARGEST_UPLOAD,
    Found,
    is_blank_package,
    no_code,
    our_fault,
    read_one,
    within,
)
from tutor.diagnosis.unreadable import Kind, Unreadable


def read_folders(shelf: Shelf, where: str) -> Iterator[Found]:
    """Read each subfolder as one submission, and each file that stands beside them.

    In a folder without code the first archive is taken, and read as that folder. Which file of a
    folder is judged is decided in `choose`. A folder that an archive wraps everything in is
    passed through. A module that several share, beside their folders, can be imported.
    """
    paths = list(shelf.paths())
    top = _wrapping(shelf, paths)
    owned: dict[PurePosixPath, list[PurePosixPath]] = {}
    for path in shelf.folders(top):
        owned[path] = []
    for path in paths:
        owned.setdefault(PurePosixPath(*path.parts[: len(top.parts) + 1]), []).append(path)
    for owner in sorted(owned):
        try:
            yield _read_owned(shelf, owner, owned[owner], where)
        except Unreadable as error:
            yield error.named(printable(owner.name), within(where, owner))
        except Exception as error:
            # One hand-in that we fail on must not keep the next from being read.
            yield our_fault(error).named(printable(owner.name), within(where, owner))


def _wrapping(shelf: Shelf, paths: list[PurePosixPath]) -> PurePosixPath:
    """Return the folder that an archive wraps everything in, if only folders stand in it."""
    tops = shelf.folders(PurePosixPath())
    if not isinstance(shelf, Memory) or len(tops) != 1:
        return PurePosixPath()
    only_folders = all(len(path.parts) > 2 for path in paths)
    return tops[0] if only_folders and len(shelf.folders(tops[0])) > 1 else PurePosixPath()


def _read_owned(
    shelf: Shelf, owner: PurePosixPath, files: list[PurePosixPath], where: str
) -> Found:
    name, shown = printable(owner.name), within(where, owner)
    if files == [owner]:
        if is_archive_name(owner.name):
            return _read_packed(shelf, owner, name, shown)
        return read_one(shelf, owner, name, where)
    if not shelf.has_folder(owner):
        raise Unreadable(Kind.REFUSED, f"{name} is a link to a folder. Hand in the folder itself.")
    code = [path for path in files if is_code_file(path.name)]
    packed = [path for path in files if is_archive_name(path.name)]
    if packed and not code:
        return _read_packed(shelf, packed[0], name, within(where, packed[0]))
    return _read_chosen(shelf, owner, code, name, shown)


def _read_packed(shelf: Shelf, path: PurePosixPath, name: str, shown: str) -> Found:
    """Read a submission that its student has packed."""
    # Slow to import, and most classes need it not.
    from tutor.diagnosis.reading.archive import unpack

    inner = unpack(shelf.read(path, LARGEST_UPLOAD), name)
    code = [path for path in inner.paths() if is_code_file(path.name)]
    return _read_chosen(inner, PurePosixPath(), code, name, shown)


def _read_chosen(
    shelf: Shelf, folder: PurePosixPath, code: list[PurePosixPath], name: str, shown: str
) -> Found:
    """Read the file that is to be judged, and say which others were not."""
    read = {
        path: read_one(shelf, path, printable(str(path.relative_to(folder))), shown)
        for path in code
        if not is_blank_package(shelf, path)
    }
    if not read:
        return no_code(name, shown)
    main, notes = choose(read)
    if isinstance(main, Unreadable):
        return main.named(name, shown)
    return replace(main, name=name, path=shown, notes=(*main.notes, *notes))
