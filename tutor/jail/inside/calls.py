"""The numbers of the system calls that a jailed process has no use for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# From 424 on all machines share one numbering: pidfd_send_signal, io_uring_*, the new mount
# calls, pidfd_open, pidfd_getfd, mount_setattr, fchmodat2, setxattrat, removexattrat.
_SHARED: Final = (*range(424, 435), 438, 442, 452, 463, 466)


@dataclass(frozen=True, slots=True)
class Calls:
    """Numbers on one kind of machine.

    Attributes
    ----------
    arch : int
        AUDIT_ARCH_* of include/uapi/linux/audit.h.
    denied : tuple of int
        No sockets, no programs, no other process, no rights, owners or times of files, no
        mounts, no shared memory that outlives the process, nothing of the administrator's.
    clone, kill, tgkill, prctl, prlimit, fcntl, ioctl : int
        Allowed in part.
    """

    arch: int
    denied: tuple[int, ...]
    clone: int
    kill: int
    tgkill: int
    prctl: int
    prlimit: int
    fcntl: int
    ioctl: int


CLONE3: Final = 435

MACHINES: Final = {
    "x86_64": Calls(
        arch=0xC000003E,
        denied=(
            *(41, 42, 43, 44, 46, 49, 50, 53, 288, 307),  # socket ... sendmmsg
            *(57, 58, 59, 322),  # fork, vfork, execve, execveat
            *(101, 129, 200, 297, 310, 311, 312),  # ptrace, signals by other ways, process_vm_*
            *(109, 112, 141, 160),  # setpgid, setsid, setpriority, setrlimit
            *(90, 91, 92, 93, 94, 260, 268),  # chmod ... fchmodat
            *(132, 235, 261, 280),  # utime, utimes, futimesat, utimensat
            *(188, 189, 190, 197, 198, 199),  # setxattr ... fremovexattr
            *(29, 30, 64, 68, 240),  # shmget, shmat, semget, msgget, mq_open
            *(155, 161, 165, 166, 272, 304, 308),  # pivot_root, chroot, mount ... setns
            *(103, 135, 154, 159, 163, 164, 227, 305),  # syslog, personality ... clock_adjtime
            *(167, 168, 169, 170, 171, 172, 173, 175, 176, 179, 246, 313, 320),  # swapon ... kexec
            *(248, 249, 250, 298, 300, 321, 323),  # keys, perf, fanotify, bpf, userfaultfd
            *_SHARED,
        ),
        clone=56,
        kill=62,
        tgkill=234,
        prctl=157,
        prlimit=302,
        fcntl=72,
        ioctl=16,
    ),
    "aarch64": Calls(
        arch=0xC00000B7,
        denied=(
            *(198, 199, 200, 201, 202, 203, 206, 211, 242, 269),
            *(221, 281),
            *(117, 130, 138, 240, 270, 271, 272),
            *(140, 154, 157, 164),
            *(52, 53, 54, 55),
            88,
            *(5, 6, 7, 14, 15, 16),
            *(180, 186, 190, 194, 196),
            *(39, 40, 41, 51, 97, 265, 268),
            *(89, 92, 112, 116, 170, 171, 266),
            *(60, 104, 105, 106, 142, 161, 162, 224, 225, 273, 294),
            *(217, 218, 219, 241, 262, 280, 282),
            *_SHARED,
        ),
        clone=220,
        kill=129,
        tgkill=131,
        prctl=167,
        prlimit=261,
        fcntl=25,
        ioctl=29,
    ),
}
