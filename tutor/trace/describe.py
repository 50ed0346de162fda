"""Values as a recording keeps them: what cannot change as it is, the rest described."""

from __future__ import annotations

import types
from functools import lru_cache
from typing import Any

import numpy as np

from tutor.trace.state import Opaque

_SIMPLE = (str, bytes, int, float, complex, bool, type(None), np.generic)
_LONG_TEXT = 200
_LONG_TUPLE = 8
_FEW = 12  # numbers that an array may have to be shown in a text
_KEPT = {int, float, bool, type(None), np.float64, np.int64}
_COUNTED = {tuple, type, types.ModuleType}
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
_TOLD_APART: tuple[type, ...] = (*_SIMPLE, *_FUNCTIONS, np.ndarray, tuple, type, types.ModuleType)


def describe(value: object) -> object:
    """Return a value that cannot change as it is, or a description of one that can."""
    kind: Any = value.__class__
    if kind in _KEPT:
        return value
    if kind is np.ndarray:
        return _array(value.shape, value.dtype)  # type: ignore[attr-defined]
    if isinstance(value, str | bytes) and len(value) > _LONG_TEXT:
        return Opaque(f"{type(value).__name__} of {len(value)} characters")
    if isinstance(value, _SIMPLE):
        return value
    if isinstance(value, tuple) and len(value) <= _LONG_TUPLE and type(value) is tuple:
        parts = tuple(describe(item) for item in value)
        if not any(isinstance(part, Opaque) for part in parts):
            return parts
    if isinstance(value, _FUNCTIONS):
        return Opaque(_named(value), value)
    return _plain(kind) if kind not in _COUNTED else Opaque(_counted(value))


def is_constant(value: object) -> bool:
    """Tell whether a value cannot change and is recorded as it is."""
    return value.__class__ in _KEPT


def described_by_class(kind: type) -> bool:
    """Tell whether all objects of a class have one description, whatever they hold."""
    return not issubclass(kind, _TOLD_APART) and kind not in _COUNTED


def told(value: object) -> object:
    """Return a value that a function gave back: a small array with its numbers in the text."""
    single = as_number(value)
    if isinstance(single, np.ndarray) and single.size <= _FEW and single.dtype.kind in "fiub":
        shown = np.array2string(single, precision=4, separator=" ", suppress_small=False)
        return Opaque(f"array {' '.join(shown.split())}")
    return describe(single)


def as_number(value: object) -> object:
    """Return the number in an array that holds just one, or the value itself."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiub":
        return value.reshape(())[()]
    return value


@lru_cache(maxsize=256)
def _array(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Opaque:
    return Opaque(f"array {'x'.join(map(str, shape)) or 'of one number'} {dtype}")


def _named(value: Any) -> str:
    return "a lambda" if value.__name__ == "<lambda>" else f"function {value.__name__}"


def _counted(value: Any) -> str:
    if isinstance(value, tuple):
        return f"tuple of {len(value)}"
    return f"{'class' if isinstance(value, type) else 'module'} {value.__name__}"


@lru_cache(maxsize=256)
def _plain(kind: Any) -> Opaque:
    """Describe an object by its class; how much it holds may change before it is looked at."""
    return Opaque(kind.__name__ if kind in (list, dict, set) else f"{kind.__name__} object")
