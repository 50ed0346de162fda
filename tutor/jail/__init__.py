"""Somebody else's code, run so that it can hurt nobody.

`Oracle` runs it and asks; each way in which it can fail to answer is an exception of its own,
with an `Outcome`. Importing this does not import NumPy.
"""

from tutor.jail.errors import (
    BadReturn,
    Blocked,
    Crashed,
    Exited,
    JailFault,
    MemoryLimit,
    MissingFunction,
    MissingModule,
    NeedsInput,
    OracleError,
    OutputLimit,
    Place,
    Raised,
    Recursion,
    Tampered,
    Timeout,
    Unsafe,
)
from tutor.jail.isolation import Isolation
from tutor.jail.opaque import Opaque
from tutor.jail.oracle import Oracle
from tutor.jail.outcome import Outcome
from tutor.jail.program import Module, Program
from tutor.jail.warm import start_early

__all__ = [
    "BadReturn",
    "Blocked",
    "Crashed",
    "Exited",
    "Isolation",
    "JailFault",
    "MemoryLimit",
    "MissingFunction",
    "MissingModule",
    "Module",
    "NeedsInput",
    "Opaque",
    "Oracle",
    "OracleError",
    "Outcome",
    "OutputLimit",
    "Place",
    "Program",
    "Raised",
    "Recursion",
    "Tampered",
    "Timeout",
    "Unsafe",
    "start_early",
]
