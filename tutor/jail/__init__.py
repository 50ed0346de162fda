"""Somebody else's code, run so that it can hurt nobody."""

from tutor.jail.errors import (
    BadReturn,
    Crashed,
    MissingFunction,
    OracleError,
    Raised,
    Timeout,
)
from tutor.jail.oracle import Oracle

__all__ = [
    "BadReturn",
    "Crashed",
    "MissingFunction",
    "Oracle",
    "OracleError",
    "Raised",
    "Timeout",
]
