"""gradtutor: a tutor and debugger for gradients in neural nets written by hand in NumPy.

The public names are loaded when they are first used, so that the program can paint its screen
before NumPy is there.
"""

from __future__ import annotations

from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Any

from tutor.version import __version__

if TYPE_CHECKING:
    from tutor import nets
    from tutor.checks import check_gradients
    from tutor.diagnosis.findings import Diagnosis
    from tutor.trace import Recorder, Recording, record
    from tutor.trace.block import recorded, recording
    from tutor.trace.handing import open_run, save

__all__ = [
    "Recorder",
    "Recording",
    "__version__",
    "check_gradients",
    "diagnose",
    "nets",
    "open_run",
    "record",
    "recorded",
    "recording",
    "save",
]

_MODULES = {
    "Recorder": "tutor.trace",
    "Recording": "tutor.trace",
    "check_gradients": "tutor.checks",
    "open_run": "tutor.trace.handing",
    "record": "tutor.trace",
    "recorded": "tutor.trace.block",
    "recording": "tutor.trace.block",
    "save": "tutor.trace.handing",
}


def diagnose(path_or_source: str | PathLike[str], seed: int = 0, seconds: float = 10) -> Diagnosis:
    """Judge one hand-in: name the pitfalls in it, each with its proof.

    Its code runs in a jail; where nothing would keep it in there, it does not run.

    Parameters
    ----------
    path_or_source : path or str
        A .py or .ipynb file. A text of more than one line is the source itself, or a pasted
        session.
    seed : int
        Of the random figures that its parts are asked with.
    seconds : float
        Processor time that its code may use.

    Returns
    -------
    Diagnosis
        ``verdict``, ``reason``, ``findings``. What cannot be read or run has a verdict too.

    Raises
    ------
    tutor.jail.Unsafe
        If nothing on this system would keep the code from doing harm.

    Examples
    --------
    >>> found = diagnose("report3.ipynb")  # doctest: +SKIP
    >>> [finding.pitfall for finding in found.errors]  # doctest: +SKIP
    ['softmax-whole-batch']
    """
    from tutor.diagnosis.one import diagnose_one

    return diagnose_one(path_or_source, seed, seconds)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    if name == "nets":
        return import_module("tutor.nets")
    raise AttributeError(f"module 'tutor' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
