"""What the recording callables do while the learner's function runs."""

from __future__ import annotations

import builtins
import itertools
import sys
import threading
import time
import types
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.buffers import ArrayRef, Buffer, Tracker
from tutor.trace.columns import MISSING, Column
from tutor.trace.hooks import Hook, read_placeholder
from tutor.trace.layout import Kind, Layout
from tutor.trace.reach import Reached, names_read
from tutor.trace.state import Note, Opaque

_SMALL = 4096  # cells: a check keeps a copy up to here, a checksum above
_FIRST_PASSES = 4  # looked at each
_PASSES = 256  # from one sorting in of values to the next
_MOST_CHECKED = 32
_SHARE = 0.01  # of the run's time that looking at arrays may take
_GRACE = 0.002  # seconds of looking that are never too many
_SIMPLE = (str, bytes, int, float, complex, bool, type(None), np.generic)
_LONG_TEXT = 200


@dataclass(frozen=True, slots=True)
class Check:
    """A buffer looked at: a copy of its cells, or their checksum where they are many."""

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


@dataclass(slots=True)
class Call:
    """One call of the traced function: where its path begins, and what could be reached."""

    position: int
    reached: dict[str, ArrayRef]
    arguments: dict[str, object]
    random_state: Any = None


@dataclass(slots=True)
class Cut:
    """A stretch that an exception ended: how many of its sites are steps, and what was said."""

    sites: int
    message: str


@dataclass
class Session:
    """Everything one recording gathers while it runs."""

    layout: Layout
    name: str
    plain: types.FunctionType
    path: list[int] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    inside: dict[int, Any] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    cuts: dict[int, Cut] = field(default_factory=dict)
    messages: dict[int, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    tracker: Tracker = field(default_factory=Tracker)
    code: types.CodeType | None = None
    began: float = field(default_factory=time.perf_counter)
    _reached: Reached | None = None
    _ticked: int = 0
    _spent: float = 0.0
    _thread: int | None = None
    _last_exception: BaseException | None = None

    def __post_init__(self) -> None:
        self.columns = [Column() for _ in range(self.layout.columns)]
        entry = self.layout.sites[0].assigns
        self._entry = [(assign.name, self.columns[assign.column].put) for assign in entry]
        self._described: dict[str, object] = {}
        self._described_as: dict[str, object] = {}

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
            Hook.TUPLE: tuple,
            Hook.INT: int,
            Hook.TICK: self._ticks().__next__,
            Hook.MARK: self.path.append,
            Hook.LOCALS: builtins.locals,
            Hook.SLICE: builtins.slice,
            Hook.PLAIN: self.plain,
        }
        return fixed[hook] if hook in fixed else getattr(self, hook.value)

    def _make_append(self, column: int) -> Callable[[float], None]:
        return self.columns[column].append  # type: ignore[no-any-return]

    def _make_value(self, column: int) -> Callable[[object], None]:
        put, keep = self.columns[column].put, self.keep

        def value(found: object) -> None:
            kind = found.__class__
            put(found if kind is tuple or kind is float or kind is int else keep(found))

        return value

    def _make_whole(self, column: int) -> Callable[[object], None]:
        put = self.columns[column].put

        def whole(found: object) -> None:
            if isinstance(found, np.ndarray) and not self.tracker.is_full:
                self.tracker.keep(found, len(self.path))
                put(self.tracker.written(found, ...))
            else:
                put(self.keep(found))

        return whole

    def _make_element(self, column: int) -> Callable[[object, object, object], None]:
        put = self.columns[column].put
        resolvable = any(
            store.column == column and store.base is not None and store.index is not None
            for site in self.layout.sites
            for store in site.stores
        )

        def element(base: object, index: object, value: object) -> None:
            if not isinstance(base, np.ndarray):
                put(NotArray(_short(index), describe(value)))
            elif resolvable and isinstance(value, np.generic) and value.dtype.kind in "fiub":
                put(value)
            else:
                self.tracker.keep(base, len(self.path))
                put(self.tracker.written(base, index))

        return element

    def _make_unreadable(self, column: int) -> Callable[[object], None]:
        def unreadable(base: object) -> None:
            error = sys.exc_info()[1]
            if not isinstance(error, Exception):
                raise  # a Ctrl-C that arrived just here
            self.columns[column].put(NotArray(None, Opaque(type(base).__name__)))

        return unreadable

    def _make_inside(self, column: int) -> Callable[[Any], Any]:
        put = self.columns[column].put
        positions = self.inside.setdefault(column, array("q"))
        path = self.path
        named = any(a.column == column and a.name for s in self.layout.sites for a in s.assigns)
        kept = self.keep if named else describe

        def inside(value: Any) -> Any:
            positions.append(len(path))
            put(kept(value))
            return value

        return inside

    def _make_gone(self, column: int) -> Callable[[], None]:
        return lambda: self.columns[column].put(MISSING)

    # -- callables without a column ----------------------------------------------------------

    def enter(self, found: dict[str, object]) -> bool:
        """Begin a call; true if it is not to be recorded, since another one is under way."""
        if self._thread is not None:
            text = f"{self.name} was called again while it ran; the inner calls are not recorded."
            if all(note.text != text for note in self.notes):
                self.notes.append(Note(text))
            return True
        self._thread = threading.get_ident()
        self.tracker.begin_call()
        arguments = {name: found[name] for name, _ in self._entry}
        state = np.random.get_state() if not self.calls else None
        self.calls.append(Call(len(self.path), self._reach(arguments), arguments, state))
        for name, put in self._entry:
            value = arguments[name]
            if value is self._described.get(name, self):
                put(self._described_as[name])
                continue
            kept = self.keep(value)
            if not isinstance(value, np.ndarray):
                self._described[name], self._described_as[name] = value, kept
            put(kept)
        return False

    def leave(self) -> None:
        """End a call that ran to the end of its body."""
        self._finish()

    def result(self, block: int, value: Any) -> Any:
        """Mark a return statement, and give the returned value back."""
        self.path.append(block)
        self._finish()
        return value

    def test(self, block: int, value: Any) -> Any:
        """Mark a test that reported from its middle, and give its value back."""
        self.path.append(block)
        return value

    def raised(self) -> None:
        """End a call that an exception leaves."""
        self.caught()
        self._finish()

    def caught(self) -> None:
        """Note the line that raised the exception now being handled."""
        error = sys.exc_info()[1]
        if error is None or error is self._last_exception or error.__traceback__ is None:
            return
        self._last_exception = error
        message = f"{type(error).__name__}: {error}".removesuffix(": ")
        self._mark_raising_line(error.__traceback__.tb_lineno, message)

    def check(self) -> None:
        """Sort in what has come in; look at the arrays now and then."""
        for column in self.columns:
            column.settle()
        self._ticked += 1
        if self._ticked <= _FIRST_PASSES or self._ticked & (self._ticked - 1) == 0:
            self._check_all()

    def _ticks(self) -> Iterator[bool]:
        """Return what says, pass by pass, whether it is time for `check`."""
        first = itertools.repeat(True, _FIRST_PASSES)
        return itertools.chain(first, itertools.cycle([False] * (_PASSES - 1) + [True]))

    def look(self, site: int, *found: object) -> None:
        """Look at arrays that were handed to something that may have written them."""
        for value in found:
            if isinstance(value, np.ndarray) and not self.tracker.is_full:
                ref = self.tracker.keep(value, len(self.path))
                self._check(self.tracker.buffers[ref.buffer], site, exact=True)

    # -- values ------------------------------------------------------------------------------

    def keep(self, value: object) -> object:
        """Return a value as it is recorded: arrays as a place in memory, with their contents."""
        if isinstance(value, np.ndarray):
            if self.tracker.is_full:
                self._say_full()
                return describe(value)
            return self.tracker.keep(value, len(self.path))
        return describe(value)

    # -- inside ------------------------------------------------------------------------------

    def _reach(self, arguments: dict[str, object]) -> dict[str, ArrayRef]:
        """Return the arrays that can be reached from the arguments and what f reads."""
        given = list(arguments.values())
        if self._reached is not None and self._reached.is_as_before(given):
            return self.calls[-1].reached
        self._reached = Reached.look(given, {**names_read(self.plain), **arguments})
        return {name: self.tracker.ref(values) for name, values in self._reached.arrays.items()}

    def _finish(self) -> None:
        self._check_all(exact=True)
        self._thread = None

    def _check_all(self, *, exact: bool = False) -> None:
        """Look at the arrays of this call, unless looking has taken too much of the time."""
        now = time.perf_counter()
        if self._spent > _GRACE + _SHARE * (now - self.began):
            return
        for buffer in self.tracker.shown[:_MOST_CHECKED]:
            self._check(buffer, None, exact=exact)
        self._spent += time.perf_counter() - now

    def _check(self, buffer: Buffer, site: int | None, *, exact: bool) -> None:
        cells = buffer.copy()
        if exact or cells.size <= _SMALL:
            self.checks.append(Check(len(self.path), site, buffer.number, cells, 0))
        else:
            checksum = zlib.crc32(cells.tobytes())
            self.checks.append(Check(len(self.path), site, buffer.number, None, checksum))

    def _say_full(self) -> None:
        text = "Too many arrays to keep them all: the later ones are named without their values."
        if all(note.text != text for note in self.notes):
            self.notes.append(Note(text))

    def _mark_raising_line(self, line: int, message: str) -> None:
        if len(self.path) and self.path[-1] < len(self.layout.blocks):
            last = self.layout.sites[self.layout.blocks[self.path[-1]].sites[-1]]
            if last.kind is Kind.RAISE and last.line <= line <= last.end_line:
                self.messages[len(self.path) - 1] = message
                return
        found = self._raising_block(line)
        if found is None:
            return
        block, offset = found
        occurrence = self.path.count(block)
        self.cuts[len(self.path)] = Cut(offset + 1, message)
        self.path.append(block)
        for number in self.layout.blocks[block].sites[offset:]:
            for column in self._columns_of(number):
                if len(self.columns[column]) <= occurrence:
                    self.columns[column].put(MISSING)

    def _raising_block(self, line: int) -> tuple[int, int] | None:
        """Return the block and the place in it that was running when a line raised."""
        for block in self.layout.blocks:
            occurrence = self.path.count(block.number)
            for offset, number in enumerate(block.sites):
                site = self.layout.sites[number]
                if site.kind is not Kind.ENTRY and site.line <= line <= site.end_line:
                    before = [c for n in block.sites[:offset] for c in self._columns_of(n)]
                    own = self._columns_of(number)
                    done = all(len(self.columns[c]) == occurrence + 1 for c in before)
                    if done and all(len(self.columns[c]) <= occurrence + 1 for c in own):
                        return block.number, offset
        return None

    def _columns_of(self, site: int) -> list[int]:
        found = self.layout.sites[site]
        every = [a.column for a in found.assigns] + [s.column for s in found.stores]
        return [column for column in every if column not in self.inside]


def describe(value: object) -> object:
    """Return a value that cannot change as it is, or a description of one that can."""
    if isinstance(value, _SIMPLE):
        return _short(value)
    if isinstance(value, tuple) and len(value) <= 8 and all(isinstance(v, _SIMPLE) for v in value):
        return tuple(_short(item) for item in value)
    return Opaque(_described(value))


def _short(value: object) -> Any:
    if isinstance(value, str | bytes) and len(value) > _LONG_TEXT:
        return Opaque(f"{type(value).__name__} of {len(value)} characters")
    if isinstance(value, _SIMPLE):
        return value
    if isinstance(value, tuple) and all(isinstance(item, int | str) for item in value):
        return value
    return Opaque(_described(value))


def _described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"array {'x'.join(map(str, value.shape)) or 'of one number'} {value.dtype}"
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return "a lambda" if value.__name__ == "<lambda>" else f"function {value.__name__}"
    if isinstance(value, type):
        return f"class {value.__name__}"
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, list | tuple | dict | set):
        return f"{type(value).__name__} of {len(value)}"
    return f"{type(value).__name__} object"
