"""Recording a block of code, or every call of a function."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, ParamSpec, TypeVar, overload

from tutor.trace.frames import FrameRecording
from tutor.trace.origin import plain_function
from tutor.trace.recorder import Opened, Recorder, is_being_recorded
from tutor.trace.recording import Recording

_KEPT = 100
P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def recording(function: Callable[..., Any]) -> Iterator[Opened]:
    """Record every call of a function that a block of code makes.

    Parameters
    ----------
    function : callable
        The function whose lines are recorded, whoever calls it: see `tutor.record`.

    Returns
    -------
    context manager
        What it gives has a ``recording`` once the block has ended. An exception that leaves
        the block goes on, and the recording holds all that ran until then.

    Raises
    ------
    RecordingError
        If it is a class, a generator, not written in Python, or being recorded already.

    Examples
    --------
    >>> with recording(numerical_gradient) as run:  # doctest: +SKIP
    ...     grads = net.numerical_gradient(x, t)
    >>> run.recording.iterations["fxh1"]  # doctest: +SKIP
    """
    with Recorder(function).opened() as opened:
        yield opened


class Recorded(Generic[P, R]):
    """A function of which each call is recorded.

    Attributes
    ----------
    recordings : deque of Recording
        Of its last calls, the newest at the end.
    """

    def __init__(self, function: Callable[P, R], keep: int) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._plain = plain_function(function)
        self._recorder = Recorder(function)
        self.recordings: deque[Recording | FrameRecording] = deque(maxlen=keep)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function, and keep the recording of it; a call inside another is part of it."""
        if is_being_recorded(self._plain):
            return self._function(*args, **kwargs)
        made = self._recorder.run(self._function, *args, **kwargs)
        self.recordings.append(made)
        if made.exception is not None:
            raise made.exception
        result: R = made.result
        return result

    def __get__(self, owner: object, kind: type | None = None) -> Callable[..., R]:
        """Return the method of an object, for a function that is recorded in a class."""
        return self if owner is None else functools.partial(self.__call__, owner)  # type: ignore[arg-type]


@overload
def recorded(function: Callable[P, R]) -> Recorded[P, R]: ...
@overload
def recorded(*, keep: int = ...) -> Callable[[Callable[P, R]], Recorded[P, R]]: ...


def recorded(function: Callable[P, R] | None = None, *, keep: int = _KEPT) -> Any:
    """Let a function record each of its calls; its ``recordings`` are those of the last ones.

    Parameters
    ----------
    function : callable
        A function or a method. It returns and raises what it did before.
    keep : int
        How many recordings are kept.

    Raises
    ------
    RecordingError
        If it is a class, a generator, or not written in Python.

    Examples
    --------
    >>> @recorded  # doctest: +SKIP
    ... def numerical_gradient(f, x): ...
    >>> numerical_gradient(f, net.W)  # doctest: +SKIP
    >>> numerical_gradient.recordings[-1].state(29)  # doctest: +SKIP
    """
    if function is None:
        return lambda function: Recorded(function, keep)
    return Recorded(function, keep)
