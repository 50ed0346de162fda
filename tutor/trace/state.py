"""What a recorded run looked like at one step: plain, immutable values that a screen draws.

Step ``k`` is the state after line ``k`` has run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tutor.trace.buffers import ArrayRef

Index = tuple[int, ...]


class ArrayView(Protocol):
    """An array as it stood at one step, read where it is looked at and copied nowhere.

    ``shape`` and ``dtype`` are those of the recorded array. ``changed`` holds the index of
    the elements that differ from the start of this iteration (the one being perturbed).
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the array."""

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Return the dtype of the array."""

    @property
    def changed(self) -> tuple[Index, ...]:
        """Return the elements that differ from what they were when the iteration began."""

    def __getitem__(self, index: int | Index) -> object:
        """Return one element, a NumPy scalar."""

    def window(self, rows: slice, columns: slice) -> NDArray[np.generic]:
        """Return a copy of a part of the array seen as a matrix: (1, n) for a vector.

        An array of more than two dimensions is seen as (product of the leading ones, last).
        """

    def to_numpy(self) -> NDArray[np.generic]:
        """Return a copy of the whole array at this step."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that was seen but not kept: a function, an iterator, a net.

    ``held`` is the function itself, so that it can be stepped into; None for anything else.
    """

    text: str
    held: object = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Source:
    """The source of one recorded function, as it ran.

    ``lines[i]`` is line ``first_line + i`` of ``filename``; both count from 1.
    An empty ``lines`` means that the source could not be had.
    """

    name: str
    filename: str
    first_line: int
    lines: tuple[str, ...]

    def line(self, number: int) -> str:
        """Return the text of one line of the file, or an empty string outside the function."""
        at = number - self.first_line
        return self.lines[at] if 0 <= at < len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Write:
    """One element of one array, written by one line: ``name[index]`` went from old to new."""

    step: int
    name: str
    index: Index
    old: object
    new: object


class Returned(NamedTuple):
    """A value that a called function gave back while a line ran: ``callee(...)`` was ``value``."""

    callee: str
    value: object


@dataclass(frozen=True, slots=True)
class State:
    """Everything that was true after one line had run.

    Attributes
    ----------
    step : int
        The step, counted from 0 over the whole recording.
    source : Source
        The function that ran; while f is stepped into it changes from frame to frame.
    line, end_line : int
        First and last line of the statement that ran, numbered as in the file.
    depth : int
        0 in the traced function, 1 in a function it called, and so on.
    call : int
        Which call of the traced function, from 0.
    iteration : int or None
        Which iteration of the whole recording, from 0; None outside the loop.
    idx : tuple of int or None
        The element being perturbed in this iteration.
    names : mapping of str to object
        Name to value. Scalars are Python or NumPy scalars, tuples, strings, None; an array is
        an `ArrayView`; anything else is `Opaque`.
    blank : tuple of str
        Names that this iteration has not computed yet. They are shown empty.
    assigned : tuple of str
        The names that this line gave a value.
    writes : tuple of Write
        The array elements that this line wrote, or the first hundred of them.
    written : int
        How many it wrote.
    returned : tuple of Returned
        What the calls in this line gave back.
    result : tuple
        The value that this line returned, as the only item; empty for any other line.
    exception : str or None
        ``"ValueError: ..."`` where this line raised.
    printed : str
        What was written to standard output while this line ran.
    """

    step: int
    source: Source
    line: int
    end_line: int
    depth: int
    call: int
    iteration: int | None
    idx: Index | None
    names: Mapping[str, object]
    blank: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    writes: tuple[Write, ...] = ()
    written: int = 0
    returned: tuple[Returned, ...] = ()
    result: tuple[object, ...] = ()
    exception: str | None = None
    printed: str = ""


class Binding(NamedTuple):
    """A name and how it reaches a buffer.

    ``how`` is ``"owns"`` for the whole buffer, ``"view"`` for a part or another shape of it.
    ``part`` says which part a view covers, such as ``"[1]"``; it is empty for the whole.
    """

    name: str
    how: str
    part: str = ""
    ref: ArrayRef | None = None


@dataclass(frozen=True, slots=True)
class Buffer:
    """A piece of memory and every name that reads it.

    ``written`` holds the elements that the line of this step wrote, in the indices of the
    first name.
    """

    number: int
    shape: tuple[int, ...]
    dtype: str
    bindings: tuple[Binding, ...]
    written: tuple[Index, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names alone."""
        return tuple(binding.name for binding in self.bindings)


@dataclass(frozen=True, slots=True)
class Memory:
    """Which names share which buffer at one step."""

    step: int
    buffers: tuple[Buffer, ...]

    def of(self, name: str) -> Buffer | None:
        """Return the buffer that a name reaches, or None if it is no array."""
        return next((b for b in self.buffers if name in b.names), None)

    def shares(self, first: str, second: str) -> bool:
        """Tell whether two names share at least one element."""
        from tutor.trace.memory import overlap

        buffer = self.of(first)
        refs = {b.name: b.ref for b in buffer.bindings} if buffer else {}
        one, other = refs.get(first), refs.get(second)
        return one is not None and other is not None and overlap(one, other)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the recorder has to say about what it could not see: a sentence for the user."""

    text: str
    step: int | None = None
