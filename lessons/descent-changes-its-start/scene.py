"""A descent that walks with the array it was handed, and one that walks with its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray, numerical_gradient
from tutor.trace import Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle

SHORT = 3


def bowl(x):
    return x[0] ** 2 + x[1] ** 2


def descend(f, init_x, lr=0.1, step_num=100):
    x = init_x
    history = [x]
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
        history.append(x)
    return x, history


def descend_with_minus(f, init_x, lr=0.1, step_num=100):
    x = init_x
    history = [x]
    for _ in range(step_num):
        x = x - lr * numerical_gradient(f, x)
        history.append(x)
    return x, history


def descend_on_a_copy(f, init_x, lr=0.1, step_num=100):
    x = init_x.copy()
    history = [x]
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
        history.append(x)
    return x, history


def the_start() -> FloatArray:
    return np.array([-3.0, 4.0])


# -- the runs -------------------------------------------------------------------------------------


def walk() -> Recording:
    return record(descend, bowl, the_start())


def second_walk() -> Recording:
    start = the_start()
    descend(bowl, start)
    return record(descend, bowl, start, lr=1e-10)


def fresh_walk() -> Recording:
    return record(descend, bowl, the_start(), lr=1e-10)


def short_walk() -> Recording:
    return record(descend, bowl, the_start(), step_num=SHORT)


def with_minus() -> Recording:
    return record(descend_with_minus, bowl, the_start(), step_num=SHORT)


def on_a_copy() -> Recording:
    return record(descend_on_a_copy, bowl, the_start(), step_num=SHORT)


# -- what the text quotes -------------------------------------------------------------------------


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    start = the_start()
    descend(bowl, start)
    second, fresh = (runs[name].result[0] for name in ("second-walk", "fresh-walk"))
    return {
        "end": runs["walk"].result[0],
        "start_after": start,
        "second": second,
        "fresh": fresh,
        "different": different(runs["short-walk"]),
        "length": len(path_of(descend)),
    }


def different(recording: Recording) -> int:
    """Return how many different arrays a history holds."""
    return len({id(point) for point in recording.result[1]})


def path_of(way: Callable[..., Any]) -> list[FloatArray]:
    history: list[FloatArray] = way(bowl, the_start(), step_num=SHORT)[1]
    return history


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    ways = {
        "as it is": descend,
        "init_x.copy()": descend_on_a_copy,
        "x = x - ...": descend_with_minus,
    }
    return {
        "history": Table(
            "history, after three steps",
            ("point", "x[0]", "x[1]"),
            tuple((k, *(f"{x:.6f}" for x in xs)) for k, xs in enumerate(path_of(descend))),
        ),
        "ways": Table(
            "After three steps from (-3, 4)",
            ("", "start", "different points"),
            tuple((name, *outcome(way)) for name, way in ways.items()),
        ),
    }


def outcome(way: Callable[..., Any]) -> tuple[object, object]:
    start = the_start()
    _, history = way(bowl, start, step_num=SHORT)
    kept = "kept" if np.array_equal(start, the_start()) else "changed"
    return kept, len({tuple(point.tolist()) for point in history})


# -- the exercise ---------------------------------------------------------------------------------

SHAPE, LR, COUNT = (2, 3), 0.1, 6
CLOSE = {"rtol": 1e-5, "atol": 1e-7}
Fault = tuple[str, dict[str, object]]


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    a, start = rng.uniform(0.5, 2, SHAPE), rng.choice([-1.0, 1.0], SHAPE) * rng.uniform(1, 3, SHAPE)
    answer = oracle.call("try_it", a, start, LR, COUNT)
    if not (isinstance(answer, tuple) and len(answer) == 3):
        return Verdict(False, "no-parts")
    found = fault(a, start, *answer)
    shown = {"count": COUNT, "points": COUNT + 1}
    if found is None:
        return Verdict(True, "solved", shown)
    return Verdict(False, found[0], {**shown, **found[1]})


def path(a: FloatArray, start: FloatArray, sign: int = -1) -> FloatArray:
    """Return every point of a descent on sum(a x^2), in closed form: each step is a factor."""
    return np.array([start * (1 + sign * 2 * LR * a) ** k for k in range(COUNT + 1)])


def fault(a: FloatArray, start: FloatArray, end: Any, history: Any, left: Any) -> Fault | None:
    """Return what is wrong with a descent: its end, its history, the start it leaves."""
    due = path(a, start)
    points = numbers(history)
    if not is_close(end, due[-1]):
        return ("uphill" if is_close(end, path(a, start, 1)[-1]) else "end"), {}
    if points is None or points.shape[1:] != SHAPE:
        return "no-history", {"shape": SHAPE}
    same = len(points) > 1 and bool(np.all(points == points[0]))
    if not is_close(left, start):
        return ("both" if same else "start-moved"), {"off": float(np.abs(left - start).max())}
    if same:
        return "one-point", {"given": len(points)}
    return history_fault(points, due)


def history_fault(points: FloatArray, due: FloatArray) -> Fault | None:
    """Return what is wrong with a history of different points."""
    if len(points) != len(due):
        lacks = is_close(points, due[1:]) or is_close(points, due[:-1])
        return ("lacks-one" if lacks else "how-many"), {"given": len(points)}
    if is_close(points, due):
        return None
    wrong = [k for k in range(len(due)) if not is_close(points[k], due[k])]
    return "points", {"first": wrong[0]}


def numbers(history: Any) -> FloatArray | None:
    """Return a history as one array of floats, None if it is none."""
    try:
        return np.array(history, dtype=float)
    except (TypeError, ValueError):
        return None


def is_close(given: Any, due: FloatArray) -> bool:
    same_shape = isinstance(given, np.ndarray) and given.shape == due.shape
    return same_shape and bool(np.allclose(given, due, **CLOSE))
