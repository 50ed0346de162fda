"""Which names share which piece of memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from tutor.trace.buffers import ArrayRef, reach
from tutor.trace.state import Binding, Buffer, Memory


def lay_out(
    step: int,
    bound: Sequence[tuple[str, ArrayRef]],
    owners: Mapping[int, ArrayRef],
    written: Mapping[int, Sequence[int]],
) -> Memory:
    """Return the buffers that names reach at a step.

    Parameters
    ----------
    bound : sequence of (name, ArrayRef)
        Every name that is an array, those of the traced function first.
    owners : mapping of int to ArrayRef
        The array that owns each buffer.
    written : mapping of int to sequence of int
        The cells of each buffer that the step's line wrote.
    """
    groups: list[list[tuple[str, ArrayRef]]] = []
    for name, ref in bound:
        touching = [g for g in groups if any(overlap(ref, other) for _, other in g)]
        joined = [pair for group in touching for pair in group] + [(name, ref)]
        groups = [group for group in groups if group not in touching] + [joined]
    order = {name: at for at, (name, _) in enumerate(bound)}
    groups.sort(key=lambda group: min(order[name] for name, _ in group))
    return Memory(
        step,
        tuple(
            _buffer(number, sorted(group, key=lambda pair: order[pair[0]]), owners, written)
            for number, group in enumerate(groups)
        ),
    )


@lru_cache(maxsize=16384)
def overlap(first: ArrayRef, second: ArrayRef) -> bool:
    """Tell whether two arrays share at least one element."""
    if not first.size or not second.size:
        return False
    if first == second:
        return True
    if first.buffer == second.buffer:
        return bool(np.isin(first.cells(), second.cells()).any())
    if not _may_overlap(first, second):
        return False
    return bool(np.isin(first.addresses(), second.addresses()).any())


def _may_overlap(first: ArrayRef, second: ArrayRef) -> bool:
    """Tell whether two arrays of different buffers lie in overlapping stretches of memory."""
    (low, high), (start, end) = stretch(first), stretch(second)
    return low < end and start < high


@lru_cache(maxsize=4096)
def stretch(ref: ArrayRef) -> tuple[int, int]:
    """Return the address of an array's lowest byte, and the one after its highest."""
    low, high = reach(ref.shape, ref.strides)
    first, width = ref.start, np.dtype(ref.dtype).itemsize
    return first + (ref.offset + low) * width, first + (ref.offset + high + 1) * width


def _buffer(
    number: int,
    group: list[tuple[str, ArrayRef]],
    owners: Mapping[int, ArrayRef],
    written: Mapping[int, Sequence[int]],
) -> Buffer:
    first = group[0][1]
    owner = owners[first.buffer]
    whole = max((ref for _, ref in group), key=lambda ref: ref.size)
    cells = written.get(first.buffer, ())
    indices = (first.index(cell) for cell in cells)
    return Buffer(
        number=number,
        shape=owner.shape if whole.size == owner.size else whole.shape,
        dtype=str(np.dtype(first.dtype)),
        bindings=tuple(_binding(name, ref, owner) for name, ref in group),
        written=tuple(index for index in indices if index is not None),
    )


def _binding(name: str, ref: ArrayRef, owner: ArrayRef) -> Binding:
    if ref == owner:
        return Binding(name, "owns", "", ref)
    return Binding(name, "view", describe_part(ref, owner), ref)


def describe_part(ref: ArrayRef, owner: ArrayRef) -> str:
    """Return which part of its owner a view reads: ``[1]``, ``.T``, ``.reshape(6)``."""
    if ref.buffer != owner.buffer:
        return f" as {np.dtype(ref.dtype)}"
    if ref.size == owner.size and ref.offset == owner.offset:
        if (ref.shape, ref.strides) == (owner.shape[::-1], owner.strides[::-1]):
            return ".T"
        if ref.is_whole_rows:
            return f".reshape({', '.join(map(str, ref.shape))})"
    if (ref.shape, ref.strides) == (owner.shape[1:], owner.strides[1:]) and owner.strides[0]:
        return f"[{(ref.offset - owner.offset) // owner.strides[0]}]"
    if (ref.shape, ref.strides) == (owner.shape[:1], owner.strides[:1]) and len(owner.shape) == 2:
        return f"[:, {(ref.offset - owner.offset) // max(owner.strides[1], 1)}]"
    at = owner.index(ref.offset)
    return f"a part, from {at} on" if at else "a part"
