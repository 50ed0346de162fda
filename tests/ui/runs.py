"""Runs of one's own, really recorded, and a way to open them on a screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import numpy as np

from tests.ui.conftest import Opened
from tutor.trace import record
from tutor.trace.saved import Run, Saved, dump, load
from tutor.trace.state import Note, Source, State
from tutor.ui.app import RunApp
from tutor.ui.keeper import Keeper
from tutor.ui.reader import Reader
from tutor.ui.screens.run import RunScreen


def numerical_gradient(f, x, h=1e-4):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
        it.iternext()
    return grad


def squares(x):
    return np.sum(x**2)


def dead(x):
    """Return a sum that the last column has no part in: there fxh1 == fxh2."""
    return np.sum(x[..., :-1] ** 2)


def straight_on(a):
    b = a + 1
    c = b * 2
    return max(b, c)


def fails_at(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i] / (i - 2)
        if i == 2:
            raise ZeroDivisionError("the third one")
    return total


@cache
def gradient(f: Callable[..., float] = squares, shape: tuple[int, ...] = (2, 3), h: float = 1e-4):
    x = np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)
    return record(numerical_gradient, f, x, h)


@cache
def long_run():
    """Return a run of 39,760 iterations, 320,000 steps."""
    x = np.linspace(-1.0, 1.0, 39_760).reshape(784 * 5 + 56, 10)
    return record(numerical_gradient, lambda x: float(x[-1, -1] * 2), x)


def saved(*runs: object, title: str = "my_net.py", notes: tuple[str, ...] = ()) -> Saved:
    return Saved(title, tuple(Run(f"run {n}", run) for n, run in enumerate(runs, 1)), notes)


def from_disk(some: Saved) -> Saved:
    return load(dump(some))


class Printing:
    """A run of two lines, of which the second prints."""

    result = None
    exception = None
    names = ("a",)
    notes = (Note("Something happened unseen.", 1), Note("Slow.", None))
    passes = 0
    iterations = np.zeros(0, [("idx", np.int64, (1,))])

    def __init__(self, printed: str) -> None:
        self.source = Source("shout", "shout.py", 4, ("def shout(a):", "    print(a)"))
        self._printed = printed

    def __len__(self) -> int:
        return 2

    def state(self, step: int) -> State:
        printed = self._printed if step == 1 else ""
        given = ("a",) if step == 0 else ()
        return State(
            step, self.source, 4 + step, 4 + step, 0, 0, None, None, {"a": 7},
            assigned=given, printed=printed,
        )  # fmt: skip

    def memory(self, step: int):
        from tutor.trace.state import Memory

        return Memory(step, ())

    def line_of(self, step: int) -> int:
        return 4 + step

    def iteration_of(self, step: int) -> None:
        return None

    def can_step_into(self, step: int) -> bool:
        return False


class Empty(Printing):
    """A run of which nothing was recorded."""

    notes = ()
    exception = ValueError("before the first line")

    def __init__(self) -> None:
        super().__init__("")

    def __len__(self) -> int:
        return 0

    def state(self, step: int) -> State:
        raise IndexError(step)

    memory = line_of = iteration_of = state


class OpenedRun(Opened):
    """A run on a screen, and what tests ask of it again and again."""

    @property
    def reader(self) -> Reader:
        page = self.app.screen_stack[0]
        assert isinstance(page, RunScreen)
        return page.reader

    @property
    def line(self) -> str:
        state = self.reader.left.state
        return state.source.line(state.line).strip()

    @property
    def keys(self) -> str:
        return self.app.screen_stack[0].query_one("#keys").text


@asynccontextmanager
async def opened_run(
    some: Saved, data: Path, size: tuple[int, int] = (120, 40), **named: object
) -> AsyncIterator[OpenedRun]:
    app = RunApp(RunScreen(some, **named), Keeper(data / "progress.json"))
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            opened = OpenedRun(app, pilot)
            await opened.settle()
            yield opened
    finally:
        app.keeper.close()
