"""Values as a recording keeps them: what cannot change as it is, the rest described."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from tutor.trace.state import Opaque

_SIMPLE = (str, bytes, int, float, complex, bool, type(None), np.generic)
_LONG_TEXT = 200
_LONG_TUPLE = 8
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def describe(value: object) -> object:
    """Return a value that cannot change as it is, or a description of one that can."""
    if isinstance(value, str | bytes) and len(value) > _LONG_TEXT:
        return Opaque(f"{type(value).__name__} of {len(value)} characters")
    if isinstance(value, _SIMPLE):
        return value
    if isinstance(value, tuple) and len(value) <= _LONG_TUPLE and type(value) is tuple:
        parts = tuple(describe(item) for item in value)
        if not any(isinstance(part, Opaque) for part in parts):
            return parts
    return Opaque(_described(value), value if isinstance(value, _FUNCTIONS) else None)


def as_number(value: object) -> object:
    """Return the number in an array that holds just one, or the value itself."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiub":
        return value.reshape(())[()]
    return value


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"array {'x'.join(map(str, value.shape)) or 'of one number'} {value.dtype}"
    if isinstance(value, _FUNCTIONS):
        return "a lambda" if value.__name__ == "<lambda>" else f"function {value.__name__}"
    if isinstance(value, type):
        return f"class {value.__name__}"
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, tuple):
        return f"tuple of {len(value)}"
    if isinstance(value, list | dict | set):
        return type(value).__name__  # how many it holds may change before it is looked at
    return f"{type(value).__name__} object"
