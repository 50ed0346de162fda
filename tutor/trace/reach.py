"""The arrays that can be reached from a function and its arguments, with the way to each."""

from __future__ import annotations

import random
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DEPTH = 4
_MOST = 200
_MOST_ITEMS = 64
_CAN_CHANGE = (
    np.ndarray,
    dict,
    list,
    set,
    type,
    np.random.Generator,
    random.Random,
)
_FOREIGN = {"builtins", "numpy"}


@dataclass(frozen=True, slots=True)
class Reached:
    """The arrays that a look found, and all that it went through to find them.

    ``arrays`` are named by the expression that reads each: ``net.W``, ``net.params['W1']``.
    """

    arrays: dict[str, NDArray[Any]]
    given: list[object]
    passed: list[tuple[dict[Any, Any], Any, object]]

    @staticmethod
    def look(given: list[object], roots: Mapping[str, object], depth: int = _DEPTH) -> Reached:
        """Look for arrays from some names on.

        Parameters
        ----------
        given : list of object
            What the names hold that may be another object next time.
        roots : mapping of str to object
            Names and what they hold. Functions are followed into the names that they read.
        depth : int
            How many attributes or keys an expression may have.
        """
        found: dict[str, NDArray[Any]] = {}
        passed: list[tuple[dict[Any, Any], Any, object]] = []
        seen: set[int] = set()
        waiting = [(name, value, depth) for name, value in roots.items()]
        while waiting and len(found) < _MOST:
            path, value, left = waiting.pop(0)
            if isinstance(value, np.ndarray):
                found.setdefault(path, value)
            elif id(value) not in seen and left > 0:
                seen.add(id(value))
                passed += _held(value)
                waiting += [(*child, left - 1) for child in _children(path, value)]
        return Reached(found, given, passed)

    def is_as_before(self, given: list[object]) -> bool:
        """Tell whether another look would find the same: nothing on the way has changed."""
        if len(given) != len(self.given):
            return False
        for new, old in zip(given, self.given, strict=True):
            if new is not old:
                return False
        return all(held.get(key) is value for held, key, value in self.passed)


def _held(value: object) -> list[tuple[dict[Any, Any], Any, object]]:
    """Return what an object or a dict holds that could be exchanged for something else."""
    held = value if isinstance(value, dict) else vars(value) if _has_attributes(value) else {}
    if len(held) > _MOST_ITEMS:
        return []
    return [
        (held, key, item)
        for key, item in held.items()
        if isinstance(item, np.ndarray | dict | list | tuple) or _has_attributes(item)
    ]


def names_read(function: object) -> dict[str, object]:
    """Return the free and global names that a function reads, with what they hold now."""
    inner = getattr(function, "__func__", function)
    out: dict[str, object] = {}
    if isinstance(inner, types.FunctionType):
        for name, cell in zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True):
            try:
                out[name] = cell.cell_contents
            except ValueError:  # the name has no value yet
                continue
        for name in inner.__code__.co_names:
            if name in inner.__globals__:
                out[name] = inner.__globals__[name]
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType):
        out["self"] = owner
    return out


def reachable_objects(roots: Mapping[str, object], depth: int = _DEPTH) -> list[object]:
    """Return everything that can be reached and can change: see `put_back`."""
    found: list[object] = []
    seen: set[int] = set()
    waiting = [(name, value, depth) for name, value in roots.items()]
    while waiting and len(found) < 10 * _MOST:
        path, value, left = waiting.pop(0)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, _CAN_CHANGE) or _has_attributes(value):
            found.append(value)
        if _has_attributes(value) and type(value).__module__ not in _FOREIGN:
            waiting.append((path, type(value), 1))
        if left > 0:
            waiting += [(*child, left - 1) for child in _children(path, value)]
    return found


def _children(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, types.FunctionType | types.MethodType):
        yield from names_read(value).items()
    elif isinstance(value, dict):
        if len(value) <= _MOST_ITEMS:
            yield from ((f"{path}[{key!r}]", item) for key, item in list(value.items()))
    elif isinstance(value, list | tuple):
        if len(value) <= _MOST_ITEMS:
            yield from ((f"{path}[{i}]", item) for i, item in enumerate(value))
    elif isinstance(value, type):
        yield from ((f"{path}.{name}", v) for name, v in vars(value).items() if _is_store(v))
    elif _has_attributes(value):
        yield from ((f"{path}.{name}", item) for name, item in list(vars(value).items()))


def _is_store(value: object) -> bool:
    return isinstance(value, np.ndarray | dict | list | set)


def _has_attributes(value: object) -> bool:
    if isinstance(value, type | types.ModuleType | types.FunctionType | types.MethodType):
        return False
    return isinstance(getattr(value, "__dict__", None), dict)
