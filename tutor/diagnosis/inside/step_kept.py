"""A program's data at the moment when it first came to a training step, kept for its runs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside.step_notes import arrays

_LARGE = 4096  # elements of an array that is shared between runs
_HUGE = 1_000_000  # elements of one that is not even copied once
_NOT_DATA = (ModuleType, type, FunctionType, MethodType, type(len), Iterator)


@dataclass(slots=True)
class Kept:
    """A program's data at the moment it came to a step, arrays copied."""

    module: dict[str, Any]
    outer: dict[str, Any]
    inner: dict[str, Any] | None
    weights: list[int] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)

    @staticmethod
    def of(names: dict[str, Any], module: dict[str, Any]) -> Kept:
        """Copy the names of a place, and those of its module where that is another place."""
        # In float32 no difference of losses is worth anything: what it is beside is in float64.
        held = ("", {**_data(module), **_data(names)})
        narrow = [a for _, a in arrays(*held) if a.dtype == np.float32]
        memo: dict[int, Any] = {id(a): a.astype(np.float64) for a in narrow}
        memo.update((id(a), a) for _, a in arrays(*held) if a.size > _HUGE)
        outer = copied_names(_data(module), memo)
        inner = None if names is module else copied_names(_locals(names), memo)
        return Kept(module, outer, inner)

    def widen(self, names: Sequence[str]) -> None:
        """Make arrays of numbers that are weights: what has no elements cannot be moved."""
        for held in (self.outer, self.inner or {}):
            for name in names:
                if type(held.get(name)) in (float, np.float64, np.float32):
                    held[name] = np.array(held[name], dtype=float)

    def copied(self, share: bool) -> tuple[dict[str, Any], dict[str, Any] | None, dict[int, Any]]:
        """Return a fresh copy of both, and what each object became."""
        memo: dict[int, Any] = {}
        if share:
            for held in (self.outer, self.inner or {}):
                for value in held.values():
                    if _is_large(value) and id(value) not in self.weights:
                        memo[id(value)] = value
        outer = copied_names(self.outer, memo)
        inner = None if self.inner is None else copied_names(self.inner, memo)
        return outer, inner, memo


def _data(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values among names, without modules, functions and classes."""
    return {
        name: value
        for name, value in names.items()
        if not name.startswith("__") and not isinstance(value, _NOT_DATA)
    }


def _is_large(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.size > _LARGE


def _locals(names: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in names.items()
        if name.isidentifier() and not name.startswith("__")
    }


def copied_names(names: Mapping[str, Any], memo: dict[int, Any]) -> dict[str, Any]:
    """Return a deep copy; what cannot be copied stays what it is."""
    out = {}
    for name, value in names.items():
        try:
            out[name] = copy.deepcopy(value, memo)
        except Exception:  # anything may refuse to be copied, in any way
            out[name] = value
    return out


def grown(kept: Kept, old: int, new: int) -> Kept:
    """Return what was kept with every array and number of one size grown to another."""
    memo: dict[int, Any] = {}
    outer = copied_names(kept.outer, memo)
    inner = None if kept.inner is None else copied_names(kept.inner, memo)
    weights = {id(memo[place]) for place in kept.weights if place in memo}
    for held in (outer, inner or {}):
        for name, value in held.items():
            if type(value) is int and value == old:
                held[name] = new
            elif isinstance(value, np.ndarray) and id(value) not in weights:
                held[name] = _enlarged(value, old, new)
    places = [id(memo[place]) for place in kept.weights]
    return Kept(kept.module, outer, inner, places, kept.noted)


def _enlarged(values: NDArray[Any], old: int, new: int) -> NDArray[Any]:
    axes = [axis for axis, size in enumerate(values.shape) if size == old]
    if len(axes) != 1:
        return values
    return np.concatenate([values] * (new // old), axis=axes[0])
