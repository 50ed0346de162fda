"""What is noted while a student's program runs: the way to each failure, picks, its updates."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any, cast

import numpy as np

from tutor.diagnosis.inside import loading, space
from tutor.diagnosis.inside.steps import Steps

_MOST_NOTES = 40
_MOST_FRAMES = 40  # of the way to a failure, the innermost
_tools = cast("dict[str, Any]", loading._TOOLS)
_steps = Steps((), light=True)
_picks: dict[tuple[str, int], dict[str, Any]] = {}


def load(
    sources: Sequence[Mapping[str, Any]], watched: Mapping[str, str], definitions_only: bool = False
) -> dict[str, Any]:
    """Run a student's modules for the first time, and look on at their updates.

    See `loading.load`; a source may hold ``sites`` too: the number, the line, the target and the
    learning rates of each statement that may update weights.

    Returns
    -------
    dict
        That of `loading.load`, with what `look_on` adds to it.
    """
    _tools.update(__before__=_steps.before, __after__=_steps.after)
    with look_on() as found:
        found.update(loading.load(sources, watched, definitions_only))
    return found


@contextlib.contextmanager
def look_on() -> Iterator[dict[str, Any]]:
    """Note what the program does; in the end that is in the dict which is given.

    For each failure that is in it then ``chain``: module, function and line of each frame, the
    innermost first. ``labels``: what became of the weights, see `Steps`, without any loss;
    ``picks``: see `noting`. Both of the whole time in which the program was looked at.
    """
    found: dict[str, Any] = {}
    with noting(_picks) as chains, _steps.awake():
        yield found
    for failure, chain in zip(found.get("failures", ()), chains, strict=False):
        failure["chain"] = chain
    found.update(labels=list(_steps.labels.values()), picks=list(_picks.values()))


@contextlib.contextmanager
def noting(picks: dict[tuple[str, int], dict[str, Any]]) -> Iterator[list[Any]]:
    """Note the way to each failure, and what ``np.argmax`` is given."""
    chains: list[Any] = []
    last_line, argmax = space.last_line, np.argmax

    def noted_line(trace: TracebackType | None) -> tuple[str, int]:
        chains.append(_way(trace))
        return last_line(trace)

    def noted_argmax(values: Any, *args: Any, **kwargs: Any) -> Any:
        found = argmax(values, *args, **kwargs)
        _pick(picks, sys._getframe(1), values, found)
        return found

    space.last_line = noted_line
    vars(np)["argmax"] = noted_argmax
    try:
        yield chains
    finally:
        space.last_line = last_line
        vars(np)["argmax"] = argmax


def _way(trace: TracebackType | None) -> list[tuple[str, str, int]]:
    out = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in space.files:
            out.append((space.files[code.co_filename], code.co_qualname, trace.tb_lineno))
        trace = trace.tb_next
    return out[: -_MOST_FRAMES - 1 : -1]


def _pick(
    picks: dict[tuple[str, int], dict[str, Any]], frame: FrameType, values: Any, found: Any
) -> None:
    where = space.files.get(frame.f_code.co_filename)
    if where is None or not isinstance(values, np.ndarray) or values.ndim != 2:
        return
    if values.dtype.kind != "f" or len(picks) >= _MOST_NOTES:
        return
    rows = int(np.isnan(values).any(axis=1).sum())
    key = (where, frame.f_lineno)
    before = picks.get(key)
    if before is None or rows > before["nan_rows"]:
        picks[key] = {
            "module": where,
            "line": frame.f_lineno,
            "rows": len(values),
            "nan_rows": rows,
            "class": int(np.ravel(found)[0]) if np.size(found) else -1,
            "classes": len(np.unique(found)),
        }
