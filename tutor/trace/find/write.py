"""Who wrote an array, or one element of it, through any name that shares its memory."""

from __future__ import annotations

import numpy as np

from tutor.trace.find.condition import ConditionError, nearest
from tutor.trace.find.runs import searchable
from tutor.trace.find.trail import Ints, binding_of
from tutor.trace.state import Index
from tutor.trace.steps import Steps


def next_write(steps: Steps, name: str, after: int, idx: Index | None = None) -> int | None:
    """Return the first step after one that writes an array, or one element of it.

    Parameters
    ----------
    name : str
        As the memory of step ``after`` has it: ``x``, or ``net.W``. Which array that is, is
        settled there; a write through any other name that shares it counts too.
    after : int
    idx : tuple of int, optional
        The element; None for any.

    Raises
    ------
    ConditionError
        If the name reaches no array there, or the array has no such element.
    """
    found = _writers(steps, name, idx, after)
    at = int(np.searchsorted(found, after, "right"))
    return int(found[at]) if at < len(found) else None


def last_write(steps: Steps, name: str, idx: Index | None, before: int) -> int | None:
    """Return the last step before one that wrote an element.

    It answers: who changed ``W[0, 1]``?

    Parameters
    ----------
    name : str
        As the memory of step ``before`` has it; see `next_write`.
    idx : tuple of int or None
        The element; None for any.
    before : int
        This step itself does not count, so that the search can be gone on with from what it
        found. ``len(steps)`` to count the last one too.

    Raises
    ------
    ConditionError
        If the name reaches no array there, or the array has no such element.
    """
    found = _writers(steps, name, idx, min(before, len(steps) - 1))
    at = int(np.searchsorted(found, before, "left"))
    return int(found[at - 1]) if at else None


def previous_write(steps: Steps, name: str, before: int) -> int | None:
    """Return the last step before one that wrote any element of an array; see `last_write`."""
    return last_write(steps, name, None, before)


def _writers(steps: Steps, name: str, idx: Index | None, at: int) -> Ints:
    at = max(at, 0)
    found = searchable(steps).writers(name, idx, at) if len(steps) else None
    if found is None:
        names = [one for b in steps.memory(at).buffers for one in b.names] if len(steps) else []
        told = nearest(name, names) if names else "No name is."
        raise ConditionError(f"{name} is no array at step {at}. {told}")
    if idx is not None:
        _check_index(steps, name, idx, at)
    return found


def _check_index(steps: Steps, name: str, idx: Index, at: int) -> None:
    ref = binding_of(steps.memory(at), name)
    shape = ref.shape if ref else ()
    fits = len(idx) == len(shape) and all(-n <= i < n for i, n in zip(idx, shape, strict=True))
    if not fits:
        raise ConditionError(
            f"{name} has shape {shape} and no element {list(idx)}. "
            f"Give {len(shape)} indices, each below its length."
        )
