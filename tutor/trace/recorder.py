"""Recording a run: the traced function is given instrumented code for as long as a call lasts."""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tutor.trace.errors import RecordingError, SourceNotFound
from tutor.trace.follow import follow_function
from tutor.trace.frames import FrameRecording
from tutor.trace.instrument import instrument
from tutor.trace.origin import Origin, compile_function, find_origin, plain_function
from tutor.trace.recording import Recording
from tutor.trace.session import Session
from tutor.trace.state import Note
from tutor.trace.watch import Watch

_being_recorded: set[types.FunctionType] = set()
Close = Callable[[Any, BaseException | None], Recording | FrameRecording]


class Recorder:
    """Records every call of one function that a run makes.

    Parameters
    ----------
    function : callable
        The function whose lines are recorded: a function, a method, a partial, a decorated one.
    watch : Watch, optional
        Who is told of each recording that begins, and asked now and then while it is made.

    Raises
    ------
    RecordingError
        If it is a class, a generator, or not written in Python.

    Examples
    --------
    >>> recorder = Recorder(numerical_gradient)                       # doctest: +SKIP
    >>> recording = recorder.run(net.numerical_gradient, x, t)        # doctest: +SKIP
    """

    def __init__(self, function: Callable[..., Any], watch: Watch | None = None) -> None:
        self._function = plain_function(function)
        self._watch = watch
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
        with self.opened() as opened:
            try:
                opened.result = call(*args, **kwargs)
            except KeyboardInterrupt:
                raise
            except BaseException as raised:  # an exit() is part of the run too
                opened.exception = raised
        return opened.recording

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """Record what the function does in a block; see `tutor.trace.block.recording`.

        An exception that leaves the block is kept in the recording, and goes on.

        Raises
        ------
        RecordingError
            If the function is being recorded already.
        """
        if is_being_recorded(self._function):
            raise RecordingError(
                f"{self._function.__name__} is being recorded already. "
                "Let that recording end before another one begins."
            )
        opened = Opened(self._function.__name__)
        way = self._swapped(self._origin) if self._origin else self._followed()
        _being_recorded.add(self._function)
        try:
            with way as opened.close:
                try:
                    yield opened
                except BaseException as raised:
                    opened.exception = raised
                    raise
        finally:
            _being_recorded.discard(self._function)
            if not isinstance(opened.exception, KeyboardInterrupt):
                opened.end()

    @contextmanager
    def _swapped(self, origin: Origin) -> Iterator[Close]:
        """Give the function code that reports, and its own code back."""
        session, code = _prepare(origin, self._watch)
        if self._watch is not None:
            self._watch.begins(origin, session)
        function = origin.function
        before = function.__code__
        function.__code__ = code
        try:
            yield lambda result, error: Recording(origin, session, result, error)
        finally:
            function.__code__ = before
            session.code = None  # it holds the session, out of the garbage collector's sight

    @contextmanager
    def _followed(self) -> Iterator[Close]:
        """Look on from outside, for a function whose source cannot be had."""
        why = f"Recorded line by line from outside, which is slower. {self._why_slow}"
        with follow_function(self._function) as close:
            yield lambda result, error: close(result, error, (Note(why),))


def is_being_recorded(function: types.FunctionType) -> bool:
    """Tell whether a function reports what it does at the moment."""
    return function in _being_recorded


class Opened:
    """A recording that is being made.

    Attributes
    ----------
    result, exception : object
        What the recording will say that its call returned, or raised.
    """

    def __init__(self, name: str) -> None:
        self.result: Any = None
        self.exception: BaseException | None = None
        self.close: Close | None = None
        self._name = name
        self._recording: Recording | FrameRecording | None = None

    @property
    def recording(self) -> Recording | FrameRecording:
        """Return the recording, once the block has ended.

        Raises
        ------
        RecordingError
            Before that, and after a keyboard interrupt.
        """
        if self._recording is None:
            raise RecordingError(
                f"There is no recording of {self._name} yet: it is there when the block has "
                "ended. Ask for it after the block."
            )
        return self._recording

    def end(self) -> None:
        """Make the recording out of what was gathered."""
        if self.close is not None:
            self._recording = self.close(self.result, self.exception)


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


def _prepare(origin: Origin, watch: Watch | None) -> tuple[Session, types.CodeType]:
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
    session = Session(layout, function.__name__, plain, watch=watch)
    return session, session.bind(code)
