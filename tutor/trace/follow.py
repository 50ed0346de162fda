"""Recording from outside, frame by frame: for a look into f, and where there is no source.

Python calls a trace function before each line. A step is kept when the line has run, with the
names that it changed; arrays are compared with what they were, and kept where they differ.
That is slow, so it is done for one call of f, or for a function that cannot be rewritten.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.trace.describe import told
from tutor.trace.frames import Frame, FrameRecording
from tutor.trace.origin import describe_source
from tutor.trace.state import Note, Returned, Source

_MOST_STEPS = 20_000
_LIBRARIES = tuple(
    {os.path.dirname(np.__file__) + os.sep, sysconfig.get_paths()["stdlib"] + os.sep}
)


Close = Callable[..., FrameRecording]


class _Tracer:
    """The trace function: it follows the frames that are wanted, and no others."""

    def __init__(self, recording: FrameRecording, wants: Callable[[types.CodeType], bool]) -> None:
        self.recording = recording
        self.wants = wants
        self.stack: list[Frame] = []
        self.frames = 0
        self.is_full = False

    def __call__(self, frame: types.FrameType, event: str, arg: Any) -> Any:
        if event != "call" or self.is_full or frame.f_code.co_filename == __file__:
            return None
        if not self.wants(frame.f_code):
            return None
        record = Frame(self.frames, len(self.stack), _source_of(frame))
        self.frames += 1
        self.stack.append(record)
        self.recording.add(record, frame.f_code.co_firstlineno, _values_of(frame))
        return lambda f, e, a: self._local(record, f, e, a)

    def _local(self, record: Frame, frame: types.FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self._finish(record, frame)
            record.pending = frame.f_lineno
        elif event == "exception":
            record.exception = f"{arg[0].__name__}: {arg[1]}".removesuffix(": ")
        elif event == "return":
            record.pending = frame.f_lineno if record.pending is None else record.pending
            failed = record.exception is not None
            result = () if failed else (told(arg),)
            self._finish(record, frame, result)
            if self.stack and self.stack[-1] is record:
                self.stack.pop()
            if self.stack and not failed:
                self.stack[-1].returned.append(Returned(frame.f_code.co_name, told(arg)))
        return lambda f, e, a: self._local(record, f, e, a)

    def _finish(
        self, record: Frame, frame: types.FrameType, result: tuple[object, ...] = ()
    ) -> None:
        if record.pending is None or self.is_full:
            return
        self.recording.add(record, record.pending, _values_of(frame), result)
        record.pending = None
        self.is_full = len(self.recording) >= _MOST_STEPS


@contextmanager
def follow_function(function: types.FunctionType) -> Iterator[Close]:
    """Record every call of one function from outside, until the block ends.

    It gives what makes the recording then, of a result, an exception and notes.
    """
    recording = FrameRecording(describe_source(function), {})
    with _followed(recording, lambda found: found is function.__code__) as close:
        yield close


def record_call(
    call: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    around: Mapping[str, NDArray[Any]],
) -> FrameRecording:
    """Record one call with every frame in it that is not a library's.

    Parameters
    ----------
    around : mapping of str to ndarray
        The arrays that names outside reach, for the memory to show.
    """
    name = getattr(call, "__name__", type(call).__name__)
    recording = FrameRecording(Source(name, "", 1, ()), around)
    result: Any = None
    error: BaseException | None = None
    with _followed(recording, is_own) as close:
        try:
            result = call(*args, **kwargs)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:
            error = raised
    finished = close(result, error)
    if len(finished):
        finished.source = finished.state(0).source
    return finished


@contextmanager
def _followed(
    recording: FrameRecording, wants: Callable[[types.CodeType], bool]
) -> Iterator[Close]:
    tracer = _Tracer(recording, wants)
    before = sys.gettrace()

    def close(
        result: Any, error: BaseException | None, notes: tuple[Note, ...] = ()
    ) -> FrameRecording:
        if tracer.is_full:
            notes = (*notes, Note(f"Recorded up to step {_MOST_STEPS}; the call went on after it."))
        recording.close(result, error, notes)
        return recording

    sys.settrace(tracer)
    try:
        yield close
    finally:
        sys.settrace(before)


def is_own(code: types.CodeType) -> bool:
    """Tell whether a frame is the learner's (or a bundled net's), not a library's."""
    if code.co_name.startswith("<") and code.co_name != "<lambda>":
        return False
    filename = code.co_filename
    if filename.startswith("<frozen"):
        return False
    return not filename.startswith(_LIBRARIES) or (
        "site-packages" in filename and not filename.startswith(os.path.dirname(np.__file__))
    )


def _source_of(frame: types.FrameType) -> Source:
    function = (
        types.FunctionType(frame.f_code, frame.f_globals) if not frame.f_code.co_freevars else None
    )
    if function is not None:
        return describe_source(function)
    cells = tuple(types.CellType() for _ in frame.f_code.co_freevars)
    return describe_source(types.FunctionType(frame.f_code, frame.f_globals, None, None, cells))


def _values_of(frame: types.FrameType) -> dict[str, object]:
    """Return a frame's names, and the arrays that its ``self`` holds."""
    found = {name: value for name, value in frame.f_locals.items() if name.isidentifier()}
    owner = found.get("self")
    attributes = getattr(owner, "__dict__", None)
    if isinstance(attributes, dict):
        arrays = {n: v for n, v in attributes.items() if isinstance(v, np.ndarray)}
        found.update({f"self.{name}": value for name, value in arrays.items()})
    return found
