"""A file that is there whole or not at all: written aside, renamed, one writer at a time."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO, Final

LOCK_SECONDS: Final = 3.0
_NAP: Final = 0.005


def write_whole(file: Path, data: bytes) -> None:
    """Replace a file; whoever reads it, or kills us, finds the old one or the new one.

    Raises
    ------
    OSError
        If it cannot be written. The old file is then as it was.
    """
    # A link is kept and what it leads to is replaced.
    file = Path(os.path.realpath(file))
    aside = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        with aside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _patiently(lambda: os.replace(aside, file))
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
    _sync_folder(file.parent)


def sweep(file: Path) -> None:
    """Remove what killed writers of this file have left. To be called by the holder of the lock."""
    file = Path(os.path.realpath(file))
    for left in file.parent.glob(f"{file.name}.*.new"):
        with contextlib.suppress(OSError):
            left.unlink()


def set_aside(file: Path, word: str, *, keep: bool = False) -> Path:
    """Give a file another name that no other file has, and return it.

    Parameters
    ----------
    word : str
        What the name says of it: ``progress.damaged-2026-11-23.json``.
    keep : bool
        Leave the file itself in place and make a copy.
    """
    stem = f"{file.stem}.{word}-{date.today().isoformat()}"
    for number in range(1, 10_000):
        name = f"{stem}{file.suffix}" if number == 1 else f"{stem}-{number}{file.suffix}"
        target = file.with_name(name)
        try:
            # Taking the name first: two processes never choose the same one.
            with target.open("xb") as stream:
                if keep:
                    stream.write(file.read_bytes())
        except FileExistsError:
            continue
        if not keep:
            _patiently(lambda target=target: os.replace(file, target))  # type: ignore[misc]
        return target
    raise FileExistsError(f"There are too many files {stem}; delete some.")


@contextlib.contextmanager
def locked(file: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock beside a file. The system gives it back when the holder dies.

    Raises
    ------
    TimeoutError
        If another process holds it all that time.
    OSError
        If the lock's file cannot be opened.
    """
    with file.with_name(f"{file.name}.lock").open("a+b") as stream:
        until = time.monotonic() + seconds
        while not _try_lock(stream):
            if time.monotonic() > until:
                raise TimeoutError("another gradtutor is writing it")
            time.sleep(_NAP)
        try:
            yield
        finally:
            _unlock(stream)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(stream: IO[bytes]) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(stream: IO[bytes]) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network disks cannot lock: then the rename alone has to do.
            return True
        return True

    def _unlock(stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(stream, fcntl.LOCK_UN)


def _patiently(act: Callable[[], None]) -> None:
    """Act, again if need be: Windows refuses to rename onto a file that somebody reads."""
    for _ in range(20):
        try:
            return act()
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(_NAP)
    return act()


def _sync_folder(folder: Path) -> None:
    """Have the new name itself on the disk, where a folder can be synced."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
