"""The numerical gradient of a bowl, and two ways of getting it nearly right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray, numerical_gradient
from tutor.pitfalls import find
from tutor.trace import Cursor, Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle


def bowl(x):
    return x[0] ** 2 + x[1] ** 2


def product(x):
    return x[0] * x[1]


def at_3_4() -> Recording:
    return record(numerical_gradient, bowl, np.array([3.0, 4.0]))


def at_0_2() -> Recording:
    return record(numerical_gradient, bowl, np.array([0.0, 2.0]))


def at_3_0() -> Recording:
    return record(numerical_gradient, bowl, np.array([3.0, 0.0]))


def unrestored() -> Recording:
    return record(find("no-restore").wrong, bowl, np.array([3.0, 4.0]))


def one_sided() -> Recording:
    return record(find("forward-difference").wrong, bowl, np.array([3.0, 4.0]))


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    first, flat = runs["at-3-4"].iterations[0], runs["at-0-2"].iterations[0]
    up, down = (point(runs["at-3-4"], after) for after in ("fxh1", "fxh2"))
    return {
        "up": up,
        "down": down,
        "way": up[0] - down[0],
        "fxh1": float(first["fxh1"]),
        "fxh2": float(first["fxh2"]),
        "rise": float(first["fxh1"] - first["fxh2"]),
        "slope": float(first["grad"]),
        "rounding": abs(float(first["grad"]) - 6),
        "drifted": tuple(end_of(runs["unrestored"], "x").tolist()),
        "slopes_while_drifting": tuple(runs["unrestored"].result.tolist()),
        "product_right": float(numerical_gradient(product, np.array([3.0, 4.0]))[1]),
        "product_wrong": float(find("no-restore").wrong(product, np.array([3.0, 4.0]))[1]),
        "flat_value": float(flat["fxh1"]),
        "flat_rise": float(flat["fxh1"] - flat["fxh2"]),
        "flat_slope": float(flat["grad"]),
    }


def point(recording: Recording, after: str) -> tuple[float, ...]:
    """Return x as it was in the first pass, while the line ran that gave a name its value."""
    cursor = Cursor(recording)
    cursor.seek(iteration=0, after=after)
    return tuple(cursor.state.names["x"].to_numpy().tolist())


def end_of(recording: Recording, name: str) -> FloatArray:
    return recording.state(len(recording) - 1).names[name].to_numpy()


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    names = {"central": "at-3-4", "upwards only": "one-sided"}
    slopes = {name: float(runs[run].result[0]) for name, run in names.items()}
    points = ("at-3-4", "at-0-2", "at-3-0")
    return {
        "both-kinds": Table(
            "The slope along x[0] at (3, 4)",
            ("difference", "slope", "off by"),
            tuple(
                (name, f"{slope:.12f}", f"{abs(slope - 6):.0e}") for name, slope in slopes.items()
            ),
        ),
        "three-points": Table(
            "The gradient of the bowl",
            ("at", "x[0]", "x[1]"),
            tuple(row_of(runs[run]) for run in points),
        ),
    }


def row_of(recording: Recording) -> tuple[object, ...]:
    x = end_of(recording, "x")
    return f"({x[0]:g}, {x[1]:g})", *(f"{slope:.6f}" for slope in recording.result)


# -- the exercise ---------------------------------------------------------------------------------

SHAPES = ((2,), (3, 2), (2, 2, 3))
CLOSE = {"rtol": 1e-6, "atol": 1e-6}
H = 1e-4
Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Case:
    """f(x) = sum(a x^3 + b x^2) + c (sum of x)^2, and a point; a, b and x have one shape."""

    a: FloatArray
    b: FloatArray
    c: float
    x: FloatArray

    @classmethod
    def draw(cls, rng: np.random.Generator, shape: tuple[int, ...]) -> Case:
        signs = rng.choice([-1.0, 1.0], shape)
        a, b = (rng.uniform(0.5, 2, shape) for _ in range(2))
        return cls(a, b, 1.0, signs * rng.uniform(0.5, 3, shape))

    def slopes(self) -> FloatArray:
        return 3 * self.a * self.x**2 + 2 * self.b * self.x + 2 * self.c * self.x.sum()


BOWL = Case(np.zeros(2), np.ones(2), 0.0, np.array([3.0, 4.0]))


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    for case in (BOWL, *(Case.draw(rng, shape) for shape in SHAPES)):
        found = judged(oracle, case)
        if found is not None:
            text, own = found
            where = "the bowl at (3, 4)" if case is BOWL else f"an `x` of shape {case.x.shape}"
            return Verdict(False, text, {"where": where, **own})
    return Verdict(True, "solved", {"shapes": SHAPES})


def judged(oracle: Oracle, case: Case) -> Fault | None:
    """Return what is wrong with the answer to one case, None if it is right."""
    from tutor.jail import Raised

    try:
        answer = oracle.call("try_it", case.a, case.b, case.c, case.x)
    except Raised as error:
        # On a vector the same code ran: what is new is the second axis.
        if case.x.ndim > 1 and error.kind in ("IndexError", "TypeError", "ValueError"):
            return "vectors-only", {"said": str(error), "shape": case.x.shape}
        raise
    if not (isinstance(answer, tuple) and len(answer) == 3):
        return "no-parts", {}
    grad, left, calls = answer
    if calls == 0:
        return "never-asked", {}
    if not isinstance(grad, np.ndarray) or grad.shape != case.x.shape:
        return "no-array", {"what": described(grad), "shape": case.x.shape}
    return wrong_slopes(case, grad, calls) or moved(case, left)


def moved(case: Case, left: Any) -> Fault | None:
    """Return the verdict on an x that was not put back."""
    if isinstance(left, np.ndarray) and np.allclose(left, case.x, rtol=0, atol=1e-12):
        return None
    off = float((left - case.x).ravel()[0]) if isinstance(left, np.ndarray) else float("nan")
    return "not-put-back", {"off": off}


def wrong_slopes(case: Case, grad: FloatArray, calls: Any) -> Fault | None:
    due = case.slopes()
    right = np.allclose(grad, due, **CLOSE)
    if right and isinstance(calls, int) and calls < 2 * due.size:
        return "one-sided-small", {"calls": calls, "due": 2 * due.size}
    if right:
        return None
    at = int(np.argmax(np.nan_to_num(np.abs(grad - due), nan=np.inf)))
    shown = {"given": float(grad.flat[at]), "due": float(due.flat[at])}
    return next((name for name, holds in SIGNS.items() if holds(case, grad)), "other"), shown


def ratio_is(value: float, atol: float = 1e-2) -> Callable[[Case, FloatArray], bool]:
    return lambda case, grad: bool(np.allclose(grad, value * case.slopes(), rtol=1e-3, atol=atol))


def is_by_rows(case: Case, grad: FloatArray) -> bool:
    """Tell whether every row, of the first axis, holds one number over and over."""
    rows = grad.reshape(len(grad), -1)
    return case.x.ndim > 1 and bool(np.all(rows == rows[:, :1]))


def is_forward(case: Case, grad: FloatArray) -> bool:
    """Tell whether the error is that of one side: h/2 times the second derivative."""
    bend = 6 * case.a * case.x + 2 * case.b + 2 * case.c
    off = np.abs(grad - case.slopes())
    return bool(np.allclose(off, H / 2 * np.abs(bend), rtol=2e-2, atol=1e-6))


def is_unrestored(case: Case, grad: FloatArray) -> bool:
    """Tell whether each slope was taken with all elements before it still moved down by h."""
    drift = 2 * case.c * H * np.arange(case.x.size).reshape(case.x.shape)
    return bool(case.c and np.allclose(grad, case.slopes() - drift, **CLOSE))


def is_value_over(way: float) -> Callable[[Case, FloatArray], bool]:
    """Tell whether each slope is f itself over some way: the values were never subtracted."""

    def holds(case: Case, grad: FloatArray) -> bool:
        x = case.x
        value = np.sum(case.a * x**3 + case.b * x**2) + case.c * x.sum() ** 2
        return bool(np.allclose(grad, value / way, rtol=1e-2))

    return holds


# The first that holds names the mistake.
SIGNS: dict[str, Callable[[Case, FloatArray], bool]] = {
    "all-zeros": lambda case, grad: not grad.any(),
    "first-only": lambda case, grad: np.count_nonzero(grad) == 1,
    "row-view": is_by_rows,
    "precedence": ratio_is(H * H, atol=0),
    "twice": ratio_is(2.0),
    "half": ratio_is(0.5),
    "upside-down": ratio_is(-1.0),
    "sum": is_value_over(H),
    "no-brackets": is_value_over(-2 * H),
    "one-sided": is_forward,
    "not-put-back-slopes": is_unrestored,
}


def described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "nothing" if value is None else f"a {type(value).__name__}"
