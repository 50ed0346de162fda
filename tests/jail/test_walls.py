"""The walls of the jail: the filter run by an interpreter of its own, and what is told of them."""

from __future__ import annotations

import errno
import sys

import pytest

from tutor.jail.inside.confine import Walls, readable_paths

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel of Linux")

ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
PID = 4321
ALLOWED, KILLED = "allowed", "killed"


def verdict(machine: str, number: int, *arguments: int, arch: int | None = None) -> object:
    """Run the filter as the kernel would, see bpf(4) and seccomp(2)."""
    from tutor.jail.inside.seccomp import program

    words = [number, arch or ARCHES[machine], 0, 0]
    for argument in (*arguments, *[0] * (6 - len(arguments))):
        words += [argument & 0xFFFFFFFF, argument >> 32 & 0xFFFFFFFF]
    instructions = program(machine, PID)
    assert len(instructions) <= 4096
    at, register = 0, 0
    while True:
        code, yes, no, k = instructions[at]
        at += 1
        if code == 0x20:
            register = words[k // 4]
        elif code == 0x06:
            action = {0x7FFF0000: ALLOWED, 0x80000000: KILLED}.get(k)
            return action or errno.errorcode[k & 0xFFFF]
        else:
            met = {0x15: register == k, 0x35: register >= k, 0x45: bool(register & k)}[code]
            at += yes if met else no


# From the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl.
CALLS = {
    "read": (0, 63),
    "write": (1, 64),
    "openat": (257, 56),
    "mmap": (9, 222),
    "futex": (202, 98),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
    "unlinkat": (263, 35),
    "socket": (41, 198),
    "connect": (42, 203),
    "sendto": (44, 206),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_writev": (311, 271),
    "fchmodat": (268, 53),
    "fchownat": (260, 54),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setrlimit": (160, 164),
    "shmget": (29, 194),
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
    "pidfd_send_signal": (424, 424),
}
HARMLESS = set(list(CALLS)[:8])


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("machine", ARCHES)
def test_the_filter_lets_work_go_on_and_nothing_out(machine: str, name: str) -> None:
    number = CALLS[name][machine == "aarch64"]
    assert verdict(machine, number) == (ALLOWED if name in HARMLESS else "EPERM")


@pytest.mark.parametrize(
    ("machine", "clone", "kill", "tgkill", "prctl", "prlimit", "fcntl"),
    [("x86_64", 56, 62, 234, 157, 302, 72), ("aarch64", 220, 129, 131, 167, 261, 25)],
)
def test_the_filter_looks_at_arguments(
    machine: str, clone: int, kill: int, tgkill: int, prctl: int, prlimit: int, fcntl: int
) -> None:
    thread = 0x3D0F00  # what pthread_create asks for
    assert verdict(machine, clone, thread) == ALLOWED
    assert verdict(machine, clone, 17) == "EPERM"
    # So that the C library takes clone, whose flags a filter can see.
    assert verdict(machine, 435) == "ENOSYS"
    for signal in (kill, tgkill):
        assert verdict(machine, signal, PID) == ALLOWED
        assert verdict(machine, signal, PID + 1) == "EPERM"
        assert verdict(machine, signal, (1 << 64) - 1) == "EPERM"
        assert verdict(machine, signal, 0) == "EPERM"
    assert verdict(machine, prctl, 15) == ALLOWED  # a thread's name
    assert verdict(machine, prctl, 1) == "EPERM"
    assert verdict(machine, prlimit, 0, 3, 0, 1 << 40) == ALLOWED  # reading a limit
    assert verdict(machine, prlimit, 0, 3, 1 << 12) == "EPERM"
    assert verdict(machine, prlimit, 0, 3, 1 << 40) == "EPERM"
    assert verdict(machine, fcntl, 3, 3) == ALLOWED
    assert verdict(machine, fcntl, 3, 8) == "EPERM"


def test_calls_by_another_convention_do_not_pass() -> None:
    assert verdict("x86_64", 41, arch=0x40000003) == KILLED  # 32 bits
    assert verdict("x86_64", 0x40000000 | 1) == "EPERM"  # x32


def test_a_machine_whose_calls_are_not_known_has_no_filter() -> None:
    from tutor.jail.inside.seccomp import prepared

    with pytest.raises(OSError, match="not known on riscv64"):
        prepared("riscv64")


def test_a_wall_that_cannot_be_put_up_is_told_with_why() -> None:
    def fails() -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    walls = Walls()
    assert not walls.put("landlock", fails)
    assert walls.put("seccomp", lambda: None)
    assert walls.put("landlock", lambda: "7")
    assert walls.missing == ["landlock (Function not implemented)"]
    assert walls.layers == ["seccomp", "landlock 7"]


def test_no_more_than_needed_can_be_read() -> None:
    paths = readable_paths(["/", "", "here", "/usr/lib/python3", "/opt/numpy", "/opt/numpy/core"])
    assert "/opt/numpy" in paths
    assert not {"/", "", "here", "/usr/lib/python3", "/opt/numpy/core", "/etc", "/home"} & {*paths}
