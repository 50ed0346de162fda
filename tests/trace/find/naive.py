"""The slow ways to search a run: every state is looked at, one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import settings

from tests.trace.test_properties import some
from tutor.trace.saved import Run, Saved, SavedRun, dump, load

few = settings(some, max_examples=15)


def saved(run: Any) -> SavedRun:
    """Return a run as it is read back from a file."""
    found = load(dump(Saved("", (Run("", run),)))).runs[0].steps
    assert isinstance(found, SavedRun)
    return found


def is_true(run: Any, step: int, expression: str) -> bool:
    """Tell whether an expression is true of a state, with the names that it has there."""
    state = run.state(step)
    names = {"step": step, "line": state.line, "np": np, "isnan": np.isnan}
    names |= {"iteration": state.iteration} if state.iteration is not None else {}
    names |= {"idx": state.idx} if state.idx is not None else {}
    names = {k: v for k, v in names.items() if k not in run.names}
    for name, value in state.names.items():
        names[name] = value.to_numpy() if hasattr(value, "to_numpy") else value
    try:
        with np.errstate(all="ignore"):
            return bool(eval(expression, names))
    except Exception:
        return False


def becomes_true(run: Any, expression: str) -> list[int]:
    """Return every step at which an expression becomes true."""
    true = [is_true(run, step, expression) for step in range(len(run))]
    return [s for s, now in enumerate(true) if now and not (s and true[s - 1])]


def nans(run: Any) -> list[int]:
    """Return every step that gives a name a NaN, or writes one where there was none."""
    return [step for step in range(len(run)) if _brings_nan(run.state(step))]


def _brings_nan(state: Any) -> bool:
    given = [state.names[name] for name in state.assigned if name in state.names]
    fresh = [w.new for w in state.writes if _is_nan(w.new) and not _is_nan(w.old)]
    return bool(fresh) or any(_is_nan(value) for value in given)


def _is_nan(value: Any) -> bool:
    held = value.to_numpy() if hasattr(value, "to_numpy") else value
    if not isinstance(held, float | np.ndarray | np.floating):
        return False
    return np.asarray(held).dtype.kind == "f" and bool(np.isnan(held).any())


def writers(run: Any, name: str, idx: tuple[int, ...], at: int) -> list[int]:
    """Return every step whose line wrote an element of the array that a name is at a step."""
    ref = _ref(run, name, at)
    assert ref is not None
    cell = ref.cell(idx)
    found = []
    for step in range(len(run)):
        for buffer in run.memory(step).buffers:
            first = buffer.bindings[0].ref
            if first.buffer == ref.buffer:
                cells = [first.cell(index) for index in buffer.written]
                found += [step] if cell in cells else []
    return sorted(set(found))


def _ref(run: Any, name: str, at: int) -> Any:
    memory = run.memory(at).of(name)
    return next((b.ref for b in memory.bindings if b.name == name), None) if memory else None


def read(value: Any) -> Any:
    """Return a shown value as it can be compared."""
    if hasattr(value, "to_numpy"):
        held = value.to_numpy()
        return held.dtype.str, held.shape, held.tobytes()
    return (type(value).__name__, value) if value == value else "nan"
