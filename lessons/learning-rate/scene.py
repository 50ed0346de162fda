"""A descent with three rates, and the size of h that stops the one that flies off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray, numerical_gradient
from tutor.pitfalls import find
from tutor.trace import Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle

H = 1e-4
LAST_MOVE = 9  # steps after which one step is still to come
RATES = (1e-10, 0.1, 0.5, 0.9, 1.0, 1.1, 10.0)

blow_up = find("blow-up")
descend = blow_up.right


def bowl(x):
    return x[0] ** 2 + x[1] ** 2


def the_start() -> FloatArray:
    return np.array([-3.0, 4.0])


# -- the runs -------------------------------------------------------------------------------------


def ten() -> Recording:
    return record(blow_up.wrong, bowl, the_start())


def one_tenth() -> Recording:
    return record(descend, bowl, the_start(), 0.1)


def tiny() -> Recording:
    return record(descend, bowl, the_start(), 1e-10)


def frozen() -> Recording:
    return record(numerical_gradient, bowl, after_steps(LAST_MOVE + 1))


def last_move() -> Recording:
    return record(numerical_gradient, bowl, after_steps(LAST_MOVE))


def after_steps(count: int) -> FloatArray:
    """Return where the walk with rate 10 is after some steps."""
    x: FloatArray = blow_up.wrong(bowl, the_start(), step_num=count)
    return x


# -- what the text quotes -------------------------------------------------------------------------


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    end, before = runs["ten"].result, after_steps(LAST_MOVE)
    slopes = runs["last-move"].result
    apart = np.spacing(np.abs(before))
    asked = runs["last-move"].iterations[0]
    return {
        "first": after_steps(1),
        "naive": 3 * 19.0**100,
        "naive_ten": 3 * 19.0**10,
        "end": end,
        "stopped": next(k for k in range(100) if np.array_equal(after_steps(k), end)),
        "apart_at_end": tuple(np.spacing(np.abs(end)).tolist()),
        "before": before,
        "before_steps": LAST_MOVE,
        "value": bowl(before),
        "apart": tuple(apart.tolist()),
        "slopes": slopes,
        "true": 2 * before,
        "rise": float(asked["fxh1"] - asked["fxh2"]),
        "true_rise": float(4 * abs(before[0]) * apart[0]),
        "f_apart": float(np.spacing(bowl(before))),
        "small": runs["one-tenth"].result,
        "tiny": runs["tiny"].result,
        "factor": 1 - 2 * 0.1,
        "steps_for_half": np.log(2) / 2e-10,
    }


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    return {
        "walk": Table(
            "lr 10, step by step",
            ("step", "x[0]", "x[1]"),
            tuple((k, *(f"{x:.8e}" for x in after_steps(k))) for k in (1, 8, 9, 10, 11, 100)),
        ),
        "rates": Table(
            "x[0] from -3, at seven rates",
            ("lr", "1 - 2 * lr", "after 100 steps"),
            tuple(
                (f"{lr:g}", f"{1 - 2 * lr:g}", f"{descend(bowl, the_start(), lr)[0]:.3g}")
                for lr in RATES
            ),
        ),
    }


# -- the exercise ---------------------------------------------------------------------------------

BOWLS = {"a flat bowl": (0.02, 0.02), "a steep bowl": (50.0, 50.0), "a long bowl": (0.5, 10.0)}
LR, COUNT = 10.0, 200
SMALL = 1e-6
Fault = tuple[str, dict[str, object]]


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    for where, steepness in BOWLS.items():
        a = np.array(steepness)
        start = rng.choice([-1.0, 1.0], 2) * rng.uniform(1, 3, 2)
        found = fault(a, start, *(oracle.call("try_it", a, start, LR, n) for n in (COUNT, 1)))
        if found is not None:
            return Verdict(False, found[0], {"where": where, "count": COUNT, **found[1]})
    return Verdict(True, "solved", {"count": COUNT})


def height(a: FloatArray, x: Any) -> float:
    return float(np.sum(a * x**2))


def fault(a: FloatArray, start: FloatArray, walked: Any, stepped: Any) -> Fault | None:
    """Return what is wrong with a long walk and with one of a single step."""
    if not is_answer(walked, start) or not is_answer(stepped, start):
        return "no-array", {}
    end, left = walked
    before, after, once = height(a, start), height(a, end), height(a, stepped[0])
    if not np.array_equal(left, start):
        return "start-moved", {}
    if not np.isfinite(after) or after > 100 * before:
        return "rose", {"end": end, "before": before, "after": after}
    if once > before:
        return "took-it", {"before": before, "after": once}
    if np.array_equal(end, start):
        # On the flat bowl a step with the rate that is given leads downhill.
        return ("uphill" if height(a, start - LR * 2 * a * start) < before else "no-step"), {}
    if after > SMALL * before:
        return "not-there", {"before": before, "after": after}
    return None


def is_answer(answer: Any, start: FloatArray) -> bool:
    if not (isinstance(answer, tuple) and len(answer) == 2):
        return False
    return all(isinstance(x, np.ndarray) and x.shape == start.shape for x in answer)
