"""A zip or tar, unpacked into memory: the files of code in it, and nothing else.

Nothing is written to the disk. What leads out of the archive, links, pipes and members that
unpack to more than a file may hold are not read; an archive that unpacks to more than all files
together may hold is refused.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
from pathlib import PurePosixPath
from typing import IO, Final

from tutor.diagnosis.reading.decode import guess
from tutor.diagnosis.reading.notebook import LARGEST
from tutor.diagnosis.reading.packing import packing_of
from tutor.diagnosis.reading.shelf import (
    Memory,
    is_archive_name,
    is_code_file,
    is_passed_over,
    too_large,
)
from tutor.diagnosis.unreadable import Kind, Unreadable

LARGEST_ARCHIVE: Final = 256_000_000
_MOST_MEMBERS: Final = 20_000
_LARGEST_MEMBER: Final = LARGEST
_LARGEST_PYTHON: Final = 4_000_000
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1

_Files = dict[PurePosixPath, bytes | Unreadable]


def unpack(data: bytes, name: str) -> Memory:
    """Unpack the files of code, and archives, that an archive holds.

    Raises
    ------
    Unreadable
        DAMAGED_ARCHIVE, TOO_LARGE, or REFUSED for one that needs a password.
    """
    try:
        return _unzip(data, name) if data[:2] == b"PK" else _untar(data, name)
    except Unreadable:
        raise
    except Exception as error:
        # zipfile and tarfile meet bytes made to confuse them and raise nearly anything:
        # struct.error, zlib.error, OverflowError, UnicodeDecodeError, NotImplementedError.
        raise _damaged(name, str(error)) from None


def _unzip(data: bytes, name: str) -> Memory:
    files: _Files = {}
    folders: set[PurePosixPath] = set()
    budget = LARGEST_ARCHIVE
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > _MOST_MEMBERS:
            raise _too_many(name)
        for member in members:
            path = safe_path(_zip_name(member))
            folders.update(_folders_of(path, member.is_dir()))
            if path is None or member.is_dir() or not _is_wanted(path):
                continue
            if member.flag_bits & _ENCRYPTED:
                raise Unreadable(
                    Kind.REFUSED, f"{name} asks for a password. Pack it again without one."
                )
            if stat.S_ISLNK(member.external_attr >> 16):
                files[path] = _link(path)
                continue
            with archive.open(member) as stream:
                files[path] = _read(stream, path, member.file_size)
            budget -= _size(files[path])
            if budget < 0:
                raise _bomb(name)
    return Memory(files, folders)


def _untar(data: bytes, name: str) -> Memory:
    files: _Files = {}
    folders: set[PurePosixPath] = set()
    with _opened(data) as plain, tarfile.open(fileobj=_Capped(plain, name), mode="r|") as archive:
        for count, member in enumerate(archive):
            if count >= _MOST_MEMBERS:
                raise _too_many(name)
            path = safe_path(member.name)
            folders.update(_folders_of(path, member.isdir()))
            if path is None or member.isdir() or not _is_wanted(path):
                continue
            stream = archive.extractfile(member) if member.isreg() else None
            files[path] = _read(stream, path, member.size) if stream else _link(path)
    return Memory(files, folders)


def _read(stream: IO[bytes], path: PurePosixPath, declared: int) -> bytes | Unreadable:
    """Read a member up to its cap, whatever size it says it has."""
    largest = _LARGEST_PYTHON if path.suffix.lower() == ".py" else _LARGEST_MEMBER
    if declared > largest:
        return too_large(str(path), declared, largest)
    found = stream.read(largest + 1)
    return found if len(found) <= largest else too_large(str(path), len(found), largest)


def _size(found: bytes | Unreadable) -> int:
    return len(found) if isinstance(found, bytes) else 0


def safe_path(name: str) -> PurePosixPath | None:
    """Return where a member stands; None if it is not to be read or leads out of the archive."""
    name = name.replace("\\", "/")
    path = PurePosixPath(name)
    parts = tuple(part for part in path.parts if part != ".")
    if not parts or path.is_absolute() or ".." in parts or re.match("[A-Za-z]:", name):
        return None
    if any(map(is_passed_over, parts[:-1])) or "\0" in name:
        return None
    return PurePosixPath(*parts)


def _is_wanted(path: PurePosixPath) -> bool:
    return is_code_file(path.name) or is_archive_name(path.name)


def _folders_of(path: PurePosixPath | None, is_folder: bool) -> list[PurePosixPath]:
    """Return the folders that a member shows to be there."""
    if path is None:
        return []
    return [path, *path.parents] if is_folder else list(path.parents)


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; one that is not UTF-8 is in the encoding of the writer's Windows."""
    if member.flag_bits & _UTF8_NAME or member.filename.isascii():
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return guess(raw)[0]


def _opened(data: bytes) -> IO[bytes]:
    raw = io.BytesIO(data)
    kind = packing_of(data)
    if kind == "gz":
        return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]  # it is a stream of bytes
    if kind == "bz2":
        return bz2.BZ2File(raw)
    if kind == "xz":
        return lzma.LZMAFile(raw)
    return raw


class _Capped(io.BufferedIOBase):
    """A stream that refuses to unpack more than a hand-in can hold."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        super().__init__()
        self._stream = stream
        self._left = LARGEST_ARCHIVE
        self._name = name

    def read(self, size: int | None = -1) -> bytes:
        """Read at most so many bytes."""
        wanted = size if size is not None and size >= 0 else self._left + 1
        data = self._stream.read(min(wanted, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise _bomb(self._name)
        return data


def _link(path: PurePosixPath) -> Unreadable:
    return Unreadable(Kind.REFUSED, f"{path} is a link, pipe or device. Hand in the file itself.")


def _bomb(name: str) -> Unreadable:
    return Unreadable(
        Kind.TOO_LARGE,
        f"{name} unpacks to more than {LARGEST_ARCHIVE / 1e6:.0f} MB, so it is not read. "
        "Leave the data out and pack it again.",
    )


def _too_many(name: str) -> Unreadable:
    return Unreadable(
        Kind.TOO_LARGE, f"{name} holds more than {_MOST_MEMBERS} files, so it is not read."
    )


def _damaged(name: str, why: str) -> Unreadable:
    return Unreadable(
        Kind.DAMAGED_ARCHIVE,
        f"{name} is no zip or tar that can be opened ({why or 'it ends too early'}). "
        "Pack it again and hand that in.",
    )
