"""Two recordings compared step by step: states, memory, writes, iterations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from tutor.trace.state import Memory, Opaque, Returned, State, Write


def plain(value: Any) -> Any:
    """Return a value of a state as something that can be compared to the bit."""
    if hasattr(value, "to_numpy"):
        held = value.to_numpy()
        is_text = value.dtype == object  # saved as texts
        cells = held.astype(str).tolist() if is_text else held.tobytes()
        return "array", held.shape, str(value.dtype), cells, value.changed
    match value:
        case Opaque():
            return "opaque", value.text
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case Returned():
            return value.callee, plain(value.value)
        case Write():
            return tuple(plain(getattr(value, field.name)) for field in fields(value))
        case tuple():
            return tuple(map(plain, value))
        case _:
            return type(value).__name__, repr(value)


def plain_state(state: State) -> dict[str, Any]:
    """Return a state as something that can be compared."""
    return {field.name: plain(getattr(state, field.name)) for field in fields(state)}


def plain_memory(memory: Memory) -> list[Any]:
    """Return the buffers of a step as something that can be compared."""
    return [
        (
            buffer.number,
            buffer.shape,
            buffer.dtype,
            [(one.name, one.how, one.part) for one in buffer.bindings],
            buffer.written,
        )
        for buffer in memory.buffers
    ]


def differences(one: Any, other: Any) -> Iterator[str]:
    """Yield in what two recordings differ."""
    if len(one) != len(other) or one.passes != other.passes:
        yield f"{one!r} and {other!r}"
        return
    for step in range(len(one)):
        mine, theirs = plain_state(one.state(step)), plain_state(other.state(step))
        yield from (f"step {step}: {name}" for name in mine if mine[name] != theirs[name])
        if plain_memory(one.memory(step)) != plain_memory(other.memory(step)):
            yield f"step {step}: memory"
        if one.line_of(step) != other.line_of(step):
            yield f"step {step}: line"
        if one.iteration_of(step) != other.iteration_of(step):
            yield f"step {step}: iteration"
    yield from _differing_tables(one, other)
    for number in range(one.passes):
        idx = one.iteration_index(number)
        if idx != other.iteration_index(number):
            yield f"iteration {number}: idx"
        elif idx is not None and list(one.iterations_at(idx)) != list(other.iterations_at(idx)):
            yield f"iterations at {idx}"
        for edge in ("iteration_start", "iteration_end"):
            if getattr(one, edge)(number) != getattr(other, edge)(number):
                yield f"iteration {number}: {edge}"


def _differing_tables(one: Any, other: Any) -> Iterator[str]:
    for name in ("writes", "iterations"):
        mine, theirs = getattr(one, name), getattr(other, name)
        mine, theirs = (t() if callable(t) else t for t in (mine, theirs))
        for column in mine.dtype.names or ():
            if not _same(mine[column], theirs[column]):
                yield f"{name}: {column}"


def _same(mine: Any, theirs: Any) -> bool:
    if mine.shape != theirs.shape:
        return False
    if mine.dtype.kind == "f":
        return bool(np.array_equal(mine, theirs, equal_nan=True))
    return bool(np.array_equal(mine, theirs))
