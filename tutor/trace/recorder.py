"""Recording a run: the traced function is given instrumented code for as long as a call lasts."""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable
from typing import Any

from tutor.trace.errors import RecordingError, SourceNotFound
from tutor.trace.follow import record_frames
from tutor.trace.frames import FrameRecording
from tutor.trace.instrument import instrument
from tutor.trace.origin import Origin, compile_function, find_origin, plain_function
from tutor.trace.recording import Recording
from tutor.trace.session import Session
from tutor.trace.state import Note

_being_recorded: set[types.FunctionType] = set()


class Recorder:
    """Records every call of one function that a run makes.

    Parameters
    ----------
    function : callable
        The function whose lines are recorded: a function, a method, a partial, a decorated one.

    Raises
    ------
    RecordingError
        If it is a class, a generator, or not written in Python.

    Examples
    --------
    >>> recorder = Recorder(numerical_gradient)                       # doctest: +SKIP
    >>> recording = recorder.run(net.numerical_gradient, x, t)        # doctest: +SKIP
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = plain_function(function)
        try:
            self._origin: Origin | None = find_origin(function)
            self._why_slow = ""
        except SourceNotFound as error:
            self._origin = None
            self._why_slow = str(error)

    def run(
        self, call: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Recording | FrameRecording:
        """Run ``call(*args, **kwargs)`` and record what the function does in it.

        An exception that leaves the call ends the recording and is kept in it; only a
        keyboard interrupt goes on to the caller. Afterwards the function is as it was.

        Raises
        ------
        RecordingError
            If the function is being recorded already.
        """
        if self._function in _being_recorded:
            raise RecordingError(
                f"{self._function.__name__} is being recorded already. "
                "Let that recording end before another one begins."
            )
        if self._origin is None:
            why = f"Recorded line by line from outside, which is slower. {self._why_slow}"
            _being_recorded.add(self._function)
            try:
                return record_frames(self._function, call, args, kwargs, notes=(Note(why),))
            finally:
                _being_recorded.discard(self._function)
        return self._run_instrumented(self._origin, call, args, kwargs)

    def _run_instrumented(
        self,
        origin: Origin,
        call: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Recording:
        session, code = _prepare(origin)
        function = origin.function
        before = function.__code__
        result: Any = None
        error: BaseException | None = None
        _being_recorded.add(function)
        function.__code__ = code
        try:
            result = call(*args, **kwargs)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # an exit() is part of the run too
            error = raised
        finally:
            function.__code__ = before
            _being_recorded.discard(function)
            session.code = None  # it holds the session, out of the garbage collector's sight
        return Recording(origin, session, result, error)


def record(
    function: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> Recording | FrameRecording:
    """Call ``function(*args, **kwargs)`` and return the recording of that call.

    Parameters
    ----------
    function : callable
        Any Python function: a method, a partial or a decorated one as well.
    *args, **kwargs
        What it is called with. Arrays that it writes are written, as in any call.

    Returns
    -------
    Recording
        Every line that ran, what it changed, and the call's result or exception.

    Raises
    ------
    RecordingError
        If it is a class, a generator, or not written in Python.
    """
    return Recorder(function).run(function, *args, **kwargs)


def _prepare(origin: Origin) -> tuple[Session, types.CodeType]:
    """Return a fresh session and the code that reports to it."""
    node, layout = instrument(origin.node)
    with warnings.catch_warnings():
        # The placeholders are strings that seem to be called; they are replaced below.
        warnings.simplefilter("ignore", SyntaxWarning)
        code = compile_function(origin, node)
    function = origin.function
    plain = types.FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    plain.__kwdefaults__ = function.__kwdefaults__
    session = Session(layout, function.__name__, plain)
    return session, session.bind(code)
