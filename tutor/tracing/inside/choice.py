"""Which function is recorded: the one that is named, or the one that a call leads to."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from tutor.trace.errors import RecordingError
from tutor.trace.origin import plain_function

Function = Callable[..., Any]


def innermost(called: Function, slopes: Collection[str]) -> Function:
    """Return the differentiator that a call leads to, or what is called.

    A net's ``numerical_gradient`` hands each parameter to a differentiator, which may hand each
    row to another: the last one is where elements are perturbed.

    Parameters
    ----------
    slopes : collection of str
        The names of the file's differentiators.
    """
    found = called
    seen: set[types.CodeType] = set()
    while True:
        function = plain_function(found)
        if function.__code__ in seen:
            return found
        seen.add(function.__code__)
        following = _mentioned(found, function, slopes)
        if following is None:
            return found
        found = following


def _mentioned(
    called: Function, function: types.FunctionType, slopes: Collection[str]
) -> Function | None:
    owner = getattr(called, "__self__", None)
    for name in _names_of(function.__code__):
        if name in slopes:
            meant = _meant(name, function, owner)
            found: Function | None = next((m for m in meant if _is_another(m, function)), None)
            if found is not None:
                return behind(found, name)  # type: ignore[no-any-return]
    return None


def _meant(name: str, function: types.FunctionType, owner: object) -> Iterator[Any]:
    """Yield what a name may mean in a function: a name of its own module first."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    yield from (_content(cell) for free, cell in cells if free == name)
    if name in function.__globals__:
        yield function.__globals__[name]
    for other in _names_of(function.__code__):
        module = function.__globals__.get(other)
        if isinstance(module, types.ModuleType) and hasattr(module, name):
            yield getattr(module, name)
    if owner is not None and hasattr(type(owner), name):
        yield getattr(owner, name, None)


def _is_another(found: Any, function: types.FunctionType) -> bool:
    try:
        return plain_function(found).__code__ is not function.__code__
    except RecordingError:
        return False


def _names_of(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    yield from code.co_freevars
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names_of(constant)


def resolve(name: str, namespace: Mapping[str, Any], folders: Collection[str]) -> Any:
    """Return what a name means: in the file, in one of its classes, in a module beside it.

    None if it means nothing yet.
    """
    first, *rest = name.split(".")
    found = namespace.get(first)
    for part in rest:
        found = getattr(found, part, None)
    if found is None and not rest:
        found = next(_elsewhere(name, namespace, folders), None)
    return behind(found, name.rpartition(".")[2])


def _elsewhere(name: str, namespace: Mapping[str, Any], folders: Collection[str]) -> Iterator[Any]:
    modules = [module for module in list(sys.modules.values()) if _is_beside(module, folders)]
    spaces = [namespace, *(vars(module) for module in modules)]
    yield from (space[name] for space in spaces if name in space)
    for space in spaces:
        classes = [value for value in space.values() if isinstance(value, type)]
        yield from (getattr(found, name) for found in classes if name in vars(found))


def _is_beside(module: types.ModuleType, folders: Collection[str]) -> bool:
    file = getattr(module, "__file__", None) or ""
    inside = any(file.startswith(folder + os.sep) for folder in folders)
    return inside and "site-packages" not in file and not module.__name__.startswith("tutor.")


def behind(found: Any, name: str) -> Any:
    """Return the function of a name that a decorator keeps in its closure, or what was found."""
    try:
        function = plain_function(found)
    except RecordingError:
        return found
    if function.__code__.co_name == name:
        return found
    for cell in function.__closure__ or ():
        inner = _content(cell)
        if isinstance(inner, types.FunctionType) and inner.__code__.co_name == name:
            return inner
    return found


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not given a value yet
        return None
