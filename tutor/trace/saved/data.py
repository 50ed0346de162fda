"""A recorded run as plain tables: what is written to a file, and what a reader reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.state import Note, Source

Ints = NDArray[np.int64]
NO_INDEX, PADDING = -(2**31), -(2**31) + 1  # in a row of indices: none, and beyond its end


@dataclass(frozen=True, slots=True)
class SavedSite:
    """A place where a run can stand: a statement of one of the sources.

    ``calls`` tells that a function which can be stepped into was called there.
    """

    source: int
    line: int
    end_line: int
    depth: int = 0
    assigned: tuple[str, ...] = ()
    calls: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """Values of one kind, in their order.

    ``name`` is ``"float"``, ``"int"``, ``"bool"``, ``"tuple"`` (rows of integers, shape (n, w)),
    ``"array"`` (numbers of views), ``"missing"`` (the name was deleted), ``"object"`` (numbers in
    the run's table of objects), or ``"numpy"``: scalars of the dtype of ``data``.
    """

    name: str
    data: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Values:
    """Values of any kinds: ``which`` is the kind of each, an index into ``kinds``, shape (n,)."""

    which: NDArray[np.uint8]
    kinds: tuple[Kind, ...]

    def __len__(self) -> int:
        return len(self.which)

    def ranks(self) -> Ints:
        """Return for each value how many of its kind come before it."""
        out = np.zeros(len(self), np.int64)
        for number in range(len(self.kinds)):
            mine = np.flatnonzero(self.which == number)
            out[mine] = np.arange(len(mine))
        return out


@dataclass(frozen=True, slots=True)
class NameTable:
    """The values of one name and the steps that gave them, in the order of the run.

    ``of_iteration`` tells that each iteration computes it anew. ``frame`` is the frame that it
    belongs to, None where every call of one function has it.
    """

    name: str
    steps: Ints
    values: Values
    of_iteration: bool = False
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnTable:
    """What calls gave back to their line: of a function's name, at steps, in the line's order.

    Where ``of`` is a name, the values are those that it was given at the steps of a site.
    """

    callee: str
    of: str = ""
    site: int = -1
    steps: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How an array lies in its buffer: shape, strides in cells, and the dtype of a cell."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Views:
    """Arrays as places in buffers, a row each: buffer, first cell, and which layout."""

    layouts: tuple[Layout, ...]
    buffer: Ints
    offset: Ints
    layout: Ints

    def __len__(self) -> int:
        return len(self.buffer)


@dataclass(frozen=True, slots=True)
class Buffers:
    """Pieces of memory, a row each.

    ``owner`` is the view that covers the buffer, ``start`` its address in bytes, from 0;
    ``cells`` how many cells it has, and ``initial`` their first contents, one buffer after the
    other, by dtype. ``dtype`` is an index into ``dtypes``.
    """

    dtypes: tuple[str, ...]
    dtype: Ints
    cells: Ints
    start: Ints
    owner: Ints
    initial: tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class WriteTable:
    """Written cells of one dtype, in the order of the run.

    ``name`` is an index into the run's ``texts``, -1 for a change that no line made: it was
    found when a call began. ``view`` is the array through which it was written, -1 if unknown.
    """

    steps: Ints
    buffer: Ints
    cell: Ints
    value: NDArray[Any]
    name: Ints
    view: Ints


@dataclass(frozen=True, slots=True)
class Iterations:
    """First and last step of each pass, the index it perturbs, and the table.

    ``idx`` has a row a pass, as wide as the longest index: its first number is `NO_INDEX` where
    there is none, those beyond its end are `PADDING`.
    """

    starts: Ints
    ends: Ints
    idx: Ints
    table: NDArray[np.void]
    passes: Ints

    @classmethod
    def none(cls, table: NDArray[np.void]) -> Iterations:
        """Return those of a run that has none, with its empty table."""
        nothing = np.zeros(0, np.int64)
        return cls(nothing, nothing, np.zeros((0, 1), np.int64), table, nothing)


@dataclass(frozen=True)
class RunData:
    """One recorded run.

    Attributes
    ----------
    path : ndarray
        The site of each step.
    frames : ndarray or None
        The frame of each step; None where the call is it.
    calls : ndarray
        The first step of each call.
    reached : tuple of mapping
        Name to view of the arrays that names around a call reach; ``reached_by`` says which of
        these a call has.
    results : mapping
        What a step's line returned: a number in ``objects``.
    exceptions, printed : mapping
        The text of the steps that have one.
    inside : mapping
        The calls that were stepped into, by step.
    """

    name: str
    names: tuple[str, ...]
    sources: tuple[Source, ...]
    sites: tuple[SavedSite, ...]
    path: Ints
    frames: Ints | None
    calls: Ints
    iterations: Iterations
    tables: tuple[NameTable, ...]
    returned: tuple[ReturnTable, ...]
    views: Views
    buffers: Buffers
    writes: tuple[WriteTable, ...]
    texts: tuple[str, ...]
    objects: tuple[object, ...]
    reached: tuple[Mapping[str, int], ...]
    reached_by: Ints
    results: Mapping[int, int] = field(default_factory=dict)
    exceptions: Mapping[int, str] = field(default_factory=dict)
    printed: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    inside: Mapping[int, RunData] = field(default_factory=dict)
    result: object = None
    exception: str | None = None
