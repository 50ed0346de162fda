"""gradtutor: a tutor and debugger for gradients in neural nets written by hand in NumPy.

The public names are loaded when they are first used, so that the program can paint its screen
before NumPy is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.version import __version__

if TYPE_CHECKING:
    from tutor import nets
    from tutor.trace import Recorder, Recording, record

__all__ = ["Recorder", "Recording", "__version__", "nets", "record"]


def __getattr__(name: str) -> Any:
    import importlib

    if name in ("Recorder", "Recording", "record"):
        return getattr(importlib.import_module("tutor.trace"), name)
    if name == "nets":
        return importlib.import_module("tutor.nets")
    raise AttributeError(f"module 'tutor' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
