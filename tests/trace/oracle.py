"""What really was in a function's names after each line, told by Python's own trace function.

It knows nothing of the recorder: it copies every local whenever Python reports a line, and works
out from the syntax tree which statement each reported line belongs to.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

SIMPLE = (str, bytes, int, float, complex, bool, type(None), np.generic)
_UNREPORTED = ("try", "match", "case", "handler", "with", "constant")
_PRIVATE = re.compile(r"_[A-Za-z]\w*?(__\w+)")


@dataclass(frozen=True)
class Other:
    """A value that is neither a number, a short tuple nor an array."""

    kind: str


@dataclass(frozen=True)
class Statement:
    """The lines of one statement's own (of a compound one: of its header)."""

    line: int
    end_line: int
    kind: str


@dataclass
class Moment:
    """What was true after one statement had run."""

    statement: Statement
    names: dict[str, object]
    around: dict[str, object]
    call: int
    exception: str | None = None


@dataclass
class Observed:
    """A whole run as the oracle saw it."""

    moments: list[Moment]
    result: Any = None
    exception: BaseException | None = None


def copied(value: object) -> object:
    """Return a value as it can be compared later."""
    if isinstance(value, np.flatiter) and value.base.flags.c_contiguous:
        value = value.base.reshape(-1)  # shown as the row that it goes through
    if isinstance(value, np.ndarray):
        return np.array(value, copy=True)
    if isinstance(value, SIMPLE):
        return value
    if isinstance(value, tuple) and len(value) <= 8 and all(isinstance(v, SIMPLE) for v in value):
        return tuple(value)
    return Other(type(value).__name__)


def observe(
    function: types.FunctionType,
    call: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    extra: tuple[str, ...] = (),
) -> Observed:
    """Run ``call`` and copy the names of ``function`` after each of its lines.

    ``extra`` are names that are no locals: ``self.count``, or globals.
    """
    watcher = _Watcher(function.__code__, _statements(function), extra)
    before = sys.gettrace()
    observed = Observed(watcher.moments)
    sys.settrace(watcher)
    try:
        observed.result = call(*args, **kwargs)
    except BaseException as error:
        observed.exception = error
    finally:
        sys.settrace(before)
    return observed


class _Watcher:
    def __init__(
        self, code: types.CodeType, statements: list[Statement], extra: tuple[str, ...]
    ) -> None:
        self.code = code
        self.statements = statements
        self.extra = extra
        self.moments: list[Moment] = []
        self.active: types.FrameType | None = None
        self.calls = -1
        self.pending: Statement | None = None
        self.exception: str | None = None

    def __call__(self, frame: types.FrameType, event: str, arg: Any) -> Any:
        if event != "call" or frame.f_code is not self.code or self.active is not None:
            return None
        self.active = frame
        self.calls += 1
        self.pending = Statement(self.code.co_firstlineno, self.code.co_firstlineno, "entry")
        return self._local

    def _local(self, frame: types.FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self._close(frame)
            self.pending = self._statement(frame.f_lineno)
        elif event == "exception" and arg[0] is not StopIteration:
            self.exception = f"{arg[0].__name__}: {arg[1]}".removesuffix(": ")
        elif event == "return":
            self._close(frame)
            self.active = None
        return self._local

    def _close(self, frame: types.FrameType) -> None:
        if self.pending is None:
            return
        outer = frame.f_code.co_freevars  # no names of its own: compared where they are shown
        names = {n: copied(v) for n, v in frame.f_locals.items() if n not in outer}
        reached = {name: _reached(frame, name) for name in self.extra if name not in names}
        around = {name: copied(v) for name, v in reached.items() if v is not _NOTHING}
        moment = Moment(self.pending, names, around, self.calls, self.exception)
        last = self.moments[-1] if self.moments else None
        # A comprehension runs inside its line from Python 3.12 on, and reports it each time round.
        text = linecache.getline(self.code.co_filename, self.pending.line).split(" for ")
        several = self.pending.line != self.pending.end_line or len(text) > 1
        if last and several and last.statement == self.pending and last.call == self.calls:
            moment.exception = moment.exception or last.exception
            self.moments[-1] = moment  # one statement over several lines
        else:
            self.moments.append(moment)
        self.exception = None
        self.pending = None

    def _statement(self, line: int) -> Statement:
        inside = [s for s in self.statements if s.line <= line <= s.end_line]
        if not inside:
            return Statement(line, line, "try")
        return min(inside, key=lambda s: s.end_line - s.line)


_NOTHING = object()


def _reached(frame: types.FrameType, dotted: str) -> object:
    root, *attributes = dotted.split(".")
    if root in frame.f_locals:
        found: Any = frame.f_locals[root]
    elif root in frame.f_globals:
        found = frame.f_globals[root]
    else:
        return _NOTHING
    for attribute in attributes:
        owners = [c.__name__.lstrip("_") for c in type(found).__mro__]
        mangled = [f"_{owner}{attribute}" for owner in owners] if attribute[:2] == "__" else []
        held = [getattr(found, n) for n in (attribute, *mangled) if hasattr(found, n)]
        found = held[0] if held else _NOTHING
    return found


def _statements(function: types.FunctionType) -> list[Statement]:
    filename = inspect.getsourcefile(function)
    assert filename is not None
    with open(filename, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    first = function.__code__.co_firstlineno
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            lines = [node.lineno, *(d.lineno for d in node.decorator_list)]
            if min(lines) == first:
                return list(_headers(node.body))
    raise LookupError(function.__name__)


def _headers(body: list[ast.stmt]) -> Any:
    for node in body:
        yield _header(node)
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(node, name, None)
            if inner and not isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield from _headers(inner)
        for handler in getattr(node, "handlers", ()):
            end = handler.type.end_lineno if handler.type else handler.lineno
            yield Statement(handler.lineno, end, "handler")
            yield from _headers(handler.body)
        for case in getattr(node, "cases", ()):
            yield Statement(case.pattern.lineno, case.pattern.end_lineno, "case")
            yield from _headers(case.body)


def _header(node: ast.stmt) -> Statement:
    match node:
        case ast.If() | ast.While():
            return Statement(node.test.lineno, node.test.end_lineno or 0, "test")
        case ast.For():
            return Statement(node.lineno, node.iter.end_lineno or 0, "for")
        case ast.With():
            return Statement(node.lineno, node.items[-1].context_expr.end_lineno or 0, "with")
        case ast.Try() | ast.TryStar():
            return Statement(node.lineno, node.lineno, "try")
        case ast.Match():
            return Statement(node.lineno, node.subject.end_lineno or 0, "match")
        case ast.Expr(value=ast.Constant()):
            return Statement(node.lineno, node.end_lineno or 0, "constant")
        case _:
            return Statement(node.lineno, node.end_lineno or 0, "simple")


# -- holding a recording against it ---------------------------------------------------------------


def pairs(recording: Any, observed: Observed) -> list[tuple[int, Moment]]:
    """Return each step of a recording with the moment that it claims to show.

    Python reports some lines that are no step (``try:``, a ``case`` that does not match, the way
    out of a ``with``); no other may be left out, and no step may be invented.
    """
    found: list[tuple[int, Moment]] = []
    waiting = list(observed.moments)
    for step in range(len(recording)):
        state = recording.state(step)
        if state.source.line(state.line).split()[:1] in (["global"], ["nonlocal"]):
            continue  # a line that runs nothing: test_declarations_are_no_steps
        while waiting and not _is_at(waiting[0], state):
            skipped = waiting.pop(0).statement
            assert skipped.kind in _UNREPORTED, (
                f"step {step} is line {state.line}, but line {skipped.line} ran before it"
            )
        assert waiting, f"step {step} (line {state.line}) never ran"
        found.append((step, waiting.pop(0)))
    left = [m.statement for m in waiting if m.statement.kind not in _UNREPORTED]
    assert not left, f"lines that ran and are no steps: {[s.line for s in left]}"
    return found


def _is_at(moment: Moment, state: Any) -> bool:
    if moment.statement.kind == "entry":
        return bool(state.call == moment.call)
    return (state.line, state.end_line) == (moment.statement.line, moment.statement.end_line)


def differences(state: Any, moment: Moment) -> list[str]:
    """Return a sentence for every name that a state shows otherwise than it was."""
    out = []
    real_names = {_PRIVATE.sub(r"\1", name): value for name, value in moment.names.items()}
    shown = {_PRIVATE.sub(r"\1", name): value for name, value in state.names.items()}
    for name, real in (moment.around | real_names).items():
        if name in shown:
            if not same(shown[name], real):
                out.append(f"{name} is shown as {_text(shown[name])}, was {_text(real)}")
        elif name in real_names and name not in state.blank:
            out.append(f"{name} is not shown, was {_text(real)}")
    for name in shown:
        if name not in real_names and name not in moment.around and not _leaving(shown[name]):
            out.append(f"{name} is shown as {_text(shown[name])}, was not there")
    if state.exception != moment.exception:
        out.append(f"exception is shown as {state.exception}, was {moment.exception}")
    return [f"step {state.step} line {state.line}: {text}" for text in out]


def _leaving(shown: Any) -> bool:
    """Tell whether a name holds an exception: Python deletes it after a handler's last line.

    The recording still shows it there, and no longer at the step after.
    """
    return type(shown).__name__ == "Opaque" and shown.text.endswith("Error object")


def same(shown: Any, real: object) -> bool:
    """Tell whether a shown value is the real one, in class and in every bit that counts."""
    if isinstance(real, np.ndarray):
        if not hasattr(shown, "to_numpy"):  # an index of no dimensions is shown as its number
            index = real.ndim == 0 and real.dtype.kind in "iu"
            return index and bool(shown == real) and shown.dtype == real.dtype
        held = shown.to_numpy()
        if held.dtype != real.dtype or held.shape != real.shape:
            return False
        return bool(np.array_equal(held, real, equal_nan=real.dtype.kind in "fc"))
    if isinstance(real, Other):
        return type(shown).__name__ == "Opaque"
    if isinstance(real, str | bytes) and len(real) > 200:
        return type(shown).__name__ == "Opaque"
    if type(shown) is not type(real):
        return False
    return bool(shown == real) or bool(shown != shown and real != real)


def _text(value: Any) -> str:
    shown = value.to_numpy() if hasattr(value, "to_numpy") else value
    return f"{str(shown).replace(chr(10), '')} ({type(value).__name__})"


def check(recording: Any, observed: Observed) -> None:
    """Hold every state of a recording against what the oracle saw."""
    wrong = [
        text
        for step, moment in pairs(recording, observed)
        for text in differences(recording.state(step), moment)
    ]
    assert not wrong, "\n".join(wrong[:12])
