"""What a jailed process must not leave behind."""

from __future__ import annotations

import contextlib
import os
import select
from pathlib import Path


def processes(folder: Path) -> list[int]:
    """Return the processes whose command line names the folder, forked ones too."""
    found: list[int] = []
    if not Path("/proc/self").exists():
        return found
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.fsencode(folder) in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found


def ends(pid: int, seconds: float) -> bool:
    """Wait so long for the end of a process."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)
