"""An exception of somebody else's, as a message that can be sent."""

from __future__ import annotations

import errno
import linecache
from collections.abc import Iterator
from typing import Any, Final

from tutor.jail.frames import type_name
from tutor.jail.inside.importing import Importer
from tutor.jail.inside.streams import NoKeyboardError
from tutor.jail.outcome import Outcome

TEXT_CAP: Final = 2000
HELPERS: Final = "<helpers>"

_REFUSED: Final = (errno.EPERM, errno.EACCES, errno.EROFS, errno.EFBIG, errno.EXDEV)
_LINKS_CAP: Final = 10


def failure(error: BaseException, importer: Importer) -> dict[str, Any]:
    """Return the message that says what was raised, and where.

    It never raises an Exception, whatever the exception's own methods do.
    """
    return {
        "outcome": _outcome(error).value,
        "kind": "EOFError" if isinstance(error, NoKeyboardError) else type_name(error),
        "text": _text(error),
        "name": _missing_name(error),
        "code": _code(error),
        **_place(error, importer),
    }


def _outcome(error: BaseException) -> Outcome:
    if isinstance(error, MemoryError):
        return Outcome.MEMORY
    if isinstance(error, RecursionError):
        return Outcome.RECURSION
    if isinstance(error, SystemExit):
        return Outcome.EXITED
    if isinstance(error, EOFError) and _text(error) == "EOF when reading a line":
        return Outcome.NEEDS_INPUT
    if isinstance(error, ImportError) and error.name:
        return Outcome.MISSING_MODULE
    if any(map(_is_refusal, _chain(error))):
        return Outcome.BLOCKED
    return Outcome.RAISED


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it wraps: urllib keeps the refusal as its `reason`."""
    found: object = error
    for _ in range(_LINKS_CAP):
        if not isinstance(found, BaseException):
            return
        yield found
        reason = getattr(found, "reason", None) if isinstance(found, OSError) else None
        found = reason if isinstance(reason, BaseException) else found.__cause__


def _is_refusal(error: BaseException) -> bool:
    if isinstance(error, OSError):
        # Looking up a host's name needs a socket too; that error has numbers of its own.
        return error.errno in _REFUSED or type_name(error) == "gaierror"
    return isinstance(error, RuntimeError) and _text(error).startswith("can't start new thread")


def _text(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return str.__str__(text)[:TEXT_CAP]
    # Its own method may raise whatever it likes, sys.exit() too.
    except BaseException:
        return ""


def _missing_name(error: BaseException) -> str:
    name = error.name if isinstance(error, ImportError) else None
    return str.__str__(name)[:TEXT_CAP] if isinstance(name, str) else ""


def _code(error: BaseException) -> int | None:
    if not isinstance(error, SystemExit):
        return None
    if error.code is None:
        return 0
    code = error.code
    # As the interpreter does: a text is printed, and counts as 1.
    return int.__index__(code) & 0xFF if isinstance(code, int) else 1


def _place(error: BaseException, importer: Importer) -> dict[str, Any]:
    place: dict[str, Any] = {"module": None, "filename": "", "line": None, "helper_line": None}
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename == HELPERS:
            place["helper_line"] = trace.tb_lineno
        else:
            _put(place, importer, filename, trace.tb_lineno)
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and isinstance(error.lineno, int):
        _put(place, importer, error.filename, error.lineno)
    line = place["line"]
    source = linecache.getline(place["filename"], line) if line else ""
    return {**place, "source": source.rstrip()[:TEXT_CAP]}


def _put(place: dict[str, Any], importer: Importer, filename: object, line: int) -> None:
    module = importer.module_of(filename) if isinstance(filename, str) else None
    if module is not None:
        place.update(module=module, filename=filename, line=line)
