"""How a jailed interpreter is started, and what its process can be asked."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

# NumPy is imported first: what it and the interpreter have loaded, no submission replaces.
_START: Final = (
    "import sys; path = sys.path[:]; extra, own = sys.argv[1:3]; "
    "extra in path or path.append(extra); sys.path[:] = path; "
    "import numpy, numpy.linalg, numpy.random; keep = frozenset(sys.modules); "
    "sys.path.insert(0, own); from tutor.jail.inside import start; sys.path[:] = path; "
    "getattr(start, sys.argv[3])(keep, *sys.argv[4:])"
)

OWN_FOLDER: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended.

    Attributes
    ----------
    code : int or None
        Its exit code, or minus the number of the signal that killed it; None if nobody knows.
    cpu : float or None
        The processor time, in seconds, that it used, where that is known.
    """

    code: int | None = None
    cpu: float | None = None


class Running(Protocol):
    """A process in which somebody else's code can run."""

    @property
    def lines(self) -> tuple[int, int]:
        """The descriptors for what is written to it and what is read from it."""

    def pid(self) -> int | None:
        """Return its number, where that is known; to be asked when it has said something."""

    def end(self, seconds: float) -> End | None:
        """Wait so long for its end; None if it goes on."""

    def close(self) -> None:
        """End it and all that it started, and remove its folder."""


def command(function: str, *arguments: str) -> list[str]:
    """Return the command that runs a function of `tutor.jail.inside.start`."""
    own = str(OWN_FOLDER.parent)
    return [sys.executable, "-IB", "-c", _START, numpy_folder(), own, function, *arguments]


def numpy_folder() -> str:
    """Return the folder that NumPy is in: the user's own, perhaps, which -I leaves out."""
    numpy = importlib.util.find_spec("numpy")
    return str(Path(numpy.origin).parents[1]) if numpy and numpy.origin else ""


def environment() -> dict[str, str]:
    """Return the little that Python needs; nothing of the user's goes over."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "TEMP") if name in os.environ}
    # One thread: more of them would be counted against the caps on memory and time.
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**kept, **dict.fromkeys(threads, "1"), "LANG": "C.UTF-8", "MPLBACKEND": "Agg"}


def remove(folder: str) -> None:
    """Remove a folder whatever is in it; what cannot be removed stays."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        # Folders in folders, thousands deep.
        subprocess.run(["rm", "-rf", "--", folder], stderr=subprocess.DEVNULL, check=False)
