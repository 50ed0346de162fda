"""A run of the student's own, recorded line by line: the judge shows it beside the repaired one."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.inside import loading, space
from tutor.diagnosis.inside.clock import Cut, at_most
from tutor.jail import chance

_SECONDS = 0.5  # for one statement
_MOST_STEPS = 1_000  # about: it is looked at now and then
_MOST_BYTES = 16 << 20


def recorded(
    target: str, own: Sequence[int], statements: Sequence[str], title: str
) -> NDArray[np.uint8] | None:
    """Record a function of the student's while statements run.

    Parameters
    ----------
    target : str
        The function or method; a class's dots are those of attributes.
    own : sequence of int
        First and last line of what runs again of the file itself, its top level only.
    statements : sequence of str
        Statements of the judge's that run after these among the file's own names.
    title : str
        Of the run.

    Returns
    -------
    ndarray or None
        The bytes of the document, see `tutor.trace.saved`; None if nothing reached the function.
    """
    from tutor.trace import Recorder, RecordingError
    from tutor.trace.saved import Run, Saved, dump

    names = space.modules[space.MAIN]
    try:
        recorder = Recorder(space.evaluate(target), _Until())
    except (RecordingError, AttributeError, NameError, TypeError):
        return None
    codes = [*_own(*own), *(compile(text, "<the judge>", "exec") for text in statements)]
    run = recorder.run(_each, codes, names)
    if not len(run):
        return None
    raw = dump(Saved(title, (Run(title, run),)), deep=run.passes > 0)
    return np.frombuffer(raw, np.uint8) if len(raw) <= _MOST_BYTES else None


class _Enough(BaseException):
    """The recording is long enough."""


class _Until:
    """Ends a recording that has become long enough to show what it is for."""

    most_steps = _MOST_STEPS

    def begins(self, origin: Any, session: Any) -> None:
        self._session = session

    def looks(self) -> None:
        if self._session.steps > _MOST_STEPS:
            raise _Enough


def _own(first: int, last: int) -> list[CodeType]:
    """Return the file's own statements that reach into some lines."""
    filename = next(file for file, module in space.files.items() if module == space.MAIN)
    return [
        code
        for (begin, end), code in loading.statements(filename)
        if begin <= last and end >= first
    ]


def _each(codes: Sequence[CodeType], names: dict[str, Any]) -> None:
    chance.restart()
    with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        for code in codes:
            try:
                with at_most(_SECONDS):
                    exec(code, names)
            except _Enough:
                return
            except (Exception, Cut):
                continue  # the next one may do without what this one would have made
