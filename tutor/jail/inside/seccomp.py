"""seccomp: a filter in the kernel that refuses system calls (Linux 3.17 and later)."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import struct
from collections.abc import Iterable, Iterator
from typing import Final

from tutor.jail.inside.calls import CLONE3, MACHINES, Calls
from tutor.jail.inside.kernel import PR_SET_PDEATHSIG, PR_SET_SECCOMP, prctl

_MODE_FILTER: Final = 2
_CLONE_THREAD: Final = 0x00010000
_X32: Final = 0x40000000

# Classic BPF, include/uapi/linux/bpf_common.h: load a word, jump if equal, greater or equal, or
# if a bit is set; return.
_LOAD: Final = 0x20
_IF_EQUAL: Final = 0x15
_IF_AT_LEAST: Final = 0x35
_IF_SET: Final = 0x45
_RETURN: Final = 0x06

_KILL: Final = 0x80000000
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EPERM
_UNKNOWN: Final = 0x00050000 | errno.ENOSYS

# struct seccomp_data: the number, the machine, and from byte 16 on six arguments of 8 bytes.
_NUMBER: Final = 0
_ARCH: Final = 4


def _argument(index: int, *, high: bool = False) -> int:
    return 16 + 8 * index + 4 * high


# F_SETOWN, F_SETSIG, F_SETOWN_EX: they have the kernel send signals to others.
_OWNERS: Final = (8, 10, 15)
# FIOSETOWN, SIOCSPGRP, and typing into a terminal: TIOCSTI, TIOCLINUX.
_TERMINALS: Final = (0x8901, 0x8902, 0x5412, 0x541C)

_Instruction = tuple[int, int, int, int]
_INSTRUCTION: Final = struct.Struct("=HBBI")


def restrict(machine: str) -> None:
    """Refuse, for good, the system calls that this process has no use for.

    Parameters
    ----------
    machine : str
        As ``platform.machine()`` says it.

    Raises
    ------
    OSError
        If the kernel refuses, or the machine is not known. no_new_privs must have been set.
    """
    code = prepared(machine) + _packed(_own_signals(MACHINES[machine], os.getpid()))
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog, with the compiler's padding.
    head = struct.pack("@HP", len(code) // _INSTRUCTION.size, ctypes.addressof(buffer))
    address = ctypes.create_string_buffer(head, len(head))
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(address))


@functools.cache
def prepared(machine: str) -> bytes:
    """Return what is the same for all processes; the rest of the filter goes behind it.

    Raises
    ------
    OSError
        If the machine is not known.
    """
    calls = MACHINES.get(machine)
    if calls is None:
        raise OSError(f"not known on {machine}")
    return _packed(_for_all(calls))


def program(machine: str, pid: int) -> list[tuple[int, int, int, int]]:
    """Return the filter of one process, instruction by instruction: code, jt, jf, k."""
    code = prepared(machine) + _packed(_own_signals(MACHINES[machine], pid))
    return list(_INSTRUCTION.iter_unpack(code))


def _packed(instructions: Iterable[_Instruction]) -> bytes:
    return b"".join(_INSTRUCTION.pack(*instruction) for instruction in instructions)


def _for_all(calls: Calls) -> Iterator[_Instruction]:
    """Yield all but the end of the filter: everything is allowed that is not named."""
    yield (_LOAD, 0, 0, _ARCH)
    yield (_IF_EQUAL, 1, 0, calls.arch)
    yield (_RETURN, 0, 0, _KILL)
    yield (_LOAD, 0, 0, _NUMBER)
    # x32 calls would pass under other numbers.
    yield (_IF_AT_LEAST, 0, 1, _X32)
    yield (_RETURN, 0, 0, _REFUSE)
    for number in calls.denied:
        yield from _when(number, [(_RETURN, 0, 0, _REFUSE)])
    # Its flags lie in memory, which no filter can read; the C library then takes clone.
    yield from _when(CLONE3, [(_RETURN, 0, 0, _UNKNOWN)])
    yield from _when(calls.clone, _if(_argument(0), _IF_SET, _CLONE_THREAD, _ALLOW, _REFUSE))
    yield from _when(calls.prctl, _none_of(_argument(0), (PR_SET_PDEATHSIG,)))
    yield from _when(calls.fcntl, _none_of(_argument(1), _OWNERS))
    yield from _when(calls.ioctl, _none_of(_argument(1), _TERMINALS))
    # Reading a limit is allowed: the third argument, the new limit, is then a null pointer.
    yield from _when(
        calls.prlimit,
        [
            (_LOAD, 0, 0, _argument(2)),
            (_IF_EQUAL, 0, 3, 0),
            (_LOAD, 0, 0, _argument(2, high=True)),
            (_IF_EQUAL, 0, 1, 0),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _REFUSE),
        ],
    )


def _own_signals(calls: Calls, pid: int) -> Iterator[_Instruction]:
    """Yield the end of the filter: signals go to the process itself and to nobody else."""
    for number in (calls.kill, calls.tgkill):
        yield from _when(number, _if(_argument(0), _IF_EQUAL, pid, _ALLOW, _REFUSE))
    yield (_RETURN, 0, 0, _ALLOW)


def _when(number: int, then: list[_Instruction]) -> Iterator[_Instruction]:
    """Yield what is to be done for one call; each branch of it must return."""
    yield (_IF_EQUAL, 0, len(then), number)
    yield from then


def _if(at: int, test: int, value: int, yes: int, no: int) -> list[_Instruction]:
    return [(_LOAD, 0, 0, at), (test, 0, 1, value), (_RETURN, 0, 0, yes), (_RETURN, 0, 0, no)]


def _none_of(at: int, values: tuple[int, ...]) -> list[_Instruction]:
    refused = [
        instruction
        for value in values
        for instruction in ((_IF_EQUAL, 0, 1, value), (_RETURN, 0, 0, _REFUSE))
    ]
    return [(_LOAD, 0, 0, at), *refused, (_RETURN, 0, 0, _ALLOW)]
