"""Caps on what a process may use."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from typing import Final

MEMORY: Final = 1 << 30
FILE_SIZE: Final = 8 << 20
OPEN_FILES: Final = 64


def limit(seconds: float) -> None:
    """Cap this process's time, memory, files and core dumps.

    Parameters
    ----------
    seconds : float
        Processor time from now on, rounded up to whole seconds.

    Raises
    ------
    OSError
        If the system has no such caps.
    """
    if sys.platform == "win32":
        raise OSError("Windows has none")
    import resource

    cpu = math.ceil(time.process_time() + seconds)
    for kind, cap in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        # macOS refuses some of them; the clock outside still ends the process.
        with contextlib.suppress(ValueError, OSError):
            _cap(kind, cap)


def limit_processes() -> None:
    """Let this process start no other, nor a thread, where that is counted.

    Raises
    ------
    OSError
        If the system cannot do that.
    """
    if sys.platform == "win32":
        raise OSError("Windows cannot")
    import resource

    try:
        _cap(resource.RLIMIT_NPROC, 0)
    except (AttributeError, ValueError) as error:
        raise OSError(str(error)) from None


def _cap(kind: int, cap: int) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    wanted = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
    resource.setrlimit(kind, (wanted, wanted))
