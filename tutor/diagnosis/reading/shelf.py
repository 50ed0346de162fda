"""Where files stand that a submission may import: a folder of the disk, or memory.

Every path is relative to the shelf. Nothing above it is looked at, and no link is followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from tutor.diagnosis.unreadable import Kind, Unreadable

CODE: Final = frozenset((".py", ".ipynb"))
ARCHIVES: Final = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz", ".tar.bz2", ".txz", ".tar.xz")

_MOST_ENTRIES: Final = 20_000
_DEEPEST: Final = 24
_PASSED_OVER: Final = frozenset(
    ("__pycache__", "__MACOSX", "node_modules", "site-packages", "venv", "env", "virtualenv")
)
_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)


class Shelf(Protocol):
    """Files, named by their path within it."""

    def read(self, path: PurePosixPath, largest: int) -> bytes:
        """Return what a file holds; raise `Unreadable` if it is none or larger."""

    def has(self, path: PurePosixPath) -> bool:
        """Tell whether there is a plain file."""

    def has_folder(self, path: PurePosixPath) -> bool:
        """Tell whether there is a folder."""

    def paths(self) -> Iterator[PurePosixPath]:
        """Go through the files of code and the archives, links and pipes of such names too."""

    def folders(self, within: PurePosixPath) -> list[PurePosixPath]:
        """Return the folders, and the links to folders, that stand directly in one."""


def printable(text: str) -> str:
    """Return a name as it can be printed: no half characters, no control characters."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def is_passed_over(folder: str) -> bool:
    """Tell whether a folder is never a hand-in: hidden, caches, virtual environments."""
    return folder.startswith(".") or folder in _PASSED_OVER


def is_code_file(name: str) -> bool:
    """Tell whether a file's name is one of Python or of a notebook."""
    return PurePosixPath(name).suffix.lower() in CODE and not name.startswith(".")


def is_archive_name(name: str) -> bool:
    """Tell whether a file's name is that of a zip or tar."""
    return name.lower().endswith(ARCHIVES) and not name.startswith(".")


def read_file(file: Path, largest: int, name: str) -> bytes:
    """Read a plain file. A link is not followed, a pipe not waited for.

    Raises
    ------
    Unreadable
        NOT_A_FILE, REFUSED or TOO_LARGE.
    """
    try:
        _refuse_others(os.lstat(file).st_mode, name)
        descriptor = os.open(file, os.O_RDONLY | _NO_LINKS | _BINARY)
        with open(descriptor, "rb") as stream:
            # What is open now need not be what was there a moment ago.
            status = os.fstat(descriptor)
            _refuse_others(status.st_mode, name)
            if status.st_size > largest:
                raise too_large(name, status.st_size, largest)
            data = stream.read(largest + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable(Kind.NOT_A_FILE, f"There is no file {name}. Check the path.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Unreadable(Kind.NOT_A_FILE, f"{name} cannot be opened: {why}.") from None
    if len(data) > largest:
        raise too_large(name, len(data), largest)
    return data


def too_large(name: str, size: int, largest: int) -> Unreadable:
    """Return the refusal of a file that is larger than is read."""
    return Unreadable(
        Kind.TOO_LARGE,
        f"{name} holds {size / 1e6:.0f} MB; more than {largest / 1e6:.0f} MB are not read. "
        "Clear the outputs, or leave the data out, and hand that in.",
    )


def _refuse_others(mode: int, name: str) -> None:
    if stat.S_ISLNK(mode):
        raise Unreadable(
            Kind.REFUSED, f"{name} is a link to another file. Hand in the file itself."
        )
    if stat.S_ISDIR(mode):
        raise Unreadable(Kind.NOT_A_FILE, f"{name} is a folder, not a file.")
    if not stat.S_ISREG(mode):
        raise Unreadable(Kind.REFUSED, f"{name} is a pipe, socket or device. Hand in a plain file.")


class Disk:
    """A folder.

    Parameters
    ----------
    root : Path
        The folder; it may itself be reached through a link.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: PurePosixPath, largest: int) -> bytes:
        """Return what a file holds; raise `Unreadable` if it is none or larger."""
        name = printable(str(path))
        if len(path.parts) > 1 and not self.has_folder(path.parent):
            raise Unreadable(Kind.REFUSED, f"{name} stands behind a link. Hand in the file itself.")
        return read_file(self._root.joinpath(*path.parts), largest, name)

    def has(self, path: PurePosixPath) -> bool:
        """Tell whether there is a plain file, reached without a link."""
        mode = self._mode(path)
        return stat.S_ISREG(mode) and (len(path.parts) < 2 or self.has_folder(path.parent))

    def has_folder(self, path: PurePosixPath) -> bool:
        """Tell whether there is a folder, reached without a link."""
        parts = path.parts
        return all(
            stat.S_ISDIR(self._mode(PurePosixPath(*parts[:n]))) for n in range(1, len(parts) + 1)
        )

    def _mode(self, path: PurePosixPath) -> int:
        try:
            return os.lstat(self._root.joinpath(*path.parts)).st_mode
        except (OSError, ValueError):
            return 0

    def paths(self) -> Iterator[PurePosixPath]:
        """Go through the files of code and the archives, folder by folder, in their order.

        Raises
        ------
        Unreadable
            TOO_LARGE, if the folder holds more than can be a hand-in.
        """
        waiting = [PurePosixPath()]
        seen = 0
        while waiting:
            folder = waiting.pop()
            inner = []
            for entry in self._entries(folder):
                seen += 1
                path = folder / entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not is_passed_over(entry.name) and not self._is_environment(path):
                        inner.append(path)
                elif is_code_file(entry.name) or is_archive_name(entry.name):
                    yield path
            if seen > _MOST_ENTRIES:
                raise Unreadable(
                    Kind.TOO_LARGE,
                    f"{printable(self._root.name)} holds more than {_MOST_ENTRIES} files. "
                    "Give the folders one by one.",
                )
            if len(folder.parts) < _DEEPEST:
                waiting.extend(reversed(inner))

    def folders(self, within: PurePosixPath) -> list[PurePosixPath]:
        """Return the folders, and the links to folders, that stand directly in one."""
        return [
            within / entry.name
            for entry in self._entries(within)
            if entry.is_dir() and not is_passed_over(entry.name)
        ]

    def _entries(self, folder: PurePosixPath) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._root.joinpath(*folder.parts)) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return []

    def _is_environment(self, path: PurePosixPath) -> bool:
        return stat.S_ISREG(self._mode(path / "pyvenv.cfg"))


class Memory:
    """Files that were unpacked into memory.

    Parameters
    ----------
    files : mapping of path to bytes or Unreadable
        What each holds, or why it cannot be read.
    folders : collection of path
        The folders, those without such files too.
    """

    def __init__(
        self,
        files: Mapping[PurePosixPath, bytes | Unreadable],
        folders: Collection[PurePosixPath] = (),
    ) -> None:
        self._files = files
        self._folders = {parent for path in files for parent in path.parents} | set(folders)

    def read(self, path: PurePosixPath, largest: int) -> bytes:
        """Return what a file holds; raise `Unreadable` if it is none or larger."""
        name = printable(str(path))
        found = self._files.get(path)
        if found is None:
            raise Unreadable(Kind.NOT_A_FILE, f"There is no file {name}.")
        if isinstance(found, Unreadable):
            raise found
        if len(found) > largest:
            raise too_large(name, len(found), largest)
        return found

    def has(self, path: PurePosixPath) -> bool:
        """Tell whether there is a plain file."""
        return isinstance(self._files.get(path), bytes)

    def has_folder(self, path: PurePosixPath) -> bool:
        """Tell whether there is a folder."""
        return path in self._folders

    def paths(self) -> Iterator[PurePosixPath]:
        """Go through the files in their order."""
        yield from sorted(self._files)

    def folders(self, within: PurePosixPath) -> list[PurePosixPath]:
        """Return the folders that stand directly in one."""
        return sorted(
            path
            for path in self._folders
            if path.parts[:-1] == within.parts and path.parts and not is_passed_over(path.name)
        )
