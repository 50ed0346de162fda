"""The slopes of a grid of points, which is handed over in the wrong direction, and in the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray
from tutor.pitfalls import Edit, code_of
from tutor.pitfalls.compiled import Code
from tutor.trace import Recorder, Recording

if TYPE_CHECKING:
    from tutor.jail import Oracle

AXIS = np.arange(-2, 2.5, 0.25)
X, Y = np.meshgrid(AXIS, AXIS)
SHOWN = ((2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (1.0, -1.0), (2.0, -2.0))


def bowl(x):
    return np.sum(x**2)


def uneven(x):
    return x[0] ** 2 + 3 * x[1] ** 2


def saddle(x):
    return np.sum(x**2) + 3 * x[0] * x[1]


def in_rows() -> Code:
    return code_of("points-transposed")


def with_reshape() -> Code:
    right = "return gradients_at(f, points.T).T"
    wrong = "return gradients_at(f, points.reshape(-1, 2)).T"
    return Code((Edit("gradient_field", right, wrong),), "reshape")


def passes(code: Code, f: Callable[[FloatArray], float]) -> Recording:
    """Record the loop over what a file takes for points."""
    return Recorder(code.gradients_at).run(code.gradient_field, f, X, Y)


def slopes(code: Code, f: Callable[[FloatArray], float]) -> Recording:
    """Record the numerical gradients that this loop asks for."""
    return Recorder(code.numerical_gradient).run(code.gradient_field, f, X, Y)


def rows() -> Recording:
    return passes(in_rows(), bowl)


def points() -> Recording:
    return passes(code_of(), bowl)


def reshaped() -> Recording:
    return passes(with_reshape(), bowl)


def bowl_in_rows() -> Recording:
    return slopes(in_rows(), bowl)


def uneven_in_rows() -> Recording:
    return slopes(in_rows(), uneven)


def saddle_in_rows() -> Recording:
    return slopes(in_rows(), saddle)


def saddle_in_points() -> Recording:
    return slopes(code_of(), saddle)


# --- what the text quotes --------------------------------------------------------------------


def field(code: Code, f: Callable[[FloatArray], float]) -> FloatArray:
    """Return the gradient at every point of the grid, shape (2, 324)."""
    gradients: FloatArray = code.gradient_field(f, X, Y)
    return gradients


def both(f: Callable[[FloatArray], float]) -> tuple[FloatArray, FloatArray]:
    """Return the right field, and what the rows give."""
    return field(code_of(), f), field(in_rows(), f)


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    bowls, unevens, saddles = both(bowl), both(uneven), both(saddle)
    off = np.max(np.abs(np.subtract(*saddles)), axis=0) > 1e-6
    angles = turned(*saddles)
    return {
        "side": len(AXIS),
        "n": X.size,
        "slopes": 2 * X.size,
        "start": float(AXIS[0]),
        "stop": float(AXIS[-1]),
        "gap": float(np.max(np.abs(np.subtract(*bowls)))),
        "third": float(runs["bowl-in-rows"].iterations[2]["grad"]),
        "third_x": float(X.flat[2]),
        "nonzero": int(np.count_nonzero(unevens[1])),
        "nonzero_right": int(np.count_nonzero(unevens[0])),
        "wrong": int(np.count_nonzero(off)),
        "turned": int(np.count_nonzero(angles > 90)),
        "most": float(np.nanmax(angles)),
        "first_point": (float(X.flat[0]), float(Y.flat[0])),
        "first_reshaped": (float(X.flat[0]), float(X.flat[1])),
    }


def turned(right: FloatArray, other: FloatArray) -> FloatArray:
    """Return by how many degrees each arrow is turned; nan where there is no arrow."""
    with np.errstate(invalid="ignore", divide="ignore"):
        lengths = np.linalg.norm(right, axis=0) * np.linalg.norm(other, axis=0)
        cosine = np.sum(right * other, axis=0) / np.where(lengths > 1e-6, lengths, np.nan)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    right, in_two_rows = both(uneven)
    saddles = both(saddle)
    return {
        "uneven": Table(
            "The gradient of uneven at the first points",
            ("point", "right", "by rows"),
            tuple(
                (pair((X.flat[i], Y.flat[i])), pair(right[:, i]), pair(in_two_rows[:, i]))
                for i in range(4)
            ),
        ),
        "arrows": Table(
            "The arrow of saddle, -grad",
            ("at", "right", "by rows", "turned by"),
            tuple(arrow(at, *saddles) for at in SHOWN),
        ),
    }


def pair(values: Any) -> str:
    return f"({values[0]:.4g}, {values[1]:.4g})"


def arrow(at: tuple[float, float], right: FloatArray, other: FloatArray) -> tuple[str, ...]:
    """Return a row: a point, both of its arrows, and the angle between them."""
    i = int(np.flatnonzero((X.ravel() == at[0]) & (Y.ravel() == at[1]))[0])
    # Rounded, so that there is no -0 and no last digit of noise.
    arrows = [np.round(-gradients[:, i], 4) + 0.0 for gradients in (right, other)]
    return pair(at), *(pair(one) for one in arrows), f"{turned(right, other)[i]:.0f} degrees"


# --- the exercise ----------------------------------------------------------------------------

SHAPES = ((3, 4), (5, 2))
CLOSE = {"rtol": 1e-5, "atol": 1e-5}
Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Case:
    """f(x) = a[0] x0^2 + a[1] x1^2 + a[2] x0 x1 on a grid X, Y of shape (rows, columns)."""

    a: FloatArray
    X: FloatArray
    Y: FloatArray

    @classmethod
    def draw(cls, rng: np.random.Generator, shape: tuple[int, int]) -> Case:
        across, down = (np.sort(rng.uniform(0.5, 3, size)) for size in shape[::-1])
        return cls(rng.uniform([1, 3, 5], [2, 4, 6]), *np.meshgrid(across, down))

    def at(self, x0: FloatArray, x1: FloatArray) -> FloatArray:
        """Return the slopes at some points, shape (2, number of points)."""
        a, b, c = self.a
        return np.array([2 * a * x0 + c * x1, 2 * b * x1 + c * x0])

    def slopes(self) -> FloatArray:
        return self.at(self.X.ravel(), self.Y.ravel())

    def reshaped(self) -> FloatArray:
        """Return the slopes at the pairs that a reshape makes of the two rows."""
        pairs = np.array([self.X.ravel(), self.Y.ravel()]).reshape(-1, 2)
        return self.at(pairs[:, 0], pairs[:, 1])

    def swapped(self) -> FloatArray:
        """Return the slopes at points whose two coordinates have changed places."""
        return self.at(self.Y.ravel(), self.X.ravel())

    def by_rows(self) -> FloatArray:
        """Return what comes out if each row is taken for one point."""
        field = np.zeros((2, self.X.size))
        for row, numbers in zip(field, (self.X.ravel(), self.Y.ravel()), strict=True):
            row[:2] = self.at(numbers[0], numbers[1])
        return field


def check(oracle: Oracle) -> Verdict:
    from tutor.jail import Raised

    rng = np.random.default_rng()
    for case in (Case.draw(rng, shape) for shape in SHAPES):
        try:
            answer = oracle.call("try_it", case.a, case.X, case.Y)
        except Raised as error:
            if error.kind not in ("IndexError", "TypeError", "ValueError"):
                raise
            return Verdict(False, "stops", {"grid": case.X.shape, "said": str(error)})
        text = judged(case, answer)
        if text:
            shape = answer.shape if isinstance(answer, np.ndarray) else ()
            return Verdict(False, text, {"n": case.X.size, "shape": shape})
    return Verdict(True, "solved", {"grids": SHAPES})


def judged(case: Case, answer: Any) -> str:
    """Name what is wrong with one answer; it is empty if nothing is."""
    n = case.X.size
    if not isinstance(answer, np.ndarray):
        return "no-array"
    if answer.shape not in ((2, n), (n, 2)):
        return "other-shape"
    in_pairs = answer.shape == (n, 2)
    rows = answer.T if in_pairs else answer
    found = (name for name, field in signs(case) if np.allclose(rows, field, **CLOSE))
    return next(found, "other") or ("not-turned-back" if in_pairs else "")


def signs(case: Case) -> list[tuple[str, FloatArray]]:
    """Return what each mistake makes of a case; the right answer has an empty name."""
    right = case.slopes()
    return [
        ("", right),
        ("still-rows", case.by_rows()),
        ("reshaped", case.reshaped()),
        ("reshaped-back", right.T.reshape(2, -1)),
        ("reshaped-twice", case.reshaped().T.reshape(2, -1)),
        ("swapped", case.swapped()),
        ("swapped", case.swapped()[::-1]),
        ("swapped", right[::-1]),
        ("zeros", np.zeros_like(right)),
    ]
