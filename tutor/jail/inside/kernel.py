"""System calls that Python has no name for."""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Final

# include/uapi/linux/prctl.h
PR_SET_PDEATHSIG: Final = 1
PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38

_CAPSET: Final = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3: Final = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def syscall(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call by its number; bytes are handed over by address.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    return _checked(_libc.syscall(ctypes.c_long(number), *map(_word, arguments)))


def prctl(option: int, *arguments: int) -> int:
    """Set something of this process, see prctl(2).

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    words = [_word(argument) for argument in arguments]
    return _checked(_libc.prctl(ctypes.c_int(option), *words, *[_word(0)] * (4 - len(words))))


def forbid_new_privileges() -> None:
    """Let no program that this process runs have more rights than it has.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities(machine: str) -> None:
    """Give up every privilege of root but owning files.

    Raises
    ------
    OSError
        If the kernel refuses, or the machine is not known.
    """
    if machine not in _CAPSET:
        raise OSError(f"not known on {machine}")
    syscall(_CAPSET[machine], struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), bytes(24))


def _word(argument: int | bytes | None) -> ctypes.c_long | ctypes.c_char_p:
    if argument is None or isinstance(argument, bytes):
        return ctypes.c_char_p(argument)
    return ctypes.c_long(argument)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
