"""Loops along the first axis, right on a vector, and what they do to a matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray
from tutor.pitfalls import Edit, code_of, find
from tutor.pitfalls.compiled import Code
from tutor.trace import Cursor, Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle

VECTOR = (3.0, 4.0)
MATRIX = ((1.0, 2.0, 4.0), (3.0, 5.0, 7.0))


def bowl(x):
    return np.sum(x**2)


def with_a_copy() -> Callable[..., FloatArray]:
    """Return the loop over rows once more, where the row that is kept is a copy."""
    edits = find("row-view").variants[0].edits
    copied = Edit("numerical_gradient", "tmp_val = x[idx]", "tmp_val = x[idx].copy()")
    gradient: Callable[..., FloatArray] = Code((*edits, copied), "a copy").numerical_gradient
    return gradient


def vector() -> Recording:
    return record(find("row-view").wrong, bowl, np.array(VECTOR))


def matrix() -> Recording:
    return record(find("row-view").wrong, bowl, np.array(MATRIX))


def copied() -> Recording:
    return record(with_a_copy(), bowl, np.array(MATRIX))


def counted() -> Recording:
    return record(find("one-d-loop-on-matrix").wrong, bowl, np.array(MATRIX))


def places() -> Recording:
    return record(code_of().numerical_gradient, bowl, np.array(MATRIX))


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    true = 2 * np.array(MATRIX)
    first = runs["matrix"].iterations[0]
    return {
        "vector": runs["vector"].result,
        "matrix": np.array(MATRIX),
        "row": np.array(MATRIX[0]),
        "true": true[0],
        "row_sum": float(true[0].sum()),
        "row_half": float(true[0].sum() / 2),
        "row_mean": float(true[0].mean()),
        "found": float(runs["matrix"].result[0, 0]),
        "copied": float(runs["copied"].result[0, 0]),
        "fxh1": float(first["fxh1"]),
        "fxh2": float(first["fxh2"]),
        "at_start": float(bowl(np.array(MATRIX))),
        "left_behind": left_behind(runs["matrix"]),
        "error": end_of(runs["counted"]).exception,
    }


def end_of(recording: Recording) -> Any:
    return recording.state(len(recording) - 1)


def left_behind(recording: Recording) -> float:
    """Return by how much some element is off at the line that should put the first row back."""
    cursor = Cursor(recording)
    cursor.seek(iteration=0, after="x[idx]#3")
    return float(np.max(np.abs(cursor.state.names["x"].to_numpy() - MATRIX)))


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    true = 2 * np.array(MATRIX)
    pairs = enumerate(zip(true, runs["matrix"].result, strict=True))
    return {
        "rows": Table(
            "The slopes of the bowl",
            ("row", "right", "their sum", "this loop"),
            tuple((i, listed(right), f"{right.sum():g}", listed(got)) for i, (right, got) in pairs),
        ),
        "loops": Table(
            "The loops of this lesson, on the 2x3 matrix",
            ("the loop counts", "idx", "calls of f", "it gives"),
            (
                ("every place", "(0, 0) to (1, 2)", calls(runs["places"]), "the slopes"),
                ("range(x.shape[0])", "0 and 1", calls(runs["matrix"]), "half the row's sum"),
                ("range(x.size)", "0, 1 and 2", calls(runs["counted"]), "an IndexError"),
            ),
        ),
    }


def listed(row: FloatArray) -> str:
    return ", ".join(f"{value:g}" for value in row)


def calls(recording: Recording) -> int:
    """Return how often f was asked, twice in each pass that was finished."""
    return int(2 * np.sum(~np.isnan(recording.iterations["fxh2"])))


# --- the exercise ----------------------------------------------------------------------------

SHAPES = ((3,), (2, 3), (4, 2), (2, 2, 3))
CLOSE = {"rtol": 1e-6, "atol": 1e-6}
Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Case:
    """f(x) = sum of a x^3 + b x^2, of any shape; `transposed`: x is handed over as a view."""

    a: FloatArray
    b: FloatArray
    x: FloatArray
    transposed: bool

    @classmethod
    def draw(cls, rng: np.random.Generator, shape: tuple[int, ...]) -> Case:
        signs = rng.choice([-1.0, 1.0], shape)
        a, b = (rng.uniform(0.5, 2, shape) for _ in range(2))
        return cls(a, b, signs * rng.uniform(0.5, 3, shape), shape == SHAPES[2])

    def slopes(self) -> FloatArray:
        return 3 * self.a * self.x**2 + 2 * self.b * self.x

    def row_sums(self) -> FloatArray:
        """Return, in each place, the sum of the slopes of its row, of the first axis."""
        rows = self.slopes().reshape(len(self.x), -1).sum(axis=1)
        return np.broadcast_to(rows.reshape(-1, *[1] * (self.x.ndim - 1)), self.x.shape)


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    for case in (Case.draw(rng, shape) for shape in SHAPES):
        found = judged(oracle, case)
        if found is not None:
            text, own = found
            return Verdict(False, text, {"shape": case.x.shape, **own})
    return Verdict(True, "solved", {"shapes": SHAPES})


def judged(oracle: Oracle, case: Case) -> Fault | None:
    """Return what is wrong with the slopes at one point, None if nothing is."""
    from tutor.jail import Raised

    try:
        answer = oracle.call("try_it", case.a, case.b, case.x, case.transposed)
    except Raised as error:
        if error.kind not in ("IndexError", "TypeError", "ValueError"):
            raise
        return stopped(case, error.kind), {"said": str(error)}
    if not (isinstance(answer, tuple) and len(answer) == 2):
        return "no-parts", {}
    grad, left = answer
    if not isinstance(grad, np.ndarray) or grad.shape != case.x.shape:
        return "no-array", {"what": described(grad)}
    return wrong_slopes(case, grad) or moved(case, left)


def stopped(case: Case, kind: str) -> str:
    if case.x.ndim != 2:
        return "vector-stops" if case.x.ndim == 1 else "two-axes"
    return "no-such-row" if kind == "IndexError" else "row-is-no-number"


def wrong_slopes(case: Case, grad: FloatArray) -> Fault | None:
    due, sums = case.slopes(), case.row_sums()
    if np.allclose(grad, due, **CLOSE):
        return None
    if not grad.any():
        return "turned-copy" if case.transposed else "perturbs-a-copy", {}
    # Forward differences, and of whole rows: close is not very close.
    for text, share in (("half-the-sum", 0.5), ("the-sum", 1.0)):
        if case.x.ndim == 2 and np.allclose(grad, share * sums, rtol=1e-2, atol=1e-2):
            return text, {"given": float(grad[0, 0]), "sum": float(sums[0, 0]), "due": due[0]}
    if case.x.ndim > 2:
        return "two-axes", {"said": ""}
    at = int(np.argmax(np.nan_to_num(np.abs(grad - due), nan=np.inf)))
    return "other", {"given": float(grad.flat[at]), "due": float(due.flat[at])}


def moved(case: Case, left: Any) -> Fault | None:
    """Return the verdict on an x that was not put back."""
    if isinstance(left, np.ndarray) and np.allclose(left, case.x, rtol=0, atol=1e-12):
        return None
    return "not-put-back", {"off": float(np.max(np.abs(left - case.x)))}


def described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "nothing" if value is None else f"a {type(value).__name__}"
