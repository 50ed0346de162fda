"""Saved runs of every sort that a page has to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from tests.trace.corpus import CASES
from tutor.nets import SimpleNet, numerical_gradient
from tutor.trace import Recorder, find_place
from tutor.trace.saved import Run, Saved, SavedRun
from tutor.trace.saved.document import data_of
from tutor.trace.steps import Steps

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><!--<script>"


def recorded(name: str) -> Steps:
    """Return the recording of a case of the corpus."""
    traced, call, args, keywords = CASES[name].fresh()
    with np.errstate(all="ignore"):
        return Recorder(traced).run(call, *args, **keywords)


def place(steps: Steps, iteration: int, after: str) -> int:
    """Return the step after which something is true, counted from 1 as the page does."""
    found = find_place(steps, iteration, after)
    assert found is not None
    return found + 1


def puzzle(copy: bool) -> Steps:
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    start = net.W.copy() if copy else net.W
    return Recorder(numerical_gradient).run(numerical_gradient, lambda W: net.loss(x, t), start)


def two() -> Saved:
    runs = (Run("x is net.W", puzzle(copy=False)), Run("x is a copy", puzzle(copy=True)))
    return Saved("Mutated or copied?", runs, ("Both are runs of the same net.",))


def wide_gradient(f: Any, x: Any) -> Any:
    h, grad = 1e-4, np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        kept = x[idx]
        x[idx] = kept + h
        fxh1 = f(x)
        x[idx] = kept - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = kept
    return grad


def wide() -> Saved:
    """Return a run over an array that is drawn as a map."""
    x = np.random.default_rng(0).normal(size=(60, 20))
    run = Recorder(wide_gradient).run(wide_gradient, lambda x: float(np.sum(x**2)), x)
    return Saved("A map", (Run("wide", run),))


def averaged(f: Any, x: Any, times: Any) -> Any:
    """Ask f several times of each element, so that lines run more than once an iteration."""
    h, grad = 1e-4, np.zeros_like(x)
    for idx in range(x.size):
        kept = x[idx]
        x[idx] = kept + h
        fxh1 = 0.0
        for _ in range(times[idx]):
            fxh1 += f(x) / times[idx]
        x[idx] = kept
        grad[idx] = (fxh1 - f(x)) / h
    return grad


def repeated(*times: int) -> Steps:
    x = np.arange(1.0, len(times) + 1)
    return Recorder(averaged).run(averaged, lambda x: float(np.sum(x**2)), x, times)


def hostile_function(x: Any) -> Any:
    word = "</script><img src=x onerror=\"document.title='owned'\"><!--<script>"  # <b>&amp;
    x[0] = 1.0
    raise ValueError(word)


def hostile() -> Saved:
    """Return a run whose every text would be a program if it were read as HTML."""
    data = data_of(Recorder(hostile_function).run(hostile_function, np.zeros(2)))
    last = len(data.path) - 1
    steps = SavedRun(replace(data, printed={1: f"{HOSTILE}\nand more", last: HOSTILE}))
    return Saved(HOSTILE, (Run(HOSTILE, steps), Run(f"{HOSTILE} again", steps)), (HOSTILE,))


def nothing() -> Saved:
    return Saved("Nothing", (Run("empty", empty()),))


def empty() -> Steps:
    """Return a run without a step: the function was never called."""
    return Recorder(hostile_function).run(lambda: None)


SAVED: dict[str, Callable[[], Saved]] = {
    "two": two,
    "wide": wide,
    "hostile": hostile,
    "nothing": nothing,
}
