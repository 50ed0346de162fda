"""How somebody else's code ended, one word each."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """What kept the code from giving an answer."""

    TIMEOUT = "timeout"
    MEMORY = "memory"
    EXITED = "exited"
    CRASHED = "crashed"
    RECURSION = "recursion"
    NEEDS_INPUT = "needs-input"
    OUTPUT_LIMIT = "output-limit"
    BLOCKED = "blocked"
    TAMPERED = "tampered"
    BAD_RETURN = "bad-return"
    MISSING_FUNCTION = "missing-function"
    MISSING_MODULE = "missing-module"
    RAISED = "raised"
    UNSAFE = "unsafe"
    FAULT = "fault"
