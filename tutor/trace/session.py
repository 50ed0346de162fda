"""What the recording callables do while the learner's function runs."""

from __future__ import annotations

import builtins
import itertools
import sys
import time
import types
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, Buffer, Tracker, can_be_kept
from tutor.trace.calls import Calls
from tutor.trace.columns import MISSING, Column
from tutor.trace.describe import as_number, describe, described_by_class, is_constant
from tutor.trace.hooks import Hook, read_placeholder
from tutor.trace.layout import Layout
from tutor.trace.looks import Call as Call
from tutor.trace.printed import Printed
from tutor.trace.raising import Cut, mark_raising_line, steps_so_far
from tutor.trace.state import Note, Opaque
from tutor.trace.watch import Watch

_SMALL = 4096  # cells: a check keeps a copy up to here, a checksum above
_FIRST_PASSES = 4  # looked at each
_PASSES = 512  # from one sorting in of values to the next
_MOST_CHECKED = 32
_SHARE = 0.01  # of the run's time that looking at arrays may take
_REPLACED = (
    "Other arrays were put into {text} while the function ran. Until the next call the memory "
    "shows those that were in there when it began."
)
_FULL = "Too many arrays to keep them all: the later ones are named without their values."
_GRACE = 0.002  # seconds of looking that are never too many


class Check(NamedTuple):
    """A buffer looked at: a copy of its cells, or their checksum where they are many."""

    call: int
    position: int
    site: int | None
    buffer: int
    cells: NDArray[Any] | None
    checksum: int


@dataclass(frozen=True, slots=True)
class NotArray:
    """An item written in a list or a dict: no array element."""

    key: object
    value: object


@dataclass
class Session:
    """Everything one recording gathers while it runs."""

    layout: Layout
    name: str
    plain: types.FunctionType
    path: list[int] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    inside: dict[int, Any] = field(default_factory=dict)
    cuts: dict[int, Cut] = field(default_factory=dict)
    messages: dict[int, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    tracker: Tracker = field(default_factory=Tracker)
    code: types.CodeType | None = None
    began: float = field(default_factory=time.perf_counter)
    _ticked: int = 0
    _spent: float = 0.0
    _last_trace: types.TracebackType | None = None
    counted: Counter[int] = field(default_factory=Counter)
    counted_to: int = 0
    printed: list[Printed] = field(default_factory=list)
    watch: Watch | None = None

    def __post_init__(self) -> None:
        self.columns = [Column() for _ in range(self.layout.columns)]
        entry = [(a.name, self.columns[a.column]) for a in self.layout.sites[0].assigns]
        self.calls = Calls(
            self.plain,
            entry,
            self.columns,
            self.path,
            self.tracker,
            keep=self.keep,
            on_inner_call=self._say_inner_call,
            on_end=self._check_shown,
            on_many=self._ask_watch,
        )

    def settle(self) -> None:
        """Sort in all that waits."""
        self.calls.sort_in()
        for column in self.columns:
            column.settle()

    # -- putting the callables in place ------------------------------------------------------

    def bind(self, code: types.CodeType) -> types.CodeType:
        """Return the code with the recording callables in the place of their placeholders."""
        constants = tuple(self._constant(constant) for constant in code.co_consts)
        self.code = code.replace(co_consts=constants)
        return self.code

    def _constant(self, constant: object) -> Any:
        found = read_placeholder(constant)
        if found is None:
            return constant
        hook, numbers = found
        if numbers:
            return getattr(self, f"_make_{hook.value}")(numbers[0])
        fixed = {
            Hook.FLOAT64: np.float64,
            Hook.FLOAT: float,
            Hook.NDARRAY: np.ndarray,
            Hook.TUPLE: tuple,
            Hook.INT: int,
            Hook.TICK: self._ticks().__next__,
            Hook.MARK: self.path.append,
            Hook.LOCALS: builtins.locals,
            Hook.SLICE: builtins.slice,
            Hook.PLAIN: self.plain,
            Hook.ENTER: self.calls.enter,
            Hook.RESULT: self.calls.result,
        }
        return fixed[hook] if hook in fixed else getattr(self, hook.value)

    def _make_append(self, column: int) -> Callable[[float], None]:
        return self.columns[column].append  # type: ignore[no-any-return]

    def _make_value(self, column: int) -> Callable[[object], None]:
        into = self.columns[column]
        append, take, ndarray = into.append, self.calls.take, np.ndarray
        described: dict[type, object] = {}

        def value(found: object) -> None:
            kind = found.__class__
            into.mixed = True
            if kind in described:
                append(described[kind])
            elif kind is ndarray and take(found):  # type: ignore[arg-type]
                append(found)
            elif isinstance(found, ndarray):
                self._put(into, self.keep(found))
            elif kind is tuple or is_constant(found):
                append(found)
            elif kind is np.flatiter:
                self._put(into, self.keep(found))
            else:
                append(describe(found))
                if described_by_class(kind):
                    described[kind] = describe(found)

        return value

    def _put(self, column: Column, value: object) -> None:
        """Put a value into a column, after all that waits for it."""
        self.calls.sort_in()
        column.put(value)

    def _make_whole(self, column: int) -> Callable[[object], None]:
        into = self.columns[column]

        def whole(found: object) -> None:
            if self._can_keep(found):
                self._show(found)
                self._put(into, self.tracker.written(found, ...))
            else:
                self._put(into, self.keep(found))

        return whole

    def _make_element(self, column: int) -> Callable[[object, object, object], None]:
        into = self.columns[column]
        stores = (store for site in self.layout.sites for store in site.stores)
        place = next(store for store in stores if store.column == column)
        resolvable = place.base is not None and place.index is not None

        def element(base: object, index: object, value: object) -> None:
            gone_through = base.base if isinstance(base, np.flatiter) else base
            is_array = isinstance(value, np.ndarray)
            if is_array and isinstance(gone_through, dict) and not place.is_augmented:
                self._say(_REPLACED.format(text=place.text))
            if not isinstance(gone_through, np.ndarray) or not can_be_kept(gone_through):
                self._put(into, NotArray(describe(index), describe(value)))
            elif resolvable and isinstance(value, np.generic) and value.dtype.kind in "fiub":
                self._put(into, value)
            else:
                self._show(gone_through)
                written = base if isinstance(base, np.flatiter) else gone_through
                self._put(into, self.tracker.written(written, index))

        return element

    def _make_unreadable(self, column: int) -> Callable[[object], None]:
        into = self.columns[column]

        def unreadable(base: object) -> None:
            error = sys.exc_info()[1]
            if not isinstance(error, Exception):
                raise  # a Ctrl-C that arrived just here
            self._put(into, NotArray(None, Opaque(type(base).__name__)))

        return unreadable

    def _make_inside(self, column: int) -> Callable[[Any], Any]:
        into = self.columns[column]
        append = into.append
        at = self.inside.setdefault(column, array("q")).append
        path = self.path
        named = any(a.column == column and a.name for s in self.layout.sites for a in s.assigns)

        def inside(value: Any) -> Any:
            kind = value.__class__
            at(len(path))
            if kind is np.float64 or kind is float:
                append(value)
            else:
                into.mixed = True
                self._put(into, self.keep(value) if named else describe(as_number(value)))
            return value

        return inside

    def _make_gone(self, column: int) -> Callable[[], None]:
        positions = self.inside.setdefault(column, array("q"))

        def gone() -> None:
            positions.append(len(self.path))
            self._put(self.columns[column], MISSING)

        return gone

    def _make_shared(self, column: int) -> Callable[[str, dict[str, object]], None]:
        positions = self.inside.setdefault(column, array("q"))

        def shared(name: str, found: dict[str, object]) -> None:
            if name in found:
                positions.append(len(self.path))
                self._put(self.columns[column], self.keep(found[name]))

        return shared

    # -- callables without a column ----------------------------------------------------------

    def leave(self) -> None:
        """End a call that ran to the end of its body."""
        self.calls.end(None)

    def returning(self, block: int, value: Any) -> Any:
        """Mark a return statement that other lines may follow, and give the value back."""
        self.calls.sort_in()
        return self.calls.result(block, value)

    def test(self, block: int, value: Any) -> Any:
        """Mark a test that reported from its middle, and give its value back."""
        self.path.append(block)
        return value

    def raised(self) -> None:
        """End a call that an exception leaves."""
        self.caught()
        self.calls.end(None)

    def caught(self) -> None:
        """Note the line that raised the exception now being handled."""
        error = sys.exc_info()[1]
        trace = error.__traceback__ if error is not None else None
        if trace is None or trace is self._last_trace:
            return  # on its way out, and noted where it was raised
        self._last_trace = trace
        self.settle()
        message = f"{type(error).__name__}: {error}".removesuffix(": ")
        mark_raising_line(self, trace.tb_lineno, message)

    def check(self) -> None:
        """Sort in what has come in; look at the arrays now and then."""
        for column in self.columns:
            if not column.mixed:
                column.settle()
        self._ticked += 1
        if self._ticked <= _FIRST_PASSES or self._ticked & (self._ticked - 1) == 0:
            self.settle()
            self._check_all()
        self._ask_watch()

    def stop(self, line: int, message: str) -> None:
        """End the call under way in the middle of a line, as an exception there would."""
        if self.calls.under_way:
            self.settle()
            mark_raising_line(self, line, message)
            self.calls.end(None)

    @property
    def steps(self) -> int:
        """Return how many steps have been recorded so far."""
        return steps_so_far(self)

    def _ask_watch(self) -> None:
        if self.watch is not None:
            self.watch.looks()

    def _ticks(self) -> Iterator[bool]:
        """Return what says, pass by pass, whether it is time for `check`."""
        passes = _PASSES
        if self.watch is not None:  # a short recording is to end where it was said to
            passes = max(1, min(_PASSES, self.watch.most_steps // _PASSES))
        first = itertools.repeat(True, _FIRST_PASSES)
        return itertools.chain(first, itertools.cycle([False] * (passes - 1) + [True]))

    def seen(self, value: object) -> None:
        """Copy an array that is about to be written, and that no name has shown yet."""
        found = value.base if isinstance(value, np.flatiter) else value
        if self._can_keep(found):
            self._show(found)

    def look(self, site: int, *found: object) -> None:
        """Look at arrays that a line may have written out of sight: at all if none is named."""
        self.calls.sort_in()
        if not found:
            for buffer in self.tracker.shown[:_MOST_CHECKED]:
                self._check(buffer, site, exact=True)
        for value in found:
            if self._can_keep(value):
                ref = self._show(value)
                self._check(self.tracker.buffers[ref.buffer], site, exact=True)

    # -- values ------------------------------------------------------------------------------

    def keep(self, value: object) -> object:
        """Return a value as it is recorded: arrays as a place in memory, with their contents.

        ``x.flat`` is the row of x's elements, where they lie in a row.
        """
        if isinstance(value, np.flatiter) and value.base.flags.c_contiguous:
            value = value.base.reshape(-1)
        if not isinstance(value, np.ndarray) or not can_be_kept(value):
            return describe(value)
        if value.ndim == 0 and value.dtype.kind in "iu":
            return value[()]  # it serves as an index, and can be read like any other
        if self.tracker.is_full:
            self._say(_FULL)
            return describe(value)
        return self._show(value)

    # -- inside ------------------------------------------------------------------------------

    def _can_keep(self, value: object) -> TypeGuard[NDArray[Any]]:
        return isinstance(value, np.ndarray) and can_be_kept(value) and not self.tracker.is_full

    def _show(self, values: NDArray[Any]) -> ArrayRef:
        self.calls.sort_in()
        return self.tracker.keep(values, len(self.path))

    def _check_shown(self) -> None:
        for buffer in self.tracker.shown:
            self._check(buffer, None, exact=True)

    def _say_inner_call(self) -> None:
        self._say(f"{self.name} was called again while it ran; the inner calls are not recorded.")

    def _check_all(self) -> None:
        """Look at the arrays of this call, unless looking has taken too much of the time."""
        now = time.perf_counter()
        if self._spent > _GRACE + _SHARE * (now - self.began):
            return
        for buffer in self.tracker.shown[:_MOST_CHECKED]:
            self._check(buffer, None, exact=False)
        self._spent += time.perf_counter() - now

    def _check(self, buffer: Buffer, site: int | None, *, exact: bool) -> None:
        cells = buffer.copy()
        call = len(self.calls.looks) - 1
        if exact or cells.size <= _SMALL:
            self.checks.append(Check(call, len(self.path), site, buffer.number, cells, 0))
        else:
            checksum = zlib.crc32(cells.tobytes())
            self.checks.append(Check(call, len(self.path), site, buffer.number, None, checksum))

    def _say(self, text: str) -> None:
        if all(note.text != text for note in self.notes):
            self.notes.append(Note(text))
