"""The call under way, and those before it that wait to be sorted in.

A call may be over after a few iterations, and there may be thousands of calls. So while one
runs, its arrays are just copied as bytes; where they lie and in which columns they stand is
worked out for some dozens of calls at once.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import FLOAT64, ArrayRef, Snapshot, Tracker, can_be_kept
from tutor.trace.columns import Column, placed
from tutor.trace.describe import as_number, describe
from tutor.trace.looks import NO_ROW, Ended, Entry, Looks, layout
from tutor.trace.reach import Reached, names_read

_FEW = 12  # numbers of a returned array that is kept
_SMALL = 512  # elements that are copied at once, before it is known where they lie
_MOST_WAITING = 64  # calls

_Array: TypeAlias = NDArray[Any]
_Begun: TypeAlias = tuple[_Array, int, bytes]  # where and with what it was copied


class Calls:
    """Takes note of calls while they run.

    Parameters
    ----------
    plain : function
        The traced function; the names that it reads are looked at too.
    arguments : sequence of (name, column)
        Its arguments in the order of its signature.
    columns : sequence of Column
        All columns of the recording.
    path : list of int
        The blocks that have run.
    keep : callable
        Returns a value as it is recorded.
    on_inner_call, on_end : callable
        What is to be done when the function calls itself, and at the end of a call of which
        something was sorted in already.
    on_many : callable
        What is to be done after each such call, and after some dozens of others.
    """

    def __init__(
        self,
        plain: types.FunctionType,
        arguments: Sequence[tuple[str, Column]],
        columns: Sequence[Column],
        path: list[int],
        tracker: Tracker,
        keep: Callable[[object], object],
        on_inner_call: Callable[[], None],
        on_end: Callable[[], None],
        on_many: Callable[[], None],
    ) -> None:
        self.on_inner_call = on_inner_call
        self.on_end = on_end
        self.on_many = on_many
        self.looks = Looks(tracker.whole)
        self._cells: bytearray = self.looks.cells
        self._copied_at = self.looks.copied_at.append
        self.under_way = False
        self.is_raw = False  # nothing of the call under way is sorted in
        self._plain = plain
        self._names = [name for name, _ in arguments]
        self._entries = [column for _, column in arguments]
        self._columns = columns
        self._path = path
        self._tracker = tracker
        self._keep = keep
        self._entry: Entry | None = None
        self._given_shapes: dict[int, tuple[int, ...]] = {}
        self._most = _SMALL
        self._position = 0
        # Of calls that have ended and are not sorted in, all of one entry: how many there are,
        # the arrays that they copied, the shapes of those that no entry knows, with where they
        # were copied last. Those of the call under way begin at `_start`.
        self._ended: list[Ended] = []
        self._arrays: list[_Array] = []
        self._shapes: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._start = 0

    # -- a call begins, shows arrays, ends ----------------------------------------------------

    def enter(self, *given: object) -> bool:
        """Begin a call; true if it is not to be recorded, since another one is under way."""
        if self.under_way:
            self.on_inner_call()
            return True
        self.under_way = True
        entry = self._entry
        if not (
            entry is not None
            and all(map(is_, given, entry.given))
            and entry.serves_again
            and entry.looked.passed.is_unchanged()
        ):
            entry = self._entry = self._look(given)
            self._given_shapes = entry.shapes
        self._position = position = len(self._path)
        self._start = len(self._arrays)
        self.is_raw = True
        for values, shape in entry.copied:
            if values.shape != shape or values.dtype is not FLOAT64:
                return self._enter_otherwise(given)
            self._arrays.append(values)
            self._copied_at(position)
            self._cells.extend(values.tobytes())
        if self._tracker.shown:
            self._tracker.shown = []
        if entry.others:
            if [*map(layout, entry.others)] != entry.layouts:
                return self._enter_otherwise(given)
            self.sort_in()
            for values in entry.others:
                self._tracker.keep(values, position)
        return False

    def _enter_otherwise(self, given: tuple[object, ...]) -> bool:
        """Begin the call again, since an array has got another shape in place."""
        self._take_back()
        self._start = 0
        self.under_way = self.is_raw = False
        self.sort_in()
        self._entry = None
        return self.enter(*given)

    def take(self, values: _Array) -> bool:
        """Copy an array at once if it is a usual one, to be sorted in later; tell whether."""
        if not self.is_raw or values.dtype is not FLOAT64:
            return False
        number, shape = id(values), values.shape
        if number in self._given_shapes:
            return self._given_shapes[number] == shape
        if number in self._shapes:
            place, known = self._shapes[number]
            if known != shape or place >= self._start:
                return known == shape
        if values.base is not None or not values.flags.c_contiguous:
            return False
        if not 0 < values.size <= self._most:
            return False
        self._shapes[number] = len(self._arrays), shape
        self._arrays.append(values)
        raw = values.tobytes()
        if raw.strip(b"\0"):
            self._copied_at(len(self._path))
            self._cells.extend(raw)
        else:
            self._copied_at(~len(self._path))
        return True

    def result(self, block: int, value: Any) -> Any:
        """Mark a return statement that ends a call, and give the returned value back."""
        self._path.append(block)
        self.end(value)
        return value

    def end(self, result: object) -> None:
        """End the call under way."""
        self.under_way = False
        if not self.is_raw:
            self.looks.returned(_described(result))
            self.on_end()
            self.on_many()
            return
        self.is_raw = False
        row = NO_ROW
        arrays, start, cells = self._arrays, self._start, self._cells
        for at in range(start, len(arrays)):
            values = arrays[at]
            if values is result and values.size <= _FEW and self._is_as_shown(values):
                row = at
            cells.extend(values.tobytes())
        found = _described(result) if row == NO_ROW else None
        ended = self._ended
        ended.append((self._position, len(arrays) - start, row, found))
        if len(ended) >= _MOST_WAITING:
            self.sort_in()
            self.on_many()

    def _is_as_shown(self, values: _Array) -> bool:
        known, number = self._given_shapes, id(values)
        shape = known[number] if number in known else self._shapes[number][1]
        return values.shape == shape and values.dtype is FLOAT64

    # -- what a call is given -----------------------------------------------------------------

    def _look(self, given: tuple[object, ...]) -> Entry:
        """Look at what a call is given, and at all that can be reached from it."""
        self.sort_in()
        if not len(self.looks):
            self.looks.random_state = np.random.get_state()
        arguments = dict(zip(self._names, given, strict=True))
        looked = self._reached_from(given, arguments)
        arrays = looked.arrays.items()
        reached = {n: self._tracker.ref(values) for n, values in arrays if can_be_kept(values)}
        copied: dict[int, _Array] = {}
        others: list[_Array] = []
        kept: list[object] = []
        serves_again = True
        for value in given:
            if not isinstance(value, np.ndarray):
                kept.append(describe(value))
            elif _is_usual(value, self._most):
                kept.append(value)
                copied[id(value)] = value
            elif self._can_be_shown(value):
                kept.append(self._tracker.ref(value))
                others.append(value)
            else:  # recorded as what it holds now
                kept.append(self._keep(value))
                serves_again = False
        return Entry(
            given=given,
            arguments=arguments,
            reached=reached,
            looked=looked,
            kept=tuple(kept),
            copied=tuple((values, values.shape) for values in copied.values()),
            shapes={number: values.shape for number, values in copied.items()},
            others=tuple(others),
            layouts=[*map(layout, others)],
            serves_again=serves_again,
        )

    def _can_be_shown(self, values: _Array) -> bool:
        is_number = values.ndim == 0 and values.dtype.kind in "iu"
        return can_be_kept(values) and not is_number and not self._tracker.is_full

    def _reached_from(self, given: tuple[object, ...], arguments: dict[str, object]) -> Reached:
        if self._entry is not None and self._entry.looked.is_as_before(list(given)):
            return self._entry.looked
        looked = Reached.look(list(given), {**names_read(self._plain), **arguments})
        looked.passed.add_function(self._plain)
        return looked

    # -- sorting in ---------------------------------------------------------------------------

    def sort_in(self) -> None:
        """Work out where the arrays of all calls lie; put them into the columns and the looks.

        The call under way is no longer raw after that: its arrays go the slower way.
        """
        entry = self._entry
        if entry is None or not (self._ended or self.is_raw):
            return
        known = self._places(entry)
        before = len(self.looks.cells)
        count = len(self._ended) + self.is_raw
        begun = self._take_back() if self.is_raw else []
        self._sort_in_ended(entry, known)
        if self.is_raw:
            self.looks.sort_in(entry, [(self._position, 0, NO_ROW, None)], [], {})
            self._sort_in_begun(begun, known)
        for column, value in zip(self._entries, entry.kept, strict=True):
            found = placed(value, known) if isinstance(value, np.ndarray) else value
            column.repeat(found, count)
        for column in self._columns:
            if column.mixed:
                column.settle(known)
        self.is_raw = False
        self._ended.clear()
        self._arrays.clear()
        self._shapes.clear()
        self._tracker.use(len(self.looks.cells) - before)
        self._most = -1 if self._tracker.is_full else _SMALL

    def _places(self, entry: Entry) -> dict[int, int | ArrayRef]:
        """Return where each array lies, by its id.

        An array that is seen for the first time is given a number and not held: most are gone
        by now, and one that lives on is another buffer to the calls that come.
        """
        shapes = {**entry.shapes, **{number: shape for number, (_, shape) in self._shapes.items()}}
        arrays = dict.fromkeys(map(id, self._arrays))
        known: dict[int, int | ArrayRef] = {}
        for number, buffer in self._tracker.known(arrays).items():
            shape = shapes[number]
            known[number] = buffer.number if buffer.shape == shape else buffer.whole.in_rows(shape)
        new = [number for number in arrays if number not in known]
        places = self._tracker.reserve([shapes[number] for number in new])
        known.update(zip(new, places, strict=True))
        return known

    def _take_back(self) -> list[_Begun]:
        """Return the arrays of the call under way, with where and with what they were copied."""
        arrays = self._arrays[self._start :]
        del self._arrays[self._start :]
        copies = self.looks.take_back([values.nbytes for values in arrays])
        return [(values, *copy) for values, copy in zip(arrays, copies, strict=True)]

    def _sort_in_ended(self, entry: Entry, known: dict[int, int | ArrayRef]) -> None:
        found = [*map(known.__getitem__, map(id, self._arrays))]
        parts: dict[int, tuple[int, ...]] = {}
        if ArrayRef in set(map(type, found)):
            first = len(self.looks.numbers)
            parts = {n: w.shape for n, w in enumerate(found, first) if isinstance(w, ArrayRef)}
            found = [w.buffer if isinstance(w, ArrayRef) else w for w in found]
        self.looks.sort_in(entry, self._ended, found, parts)

    def _sort_in_begun(self, begun: list[_Begun], known: dict[int, int | ArrayRef]) -> None:
        for values, position, raw in begun:
            if self._tracker.buffer_of(values) is None:
                place = known[id(values)]
                assert isinstance(place, int)
                self._tracker.hold(place, values, self._tracker.buffers[place])
            buffer = self._tracker.buffer_of(values)
            assert buffer is not None
            buffer.snapshots.append(Snapshot(position, np.frombuffer(raw, FLOAT64)))
            self._tracker.shown.append(buffer)


def _described(result: object) -> object:
    if result.__class__ is np.ndarray and result.size <= _FEW:
        return result.copy()
    return describe(as_number(result))


def _is_usual(values: _Array, most: int) -> bool:
    """Tell whether an array is a small one of floats in rows that owns its memory."""
    return (
        values.__class__ is np.ndarray
        and values.dtype is FLOAT64
        and values.base is None
        and 0 < values.size <= most
        and values.flags.c_contiguous
    )
