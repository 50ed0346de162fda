"""Work in a thread that nobody waits for: its results are fetched, and at the end it is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Result = TypeVar("Result")
Stopped = Callable[[], bool]


class Background(Generic[Result]):
    """Work that begins at once, and yields results one after the other.

    Parameters
    ----------
    work : callable
        Called in the thread with a function that tells whether anybody still waits.

    Attributes
    ----------
    failure : str
        What the work failed with; empty if it did not.

    Notes
    -----
    The program may end while the work goes on, which a worker of the screen's would keep it from.
    """

    def __init__(self, work: Callable[[Stopped], Iterable[Result]]) -> None:
        self._work = work
        self._came: SimpleQueue[Result] = SimpleQueue()
        self._stop = threading.Event()
        self.failure = ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Tell whether everything was fetched that will ever come."""
        return not self._thread.is_alive() and self._came.empty()

    def stop(self) -> None:
        """Say that nobody waits any longer."""
        self._stop.set()

    def news(self) -> list[Result]:
        """Return what has come since it was asked for last."""
        found: list[Result] = []
        while True:
            try:
                found.append(self._came.get_nowait())
            except Empty:
                return found

    def _run(self) -> None:
        try:
            for result in self._work(self._stop.is_set):
                self._came.put(result)
        except Exception as error:  # in a thread it would go unseen; whoever waits is told
            self.failure = f"{type(error).__name__}: {error}".rstrip(".: ")
