"""Landlock: the kernel's list of what a process may still open (Linux 5.13 and later)."""

from __future__ import annotations

import contextlib
import os
import stat
import struct
from collections.abc import Iterable
from typing import Final

from tutor.jail.inside.kernel import syscall

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_CREATE_RULESET_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1

# Rights on files, by the bit numbers of include/uapi/linux/landlock.h.
_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_TRUNCATE: Final = 1 << 14
# The first bit that a version does not know: 13 of them, then REFER, TRUNCATE, IOCTL_DEV.
_KNOWN: Final = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 4: 1 << 15, 5: 1 << 16}
_OF_FILES: Final = _WRITE_FILE | _READ_FILE | _TRUNCATE | 1
_TCP: Final = 0b11  # bind and connect, from version 4
_SCOPES: Final = 0b11  # abstract sockets and signals, from version 6


def version() -> int:
    """Return the version of Landlock that the kernel has.

    Raises
    ------
    OSError
        If it has none, or it is switched off.
    """
    return syscall(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)


def restrict(readable: Iterable[str], writable: Iterable[str], devices: Iterable[str]) -> int:
    """Leave this process, for good, nothing but the given paths; return Landlock's version.

    Parameters
    ----------
    readable, writable : iterable of str
        Files and folders that can be read, and folders in which anything can be done but
        running a program. What does not exist is left out.
    devices : iterable of str
        Files that can be read and written.

    Raises
    ------
    OSError
        If the kernel has no Landlock. no_new_privs must have been set.
    """
    known = version()
    handled = _KNOWN.get(known, _KNOWN[5]) - 1
    # Each version reads as much of it as it knows.
    size = 8 if known < 4 else 16 if known < 6 else 24
    attributes = struct.pack("=QQQ", handled, _TCP, _SCOPES)[:size]
    ruleset = syscall(_CREATE_RULESET, attributes, size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in writable:
            _allow(ruleset, path, handled & ~1)
        for path in devices:
            _allow(ruleset, path, handled & (_READ_FILE | _WRITE_FILE | _TRUNCATE))
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return known


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(place).st_mode):
                rights &= _OF_FILES
            rule = struct.pack("=Qi", rights, place)
            syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
        finally:
            os.close(place)
