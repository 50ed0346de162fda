"""What is to be traced, and how far."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

MOST_STEPS: Final = 1_000_000
SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be traced.

    Attributes
    ----------
    path : path
        A .py or .ipynb file.
    call : str or None
        The call to be recorded, as the file writes it; one that it does not make is made when
        the file has run. None for the most interesting one.
    function : str or None
        Record every call of this function (``gradient``, ``TwoLayerNet.loss``) during the run
        of the file, or during ``call`` where both are given.
    cell, line : int or None
        Where the call or the function stands, where there are several.
    setups : tuple of tuple of str
        As in `Call`.
    arguments : tuple of str
        ``sys.argv[1:]``.
    max_steps : int
        The recording ends after so many steps, or up to a few hundred passes of the loop later.
    seconds : float
        Processor time that the file may use; three times as much by the clock.
    memory : int
        Bytes; 0 for three quarters of what the machine has.
    """

    path: str | os.PathLike[str]
    call: str | None = None
    function: str | None = None
    cell: int | None = None
    line: int | None = None
    setups: tuple[tuple[str, ...], ...] = ()
    arguments: tuple[str, ...] = ()
    max_steps: int = MOST_STEPS
    seconds: float = SECONDS
    memory: int = 0

    def __post_init__(self) -> None:
        if self.max_steps < 1 or self.seconds <= 0 or self.memory < 0:
            raise ValueError("max_steps and seconds are at least something, memory is not negative")
