"""The process in which a learner's code runs: it reads requests, calls, and answers.

Started by `Oracle` as a fresh isolated interpreter, never imported by the program itself.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, BinaryIO, Final

from tutor.jail.frames import BadFrame, pack, read_frame

PRINTED_CAP: Final = 16_000
MEMORY: Final = 1 << 30
FILE_SIZE: Final = 8 << 20
OPEN_FILES: Final = 64


class Printed(io.TextIOBase):
    """Takes what is printed, up to a cap, so that a flood costs nothing."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._left = PRINTED_CAP

    def writable(self) -> bool:
        """Say that it can be written to, as print() asks."""
        return True

    def write(self, text: str) -> int:
        """Keep the text as far as there is room."""
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(text)
            if self._left <= 0:
                self._parts.append("\n(the rest of the output is not shown)\n")
        return len(text)

    def take(self) -> str:
        """Return what was printed since the last time."""
        text = "".join(self._parts)
        self._parts.clear()
        return text


class Child:
    """Answers the requests of one oracle."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._requests = requests
        self._replies = replies
        self._printed = Printed()
        self._filename = ""
        self._module = ModuleType("exercise")

    def serve(self) -> None:
        """Answer until the other side is gone."""
        while True:
            try:
                message, value = read_frame(self._requests.read)
            except EOFError:
                return
            self._replies.write(self._answer(message, value))
            self._replies.flush()

    def _answer(self, message: dict[str, Any], value: Any) -> bytes:
        try:
            with (
                contextlib.redirect_stdout(self._printed),
                contextlib.redirect_stderr(self._printed),
            ):
                reply, result = self._do(message, value)
            return pack({**reply, "printed": self._printed.take()}, result)
        except BadFrame as error:
            refused = {"outcome": "unsendable", "text": str(error)}
            return pack({**refused, "printed": self._printed.take()})

    def _do(self, message: dict[str, Any], value: Any) -> tuple[dict[str, Any], object]:
        try:
            if message["do"] == "load":
                self._load(message["source"], message["filename"])
                return {"outcome": "loaded", "names": self._names()}, None
            function = self._function(message["name"])
            if function is None:
                return {"outcome": "missing", "names": self._names()}, None
            return {"outcome": "returned"}, function(*value)
        # Whatever the learner raises, sys.exit() and KeyboardInterrupt too, is an answer.
        except BaseException as error:
            return self._raised(error), None

    def _load(self, source: str, filename: str) -> None:
        self._filename = filename
        lines = source.splitlines(keepends=True)
        linecache.cache[filename] = (len(source), None, lines, filename)
        self._module.__file__ = filename
        # Classes and dataclasses look their module up.
        sys.modules[self._module.__name__] = self._module
        warnings.simplefilter("default")
        exec(compile(source, filename, "exec", dont_inherit=True), self._module.__dict__)

    def _function(self, name: str) -> Callable[..., object] | None:
        found = self._module.__dict__.get(name)
        return found if callable(found) else None

    def _names(self) -> list[str]:
        here = self._module.__dict__.items()
        return [str(name) for name, found in here if callable(found)][:200]

    def _raised(self, error: BaseException) -> dict[str, Any]:
        line = self._line(error)
        try:
            text = error.msg if isinstance(error, SyntaxError) else str(error)
        except Exception:
            text = ""
        return {
            "outcome": "raised",
            "kind": type(error).__name__,
            "text": text[:2000],
            "line": line,
            "source": linecache.getline(self._filename, line).rstrip() if line else "",
        }

    def _line(self, error: BaseException) -> int | None:
        if isinstance(error, SyntaxError) and error.filename == self._filename:
            return error.lineno
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame.lineno for frame in frames if frame.filename == self._filename]
        return own[-1] if own else None


def limit(seconds: int) -> None:
    """Cap what this process may use, where the system can do that."""
    try:
        import resource
    except ImportError:
        return
    caps = (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, cap in caps:
        # macOS refuses some of them; the clock outside still ends the process.
        with contextlib.suppress(ValueError, OSError):
            hard = resource.getrlimit(kind)[1]
            wanted = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
            resource.setrlimit(kind, (wanted, wanted))


def main(seconds: str, read_from: str, write_to: str) -> None:
    """Serve on two file descriptors, or on stdin and stdout where the numbers are 0 and 1."""
    requests, replies = int(read_from), int(write_to)
    if replies == 1:
        requests, replies = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        if sys.platform == "win32":
            import msvcrt

            for descriptor in (requests, replies):
                msvcrt.setmode(descriptor, os.O_BINARY)
    limit(int(seconds))
    with os.fdopen(requests, "rb", buffering=0) as ours, os.fdopen(replies, "wb") as theirs:
        Child(ours, theirs).serve()
    # Threads that the learner's code has left behind must not keep the process.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:4])
