"""What the learner's file raised, as a report."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tutor.tracing.inside.ending import Ending
from tutor.tracing.inside.plan import Plan, Report

_TEXT_CAP = 2000


def report_of(error: BaseException, plan: Plan) -> Report:
    """Return the report of what was raised, and where: the innermost line of the learner's own."""
    label, line = _place(error, plan)
    code = _code(error) if isinstance(error, SystemExit) else None
    return Report(_ending(error), type(error).__name__, _text(error), label, line, code)


def _ending(error: BaseException) -> Ending:
    if isinstance(error, SystemExit):
        return Ending.EXITED
    return Ending.MEMORY if isinstance(error, MemoryError) else Ending.RAISED


def _text(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return str.__str__(text)[:_TEXT_CAP]
    except BaseException:  # its own method may raise whatever it likes
        return ""


def _code(error: SystemExit) -> int:
    if error.code is None:
        return 0
    return error.code & 0xFF if isinstance(error.code, int) else 1


def _place(error: BaseException, plan: Plan) -> tuple[str, int]:
    found = "", 0
    for label, line in _lines(error):
        if is_own(label, plan):
            found = label, line
    return found


def _lines(error: BaseException) -> Iterator[tuple[str, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        yield error.filename, error.lineno


def is_own(label: str, plan: Plan) -> bool:
    """Tell whether lines of a file are the learner's: the file, its cells, and its siblings."""
    labels = [part.label for part in plan.parts] + [module.label for module in plan.written]
    if label in labels:
        return True
    inside = any(label.startswith(folder + os.sep) for folder in plan.paths)
    return inside and "site-packages" not in label
