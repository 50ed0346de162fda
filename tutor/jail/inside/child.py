"""The process in which somebody else's code runs: it reads requests, calls, and answers.

A request is a frame and, behind it, 16 bytes that only the judge can know. They are read after
the code has run and go before the answer, so that nothing that the code finds in this process's
memory while it runs is of use for a false one.
"""

from __future__ import annotations

import gc
import mmap
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Final

import numpy as np

from tutor.jail.codes import LINE_LOST, NOT_READY
from tutor.jail.frames import BadFrame, pack, read_exactly, read_frame
from tutor.jail.inside.confine import Bounds, Walls, confine
from tutor.jail.inside.failures import HELPERS, failure
from tutor.jail.inside.importing import Importer, Namespace
from tutor.jail.inside.streams import NoKeyboard, Printed, text_over
from tutor.jail.program import Module, Program

NONCE_SIZE: Final = 16
RECURSION_CAP: Final = 10_000
# Given back when memory has run out, so that there is some to say so.
RESERVE: Final = 32 << 20
NAMES_CAP: Final = 200
# Out of the way of a loop over the first descriptors, below the usual cap of 1024.
LINE: Final = 901

Reply = tuple[dict[str, Any], object]


class Line:
    """The two descriptors on which requests come and answers go."""

    def __init__(self, read_from: int, write_to: int) -> None:
        self._from = read_from
        self._to = write_to

    def read(self, count: int) -> bytes:
        """Return at most so many bytes, none if the other side is gone."""
        return os.read(self._from, count)

    def write(self, data: bytes) -> None:
        """Write all of it."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._to, view) :]


def alone_with(line: int) -> Line:
    """Close all other descriptors but the standard three, and move this one out of the way."""
    os.dup2(line, LINE, inheritable=False)
    os.closerange(3, LINE)
    os.closerange(LINE + 1, os.sysconf("SC_OPEN_MAX"))
    return Line(LINE, LINE)


class Child:
    """Answers the requests of one oracle.

    Parameters
    ----------
    keep : frozenset of str
        Loaded modules that the program's own do not replace.
    """

    def __init__(self, line: Line, keep: frozenset[str]) -> None:
        self._line = line
        self._keep = keep
        self._printed = Printed()
        self._importer: Importer
        self._helpers: Namespace = {}
        self._reserve: mmap.mmap | None = mmap.mmap(-1, RESERVE)

    def serve(self) -> None:
        """Answer until the other side is gone."""
        self._take_streams()
        sys.setrecursionlimit = _capped(sys.setrecursionlimit)
        _mask(_SHUT_OUT, _ALL)
        while True:
            message, value = read_frame(self._line.read)
            answer = self._answer(message, value)
            nonce = read_exactly(self._line.read, NONCE_SIZE)
            self._line.write(nonce + answer)

    def _take_streams(self) -> None:
        sys.stdin = sys.__stdin__ = NoKeyboard()  # type: ignore[assignment, misc]
        out = text_over(self._printed)
        sys.stdout = sys.stderr = out
        sys.__stdout__ = sys.__stderr__ = out  # type: ignore[misc]

    def _answer(self, message: dict[str, Any], value: Any) -> bytes:
        try:
            reply, result = self._do(message, value)
            reply["printed"] = self._printed.take()
            return pack(reply, result, opaque=message["do"] == "ask")
        except BadFrame as error:
            return pack({"outcome": "unsendable", "text": str(error)})

    def _do(self, message: dict[str, Any], value: Any) -> Reply:
        steps: dict[str, Callable[[], Reply]] = {
            "open": lambda: self._open(message["modules"], value),
            "load": self._load,
            "call": lambda: self._call(self._importer.student["__main__"], message["name"], value),
            "ask": lambda: self._call(self._helpers, message["name"], value),
        }
        reply, error = _guarded(steps[message["do"]])
        sys.settrace(None)
        sys.setprofile(None)
        if isinstance(error, MemoryError) and self._reserve is not None:
            self._reserve.close()
            self._reserve = None
        return reply or (failure(error, self._importer), None)

    def _open(self, modules: list[list[str]], texts: list[Any]) -> Reply:
        sources = [text.tobytes().decode("utf-8", "surrogatepass") for text in texts]
        helpers = sources.pop()
        named = zip(modules, sources, strict=True)
        main, *others = (Module(name, filename, source) for (name, filename), source in named)
        self._importer = Importer(Program(main, tuple(others)))
        self._importer.install(self._keep)
        sys.argv = [main.filename]
        self._helpers = {"student": self._importer.student, "kept": {}, "__name__": "helpers"}
        exec(compile(helpers, HELPERS, "exec", dont_inherit=True), self._helpers)
        self._importer.prepare = self._helpers.get("prepare")
        return {"outcome": "loaded"}, None

    def _load(self) -> Reply:
        warnings.simplefilter("default")
        self._importer.run_main()
        return {"outcome": "loaded"}, None

    def _call(self, namespace: Namespace, name: str, arguments: Any) -> Reply:
        function = namespace.get(name)
        if callable(function):
            return {"outcome": "returned"}, function(*arguments)
        names = [key for key, found in namespace.items() if type(key) is str and callable(found)]
        return {"outcome": "missing", "names": names[:NAMES_CAP]}, None


def run(line: Line, bounds: Bounds, keep: frozenset[str], walls_outside: Walls) -> None:
    """Put the walls up, say so, and serve. It never returns."""
    code = NOT_READY
    try:
        _settle(bounds)
        walls = confine(bounds)
        line.write(
            pack(
                {
                    "layers": [*walls_outside.layers, *walls.layers],
                    "missing": [*walls_outside.missing, *walls.missing],
                }
            )
        )
        code = LINE_LOST
        Child(line, keep).serve()
    finally:
        # Threads and exit handlers that the code has left behind must not keep the process.
        os._exit(code)


def _settle(bounds: Bounds) -> None:
    """Have this process look like a fresh one that was started in its folder."""
    os.chdir(bounds.scratch)
    os.environ.update(HOME=bounds.scratch, TMPDIR=bounds.scratch, TEMP=bounds.scratch)
    sys.path.insert(0, bounds.scratch)
    np.random.seed()
    gc.enable()


def _capped(set_limit: Callable[[int], None]) -> Callable[[int], None]:
    """Return a sys.setrecursionlimit that stays within what the stack can hold."""

    def setrecursionlimit(limit: int, /) -> None:
        set_limit(min(limit, RECURSION_CAP))

    return setrecursionlimit


def _guarded(step: Callable[[], Reply]) -> tuple[Reply | None, BaseException]:
    """Take a step with signals let in, and only there: their handlers are the code's own.

    Whatever the code raises, sys.exit() and KeyboardInterrupt too, is an answer. A handler can
    raise after any call and at any jump; there is none between the step and the end of signals.
    """
    reply: Reply | None = None
    raised: BaseException = RuntimeError("nothing was raised")
    try:
        try:
            _mask(_LET_IN, _ALL)
            reply = step()
        finally:
            _mask(_SHUT_OUT, _ALL)
    except BaseException as error:
        reply, raised = None, error
    return reply, raised


def _mask_nothing(how: int, which: Iterable[int], /) -> set[int]:
    return set()


# The function in C: into the one in Python a handler could strike before anything is shut out.
_mask = getattr(import_module("_signal"), "pthread_sigmask", _mask_nothing)
_ALL: Final = signal.valid_signals()
_LET_IN: Final = getattr(signal, "SIG_UNBLOCK", 0)
_SHUT_OUT: Final = getattr(signal, "SIG_BLOCK", 0)
