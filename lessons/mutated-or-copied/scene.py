"""One f that ignores its argument, differentiated at the net's own W and at arrays of one's own.

Nobody printed the W of the reader's run in full. It is computed here, backwards, from the loss
and the two figures of one element that were printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import (
    FloatArray,
    SimpleNet,
    cross_entropy_error,
    numerical_gradient,
    softmax,
)
from tutor.trace import Cursor, Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle

PRINTED_LOSS = 2.0620146712373737
PRINTED = {
    (0, 0): (2.062020953321506, 2.0620083894906935),
    (0, 1): (2.062060757760379, 2.061968585355599),
    (0, 2): (2.061962303319411, 2.062067039554999),
    (1, 0): (2.062024094490122, 2.062005248743893),
    (1, 1): (2.062083801262337, 2.0619455426551796),
    (1, 2): (2.061936119510309, 2.06209322386368),
}
H = 1e-4
EPSILON = 1e-7

x_data = np.array([0.6, 0.9])
t = np.array([0, 0, 1])
a = np.array([[0.2, 0.1, -0.3], [0.12, -0.17, 0.088]])


def reader_weights() -> FloatArray:
    """Return the W, shape (2, 3), that gives the printed loss and the slope at (1, 1)."""
    y2 = np.exp(-PRINTED_LOSS) - EPSILON
    fxh1, fxh2 = PRINTED[1, 1]
    y1 = (fxh1 - fxh2) / (2 * H) / x_data[1] * (y2 + EPSILON) / y2
    y = np.array([1 - y1 - y2, y1, y2])
    return np.outer(x_data, np.log(y)) / (x_data @ x_data)


net = SimpleNet(reader_weights())


def f(W):
    return net.loss(x_data, t)


def g(W):
    return cross_entropy_error(softmax(x_data @ W), t)


def mutated() -> Recording:
    return record(numerical_gradient, f, net.W)


def copied() -> Recording:
    return record(numerical_gradient, f, a)


def same_numbers() -> Recording:
    return record(numerical_gradient, f, net.W.copy())


def written() -> Recording:
    net = SimpleNet(reader_weights())

    def f(W):
        return net.loss(x_data, t)

    net.W[...] = a
    return record(numerical_gradient, f, net.W)


def argued() -> Recording:
    return record(numerical_gradient, g, a)


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    first = runs["mutated"].iterations[0]
    fxh1, fxh2 = float(first["fxh1"]), float(first["fxh2"])
    return {
        "loss": f(None),
        "fxh1": fxh1,
        "fxh2": fxh2,
        "slope": float(first["grad"]),
        "neighbours": round(abs(fxh1 - fxh2) / np.spacing(fxh1)),
        "left_values": len(values_of_f(runs["mutated"])),
        "right_values": len(values_of_f(runs["copied"])),
        "read_left": read_by_predict(runs["mutated"]),
        "read_right": read_by_predict(runs["copied"]),
        "worst_gap": worst_gap(runs["mutated"]),
        "ways_gap": float(np.abs(runs["written"].result - runs["argued"].result).max()),
    }


def read_by_predict(recording: Recording) -> float:
    """Return what self.W[0, 0] is inside the first call that gives fxh2."""
    cursor = Cursor(recording)
    cursor.seek(iteration=0, after="fxh2")
    cursor.into()
    while cursor.state.source.name != "predict":
        cursor.forward()
    return float(cursor.state.names["self.W"][0, 0])


def values_of_f(recording: Recording) -> set[float]:
    """Return the different values that f gave in a run."""
    rows = recording.iterations
    return {float(value) for value in (*rows["fxh1"], *rows["fxh2"])}


def worst_gap(recording: Recording) -> float:
    """Return how far the run's figures are from the printed ones, at most."""
    rows = recording.iterations
    gaps = [
        abs(row[name] - printed)
        for row in rows
        for name, printed in zip(("fxh1", "fxh2"), PRINTED[tuple(row["idx"].tolist())], strict=True)
    ]
    return float(max(gaps))


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    calls = (("f(3)", f(3)), ("f(net.W)", f(net.W)), ("f(a)", f(a)))
    return {
        "three-calls": Table("The same f, called three times", ("call", "value"), calls),
        "twelve": both_values("What f gave where x is net.W", runs["mutated"]),
    }


def both_values(title: str, recording: Recording) -> Table:
    """Return a row for each element, with what f gave above it and below it."""
    rows = tuple(
        (",".join(map(str, row["idx"].tolist())), float(row["fxh1"]), float(row["fxh2"]))
        for row in recording.iterations
    )
    return Table(title, ("idx", "fxh1", "fxh2"), rows)


# -- the exercise ---------------------------------------------------------------------------------

SIZES = ((2, 3), (2, 3), (4, 5))
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


@dataclass(frozen=True)
class Case:
    """One net and one point, which no learner can know: W and a are (D, K), x (D,), t (K,)."""

    W: FloatArray
    x: FloatArray
    t: FloatArray
    a: FloatArray

    @classmethod
    def draw(cls, rng: np.random.Generator, D: int, K: int) -> Case:
        t = np.eye(K)[rng.integers(K)]
        return cls(rng.normal(size=(D, K)), rng.uniform(0.3, 1, D), t, rng.normal(size=(D, K)))

    def slopes(self, W: FloatArray) -> FloatArray:
        """Return dL/dW in closed form: outer(x, y - t), and the share that the epsilon leaves."""
        y = softmax(self.x @ W)
        yt = float(y @ self.t)
        return np.outer(self.x, y - self.t) * yt / (yt + EPSILON)


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    before = ""
    for way in ("first_way", "second_way"):
        cases = [Case.draw(rng, D, K) for D, K in SIZES]
        answers = [oracle.call(f"try_{way}", c.W, c.x, c.t, c.a) for c in cases]
        found = first_fault(way, cases, answers)
        if found is not None:
            text, figures = found
            return Verdict(False, text, {"way": way, "before": before, **figures})
        before = "`first_way` is right. "
    return Verdict(True, "solved")


Fault = tuple[str, dict[str, object]]


def first_fault(way: str, cases: list[Case], answers: list[Any]) -> Fault | None:
    """Return the verdict on the first answer that is wrong, None if all are right."""
    pairs = zip(cases, answers, strict=True)
    if any(not (isinstance(answer, tuple) and len(answer) == 3) for answer in answers):
        return "no-parts", {}
    if typed_in(answers):
        return "typed-in", {}
    return next(filter(None, (fault(way, case, *answer) for case, answer in pairs)), None)


def typed_in(answers: list[tuple[object, object, object]]) -> bool:
    """Tell whether two different nets of the same size got the same slopes, and not zeros."""
    one, other = (numbers(slopes) for slopes, _, _ in answers[:2])
    return one is not None and other is not None and one.any() and np.array_equal(one, other)


def fault(way: str, case: Case, given: object, left: object, held: object) -> Fault | None:
    """Return what is wrong with one answer: the slopes, net.W afterwards, the array it was."""
    slopes = numbers(given)
    if slopes is None or slopes.shape != case.a.shape:
        return "no-array", {"what": described(given), "shape": case.a.shape}
    W = numbers(left)
    if not slopes.any():
        written = W is not None and np.array_equal(W, case.a)
        return "zeros-though-written" if written else f"{way.removesuffix('_way')}-zeros", {}
    if not np.allclose(slopes, case.slopes(case.a), **CLOSE):
        return wrong_slopes(case, slopes)
    return left_behind(case, W, numbers(held))


def wrong_slopes(case: Case, slopes: FloatArray) -> Fault:
    if np.allclose(slopes, case.slopes(case.W), **CLOSE):
        return "elsewhere", {}
    due = case.slopes(case.a)
    gap = np.nan_to_num(np.abs(slopes - due), nan=np.inf)
    idx = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
    return "other-slopes", {"idx": idx, "given": float(slopes[idx]), "due": float(due[idx])}


def left_behind(case: Case, left: FloatArray | None, held: FloatArray | None) -> Fault | None:
    """Return what is wrong with net.W after right slopes, None if it is as it was."""
    if left is not None and np.allclose(left, case.W, rtol=0, atol=1e-12):
        return None
    if left is None or left.shape != case.W.shape or np.array_equal(held, case.W):
        return "left-rebound", {}
    if np.array_equal(left, case.a):
        return "left-written", {}
    off = float(np.abs(left - case.a).max())
    if off < 1e-2:
        return "left-moved", {"off": off}
    return "left-otherwise", {"off": float(np.abs(left - case.W).max())}


def numbers(value: object) -> FloatArray | None:
    """Return a value as an array of floats, None if it is none."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return value.astype(float)
    return None


def described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "nothing" if value is None else f"a {type(value).__name__}"
