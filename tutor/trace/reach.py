"""The arrays that can be reached from a function and its arguments, with the way to each."""

from __future__ import annotations

import random
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import is_
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
_LEADING = (np.ndarray, dict, list, tuple, type, types.FunctionType, types.MethodType)
_FIXED = (types.ModuleType, types.BuiltinFunctionType)
_FOREIGN = {"builtins", "numpy"}


class Passed:
    """What a look went through: where it found each thing, so that it need not look again."""

    __slots__ = ("_cells", "_dicts", "_holders", "_lists")

    def __init__(self) -> None:
        self._holders: list[tuple[Any, int]] = []
        self._dicts: list[tuple[dict[Any, Any], Any, object]] = []
        self._lists: list[tuple[list[Any], int, object]] = []
        self._cells: list[tuple[types.CellType, object]] = []

    def add(self, value: object) -> None:
        """Note what an object, a dict, a list or a function holds that may be exchanged."""
        if isinstance(value, types.FunctionType | types.MethodType):
            self.add_function(value)
        elif isinstance(value, list):
            if len(value) <= _MOST_ITEMS:
                self._holders.append((value, len(value)))
                self._lists += [(value, at, item) for at, item in enumerate(value)]
        else:
            held = value if isinstance(value, dict) else _attributes(value)
            if held is not None and len(held) <= _MOST_ITEMS:
                self._holders.append((held, len(held)))
                self._dicts += [(held, key, item) for key, item in held.items() if _leads(item)]

    def add_function(self, function: object) -> None:
        """Note the free and global names that a function reads."""
        inner = getattr(function, "__func__", function)
        if isinstance(inner, types.FunctionType):
            self._cells += [(cell, _held_in(cell)) for cell in inner.__closure__ or ()]
            read = inner.__globals__
            names = [name for name in inner.__code__.co_names if name in read]
            self._dicts += [(read, n, read[n]) for n in names if not isinstance(read[n], _FIXED)]

    def is_unchanged(self) -> bool:
        """Tell whether each place still leads where it led, however numbers may have changed."""
        try:
            for holder, size in self._holders:
                if len(holder) != size:
                    return False
            for cell, content in self._cells:
                if cell.cell_contents is not content:
                    return self._only_numbers_changed()
            for held, key, value in self._dicts:
                if held.get(key) is not value:
                    return self._only_numbers_changed()
            for items, at, value in self._lists:
                if items[at] is not value:
                    return self._only_numbers_changed()
        except ValueError:  # a name that has no value yet, or any more
            return False
        return True

    def _only_numbers_changed(self) -> bool:
        """Tell whether nothing that is or may hold an array was exchanged; note what is there."""
        cells = [(cell, cell.cell_contents) for cell, _ in self._cells]
        dicts = [(held, key, held.get(key)) for held, key, _ in self._dicts]
        lists = [(items, at, items[at]) for items, at, _ in self._lists]
        now = (*cells, *dicts, *lists)
        for (*_, new), (*_, old) in zip(now, self._places(), strict=True):
            if new is not old and (_leads(new) or _leads(old)):
                return False
        self._cells, self._dicts, self._lists = cells, dicts, lists
        return True

    def _places(self) -> Iterator[tuple[object, ...]]:
        return chain(self._cells, self._dicts, self._lists)


@dataclass(frozen=True, slots=True)
class Reached:
    """The arrays that a look found, and all that it went through to find them.

    ``arrays`` are named by the expression that reads each: ``net.W``, ``net.params['W1']``.
    """

    arrays: dict[str, NDArray[Any]]
    given: list[object]
    passed: Passed

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
        passed = Passed()
        seen: set[int] = set()
        waiting = [(name, value, depth) for name, value in roots.items()]
        while waiting and len(found) < _MOST:
            path, value, left = waiting.pop(0)
            if isinstance(value, np.ndarray):
                found.setdefault(path, value)
            elif id(value) not in seen and left > 0:
                seen.add(id(value))
                passed.add(value)
                waiting += [(*child, left - 1) for child in _children(path, value)]
        return Reached(found, given, passed)

    def is_as_before(self, given: list[object]) -> bool:
        """Tell whether another look would find the same: nothing on the way has changed."""
        same = len(given) == len(self.given) and all(map(is_, given, self.given))
        return same and self.passed.is_unchanged()


def _attributes(value: object) -> dict[Any, Any] | None:
    return vars(value) if _has_attributes(value) else None


def _leads(item: object) -> bool:
    """Tell whether an item is or may hold an array, or may make room for one."""
    return item is None or isinstance(item, _LEADING) or _has_attributes(item)


def _held_in(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # no value yet: there is nothing that it could still be
        return cell


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
