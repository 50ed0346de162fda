"""bubblewrap, where it is installed: the warm process then sees no more than it needs."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from tutor.jail.inside.confine import readable_paths
from tutor.jail.launch import OWN_FOLDER, numpy_folder

TEST_SECONDS: Final = 10


def wrapped(command: Sequence[str], root: str) -> list[str] | None:
    """Return the command that runs `command` in a bubble, None where that does not work.

    Parameters
    ----------
    root : str
        The folder that it may write in.
    """
    tool = shutil.which("bwrap") if sys.platform == "linux" else None
    if tool is None or not _works(tool):
        return None
    return [tool, *_options(), "--bind", root, root, "--", *command]


@functools.cache
def _works(tool: str) -> bool:
    test = [tool, *_options(), "--", sys.executable, "-IS", "-c", ""]
    try:
        done = subprocess.run(test, capture_output=True, timeout=TEST_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _options() -> list[str]:
    options = ["--unshare-all", "--new-session", "--dev", "/dev", "--proc", "/proc"]
    options += ["--dir", "/tmp", "--cap-drop", "ALL"]
    program = os.path.dirname(os.path.realpath(sys.executable))
    for path in readable_paths([program, numpy_folder(), str(OWN_FOLDER)]):
        options += ["--ro-bind-try", path, path]
    return options
