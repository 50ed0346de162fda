"""Every wall that this process can put around itself, before somebody else's first line."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from tutor.jail.inside import limits

NO_KERNEL = {"darwin": "macOS has none", "win32": "Windows has none"}.get(sys.platform, "")
try:
    # Now: later the folder that they come from can no longer be read.
    from tutor.jail.inside import kernel, landlock, seccomp
except (ImportError, OSError, AttributeError, TypeError) as error:
    NO_KERNEL = NO_KERNEL or str(error)

DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
# Shared libraries, fonts, time zones.
SYSTEM: Final = (
    *("/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/local/lib", "/lib", "/lib64", "/usr/share"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts"),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What somebody else's code may have.

    Attributes
    ----------
    seconds : float
        Processor time.
    scratch : str
        The only folder that it can write in.
    """

    seconds: float
    scratch: str


class Walls:
    """Puts up walls and keeps account of those that could not be put up."""

    def __init__(self) -> None:
        self.layers: list[str] = []
        self.missing: list[str] = []

    def put(self, name: str, act: Callable[[], str | None]) -> bool:
        """Put one up; what `act` returns is added to its name."""
        try:
            more = act()
        except (OSError, AttributeError, ImportError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self.missing.append(f"{name} ({why})")
            return False
        self.layers.append(f"{name} {more}" if more else name)
        return True


def readable_paths(more: Iterable[str]) -> list[str]:
    """Return what Python and NumPy need to read, and more folders; none within another."""
    own = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *more}
    # A prefix of "/" would open everything.
    wanted = {*filter(os.path.isabs, own), *SYSTEM} - {"/"}
    within = [path for path in wanted if any(path.startswith(f"{other}/") for other in wanted)]
    return sorted(wanted.difference(within))


@functools.cache
def _needed() -> tuple[str, ...]:
    return tuple(filter(os.path.exists, readable_paths(sys.path)))


def prepare() -> None:
    """Do what need not be done for each process anew."""
    if not NO_KERNEL:
        _needed()
        with contextlib.suppress(OSError):
            seccomp.prepared(os.uname().machine)


def confine(bounds: Bounds) -> Walls:
    """Put up every wall that this system has. None of them can be taken down again."""
    walls = Walls()
    walls.put("own session", _own_session)
    walls.put("rlimits", lambda: limits.limit(bounds.seconds))
    if NO_KERNEL:
        walls.missing += [f"landlock ({NO_KERNEL})", f"seccomp ({NO_KERNEL})"]
    else:
        _confine_linux(walls, bounds)
    if "seccomp" not in walls.layers:
        walls.put("no processes", limits.limit_processes)
    return walls


def _own_session() -> None:
    if sys.platform == "win32":
        raise OSError("Windows has none")
    # Whoever was started with a session of its own leads it already.
    if os.getsid(0) != os.getpid():
        os.setsid()


def _confine_linux(walls: Walls, bounds: Bounds) -> None:
    machine = os.uname().machine
    walls.put("no capabilities", lambda: kernel.drop_capabilities(machine))
    walls.put("no new privileges", kernel.forbid_new_privileges)
    walls.put("landlock", lambda: str(landlock.restrict(_needed(), [bounds.scratch], DEVICES)))
    walls.put("seccomp", lambda: seccomp.restrict(machine))
