"""What the figures were measured on, and with which versions."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("numpy", "textual", "PySnooper", "snoop", "hunter")


def environment() -> dict[str, str]:
    """Return the machine and the versions of everything that is measured, by name."""
    found = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "Python": platform.python_version(),
    }
    return {**found, **{name: _version(name) for name in _PACKAGES}}


def load() -> str:
    """Return how many processes wanted a processor, on average over the last minute."""
    return f"{os.getloadavg()[0]:.2f}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
