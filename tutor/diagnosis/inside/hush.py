"""What a student's code prints while the judge asks it: nothing, unless it is a flood."""

from __future__ import annotations

import contextlib
import functools
import io
import sys
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

_MOST = 1 << 20  # characters of one question, after which it is printed: that has its own end

P = ParamSpec("P")
T = TypeVar("T")


class _Silent(io.TextIOBase):
    def __init__(self, loud: io.TextIOBase) -> None:
        self.loud = loud
        self.written = 0

    def write(self, text: str) -> int:
        self.written += len(text)
        return self.loud.write(text) if self.written > _MOST else len(text)


@contextlib.contextmanager
def hush() -> Iterator[None]:
    """Keep what is printed meanwhile to ourselves."""
    loud = sys.stdout
    if isinstance(loud, _Silent):
        yield
        return
    sys.stdout = _Silent(loud)  # type: ignore[arg-type]
    try:
        yield
    finally:
        sys.stdout = loud


def hushed(question: Callable[P, T]) -> Callable[P, T]:
    """Answer a question without printing."""

    @functools.wraps(question)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        with hush():
            return question(*args, **kwargs)

    return answer
