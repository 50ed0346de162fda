"""The bowl differentiated at arrays of whole numbers, and the same points as floats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray, numerical_gradient
from tutor.pitfalls import Code, code_of
from tutor.trace import Recorder, Recording

if TYPE_CHECKING:
    from tutor.jail import Oracle

POINTS = ([3, 4], [0, 2], [-3, 4])


def gradient_at(code: Code, point: list[int]) -> Recording:
    """Record the numerical gradient that a file's `gradient_at` calls for the bowl."""
    return Recorder(code.numerical_gradient).run(code.gradient_at, code.bowl, point)


def whole() -> Recording:
    return gradient_at(code_of("integer-array"), [3, 4])


def below_zero() -> Recording:
    return gradient_at(code_of("integer-array"), [-3, 4])


def at_zero() -> Recording:
    return gradient_at(code_of("integer-array"), [0, 2])


def float_value() -> Recording:
    return gradient_at(code_of("integer-array: float(tmp_val)"), [3, 4])


def floats() -> Recording:
    return gradient_at(code_of(), [3, 4])


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    first, second = runs["whole"].iterations
    below = runs["below-zero"].iterations[0]
    return {
        "fxh1": int(first["fxh1"]),
        "fxh2": int(first["fxh2"]),
        "second_fxh2": int(second["fxh2"]),
        "rise": int(first["fxh1"] - first["fxh2"]),
        "second_rise": int(second["fxh1"] - second["fxh2"]),
        "first": int(runs["whole"].result[0]),
        "second": int(runs["whole"].result[1]),
        "result": runs["whole"].result,
        "right": tuple(runs["floats"].result.tolist()),
        "cut": int(runs["floats"].result[1]),
        "below": int(runs["below-zero"].result[0]),
        "below_up": int(below["fxh1"]),
        "below_down": int(below["fxh2"]),
        "float_value": runs["float-value"].result,
        "refusal": refusal(),
    }


def refusal() -> str:
    """Return what the tutor's own numerical gradient says to whole numbers."""
    try:
        numerical_gradient(lambda x: float(np.sum(x**2)), np.array([3, 4]))
    except TypeError as error:
        return str(error)
    raise AssertionError("an array of integers was not refused")


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    names = ("whole", "at-zero", "below-zero")
    return {
        "points": Table(
            "The gradient of the bowl at whole numbers",
            ("point", "as integers", "as floats"),
            tuple(row(point, runs[name]) for point, name in zip(POINTS, names, strict=True)),
        )
    }


def row(point: list[int], recording: Recording) -> tuple[object, ...]:
    right = gradient_at(code_of(), point).result
    return (
        str(point),
        str(recording.result.tolist()),
        str([round(slope, 6) for slope in right.tolist()]),
    )


# --- the exercise ----------------------------------------------------------------------------

H = 1e-4
SHAPES = ((3,), (2, 3))
CLOSE = {"rtol": 1e-6, "atol": 1e-6}
Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Case:
    """f(x) = sum of a x^3 + b x^2; a, b and the point x have one shape."""

    a: FloatArray
    b: FloatArray
    x: Any

    @classmethod
    def draw(cls, rng: np.random.Generator, shape: tuple[int, ...]) -> Case:
        x = rng.choice([-1, 1], shape) * rng.integers(2, 9, shape)
        return cls(rng.uniform(0.5, 2, shape), rng.uniform(0.5, 2, shape), x)

    def terms(self, x: FloatArray) -> FloatArray:
        return self.a * x**3 + self.b * x**2

    def slopes(self) -> FloatArray:
        return 3 * self.a * self.x**2 + 2.0 * self.b * self.x

    def truncated(self) -> FloatArray:
        """Return what comes out if x + h and x - h are cut to whole numbers."""
        up, down = np.trunc(self.x + H), np.trunc(self.x - H)
        return (self.terms(up) - self.terms(down)) / (2 * H)


BOWL = Case(np.zeros(2), np.ones(2), np.array([3, 4]))


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    cases = [BOWL, *(Case.draw(rng, shape) for shape in SHAPES)]
    found = next(filter(None, (of_integers(oracle, case) for case in cases)), None)
    found = found or of_floats(oracle, cases[1:])
    if found is None:
        return Verdict(True, "solved", {"shapes": SHAPES})
    return Verdict(False, *found)


def of_integers(oracle: Oracle, case: Case) -> Fault | None:
    """Return what is wrong with the slopes at an array of integers, None if nothing is."""
    from tutor.jail import Raised

    try:
        answer = oracle.call("try_it", case.a, case.b, case.x, True)
    except Raised as error:
        if error.kind in ("TypeError", "ValueError"):
            return "refuses", {"said": str(error)}
        raise
    return no_answer(case, answer) or wrong_slopes(case, *answer)


def no_answer(case: Case, answer: Any) -> Fault | None:
    if not (isinstance(answer, tuple) and len(answer) == 2):
        return "no-parts", {}
    grad, _ = answer
    if not isinstance(grad, np.ndarray) or grad.shape != case.x.shape:
        return "no-array", {"what": described(grad), "shape": case.x.shape}
    return None


def wrong_slopes(case: Case, grad: FloatArray, left: FloatArray) -> Fault | None:
    due = case.slopes()
    where = {"point": case.x, "given": grad, "due": due}
    if np.allclose(grad, due, **CLOSE):
        same = np.array_equal(left, case.x)
        return None if same else ("not-put-back", {"left": left, "point": case.x})
    if np.allclose(grad, case.truncated(), rtol=1e-3, atol=1):
        return "still-whole", where
    whole_step = due + case.a
    if np.allclose(grad, whole_step, **CLOSE) or np.array_equal(grad, np.trunc(whole_step)):
        return "step-of-one", where
    # A slope that was cut, or rounded, is a whole number less than 1 away.
    if np.array_equal(grad, np.trunc(grad)) and np.max(np.abs(grad - due)) < 1.01:
        return "slopes-cut", where
    return "other", where


def of_floats(oracle: Oracle, cases: Sequence[Case]) -> Fault | None:
    """Return what is wrong at floats: f looks at its argument, then at the array it knows."""
    for case in cases:
        x = case.x + 0.25
        moved = Case(case.a, case.b, x)
        for looks_at_argument in (True, False):
            answer = oracle.call("try_it", case.a, case.b, x, looks_at_argument)
            found = no_answer(moved, answer)
            if found is None and not looks_at_argument and not answer[0].any():
                found = "perturbs-a-copy", {}
            found = found or wrong_slopes(moved, *answer)
            if found is not None:
                return found
    return None


def described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "nothing" if value is None else f"a {type(value).__name__}"
