"""Which names share which piece of memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tutor.trace.buffers import ArrayRef
from tutor.trace.state import Binding, Buffer, Index, Memory


class Bound(NamedTuple):
    """The array that owns a buffer: its shape, and its strides in cells."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]


def lay_out(
    step: int,
    bound: Sequence[tuple[str, ArrayRef]],
    owners: Mapping[int, Bound],
    written: Mapping[int, Sequence[int]],
) -> Memory:
    """Return the buffers that names reach at a step.

    Parameters
    ----------
    bound : sequence of (name, ArrayRef)
        Every name that is an array, those of the traced function first.
    owners : mapping of int to Bound
        The array that owns each buffer.
    written : mapping of int to sequence of int
        The cells of each buffer that the step's line wrote.
    """
    groups: list[list[tuple[str, ArrayRef]]] = []
    for name, ref in bound:
        touching = [group for group in groups if any(overlap(ref, other) for _, other in group)]
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


def overlap(first: ArrayRef, second: ArrayRef) -> bool:
    """Tell whether two arrays share at least one element."""
    if first.buffer != second.buffer or not first.size or not second.size:
        return False
    if first == second:
        return True
    return bool(np.isin(first.cells(), second.cells()).any())


def _buffer(
    number: int,
    group: list[tuple[str, ArrayRef]],
    owners: Mapping[int, Bound],
    written: Mapping[int, Sequence[int]],
) -> Buffer:
    first = group[0][1]
    owner = owners[first.buffer]
    whole = max((ref for _, ref in group), key=lambda ref: ref.size)
    cells = written.get(first.buffer, ())
    indices = (first.index(cell) for cell in cells)
    return Buffer(
        number=number,
        shape=owner.shape if whole.size == int(np.prod(owner.shape)) else whole.shape,
        dtype=str(np.dtype(first.dtype)),
        bindings=tuple(_binding(name, ref, owner) for name, ref in group),
        written=tuple(index for index in indices if index is not None),
    )


def _binding(name: str, ref: ArrayRef, owner: Bound) -> Binding:
    if ref.offset == 0 and (ref.shape, ref.strides) == owner:
        return Binding(name, "owns", "", ref)
    return Binding(name, "view", describe_part(ref, owner), ref)


def describe_part(ref: ArrayRef, owner: Bound) -> str:
    """Return which part of its owner a view reads: ``[1]``, ``.T``, ``.reshape(6)``."""
    whole = int(np.prod(owner.shape))
    if ref.size == whole and ref.offset == 0:
        if (ref.shape, ref.strides) == (owner.shape[::-1], owner.strides[::-1]):
            return ".T"
        if ref.is_whole_rows:
            return f".reshape({', '.join(map(str, ref.shape))})"
    if (ref.shape, ref.strides) == (owner.shape[1:], owner.strides[1:]) and owner.strides[0]:
        return f"[{ref.offset // owner.strides[0]}]"
    if (ref.shape, ref.strides) == (owner.shape[:1], owner.strides[:1]) and len(owner.shape) == 2:
        return f"[:, {ref.offset}]"
    start = Bound(owner.shape, owner.strides)
    at = _index_in(ref.offset, start)
    return f"a part, from {at} on" if at else "a part"


def _index_in(cell: int, owner: Bound) -> Index | None:
    return ArrayRef(0, 0, owner.shape, owner.strides, "").index(cell)
