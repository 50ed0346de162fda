"""A numerical gradient that does not put back what it moved, and where that shows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray, SimpleNet, TwoLayerNet, numerical_gradient
from tutor.pitfalls import find
from tutor.trace import Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle

H = 1e-4
CALLS = (0, 10, 20, 30, 50)

W = np.array([[0.47960288, -0.76193959, 1.8855813], [-2.3624579, -0.50910295, 0.16812907]])
x_data = np.array([0.6, 0.9])
t = np.array([0, 0, 1])

# Weights for the question whether moving up and down leads back: W1 of a net for MNIST.
MANY = 0.01 * np.random.default_rng(0).standard_normal((784, 50))

unrestored = find("no-restore").wrong


# -- the runs -------------------------------------------------------------------------------------


def put_back() -> Recording:
    net = SimpleNet(W)

    def f(_):
        return net.loss(x_data, t)

    return record(numerical_gradient, f, net.W)


def not_put_back() -> Recording:
    net = SimpleNet(W)

    def f(_):
        return net.loss(x_data, t)

    return record(unrestored, f, net.W)


def first_call() -> Recording:
    return call_after(0)


def after_fifty() -> Recording:
    return call_after(CALLS[-1])


def call_after(calls: int) -> Recording:
    net = moved_net(calls)

    def f(_):
        return net.loss(*batch())

    return record(unrestored, f, net.params["W1"])


def stopped() -> Recording:
    net = SimpleNet(W)
    asked = []

    def f(_):
        asked.append(1)
        if len(asked) == 5:
            raise RuntimeError("stopped")
        return net.loss(x_data, t)

    return record(numerical_gradient, f, net.W)


# -- what the text quotes -------------------------------------------------------------------------


def batch() -> tuple[FloatArray, Any]:
    rng = np.random.default_rng(0)
    return rng.uniform(0, 1, (6, 3)), rng.integers(3, size=6)


def moved_net(calls: int) -> TwoLayerNet:
    """Return a net whose numerical gradient was asked for so often, and nothing else done."""
    net = TwoLayerNet(3, 4, 3, rng=1)
    x, labels = batch()
    for _ in range(calls):
        for array in net.params.values():
            unrestored(lambda _: net.loss(x, labels), array)
    return net


@cache
def measured(calls: int) -> tuple[float, float, float]:
    """Return the mean of W1, the share of ReLUs that are shut, the largest slope of W1."""
    net = moved_net(calls)
    slopes = net.gradient(*batch())["W1"]
    shut = net.layers["Relu1"].mask
    return net.params["W1"].mean(), float(np.mean(shut)), float(np.abs(slopes).max())


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    right, wrong = runs["put-back"].result, runs["not-put-back"].result
    before, after = SimpleNet(W), SimpleNet(end_of(runs["not-put-back"]))
    stopped_at = end_of(runs["stopped"])
    return {
        "before": before.loss(x_data, t),
        "after": after.loss(x_data, t),
        "rows": tuple(np.abs(right.sum(axis=1)).tolist()),
        "drop": float((before.predict(x_data) - after.predict(x_data))[0]),
        "worst": float(np.abs(wrong - right).max()),
        "off": stopped_at[0, 2] - W[0, 2],
        "others": int(np.sum(stopped_at != W)) - 1,
        "calls": CALLS[-1],
        "many": MANY.size,
        "shut": measured(0)[1],
        "fallen": measured(0)[0] - measured(CALLS[-1])[0],
        "slope_after": float(np.abs(runs["after-fifty"].result).max()),
        "share": float(np.mean(there_and_back(MANY) != MANY)),
        "way": float(np.abs(there_and_back(MANY) - MANY).max()),
    }


def end_of(recording: Recording) -> FloatArray:
    x: FloatArray = recording.state(len(recording) - 1).names["x"].to_numpy()
    return x


def there_and_back(x: FloatArray) -> FloatArray:
    """Return x moved by h up, by 2h down and by h up again."""
    x = x + H
    x = x - 2 * H
    return x + H


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    before, after = (SimpleNet(w).predict(x_data) for w in (W, end_of(runs["not-put-back"])))
    right, wrong = runs["put-back"].result, runs["not-put-back"].result
    return {
        "logits": Table(
            "The three logits, x_data @ W",
            ("", "before", "after"),
            tuple((k, f"{before[k]:.8f}", f"{after[k]:.8f}") for k in range(3)),
        ),
        "slopes": Table(
            "The same six slopes",
            ("idx", "put back", "not", "off by"),
            tuple(
                (
                    f"{idx[0]},{idx[1]}",
                    f"{right[idx]:.8f}",
                    f"{wrong[idx]:.8f}",
                    f"{abs(wrong[idx] - right[idx]):.7f}",
                )
                for idx in np.ndindex(right.shape)
            ),
        ),
        "dying": Table(
            "Nothing is trained",
            ("calls", "mean of W1", "shut", "slope of W1"),
            tuple(row_of(calls) for calls in CALLS),
        ),
    }


def row_of(calls: int) -> tuple[object, ...]:
    mean, shut, slope = measured(calls)
    return calls, f"{mean:.5f}", f"{shut:.0%}", f"{slope:.5f}"


# -- the exercise ---------------------------------------------------------------------------------

SHAPE = (3, 4)
CLOSE = {"rtol": 1e-5, "atol": 1e-7}
Fault = tuple[str, dict[str, object]]


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    x, a = hard_to_put_back(rng), rng.uniform(0.5, 2, SHAPE)
    answer = oracle.call("try_it", a, x)
    if not (isinstance(answer, tuple) and len(answer) == 2):
        return Verdict(False, "no-parts")
    found = fault(a, x, *answer)
    for number in range(1, 2 * x.size + 1, 3):
        found = found or stopped_fault(x, number, oracle.call("try_stopped", x, number))
    return Verdict(True, "solved") if found is None else Verdict(False, *found)


def hard_to_put_back(rng: np.random.Generator) -> FloatArray:
    """Return numbers that moving down and up again does not lead back to."""
    pool = 0.01 * rng.standard_normal(20_000)
    hard = ((pool - H) + H != pool) & ((pool + H) - H != pool) & (there_and_back(pool) != pool)
    size = SHAPE[0] * SHAPE[1]
    return pool[hard][:size].reshape(SHAPE)


def fault(a: FloatArray, x: FloatArray, slopes: Any, left: Any) -> Fault | None:
    """Return what is wrong after a call that nothing interrupted."""
    if not isinstance(slopes, np.ndarray) or slopes.shape != x.shape:
        return "no-array", {"shape": x.shape}
    due = 2 * a * x + 2 * np.sum(x)
    if not slopes.any():
        return "perturbs-a-copy", {}
    found = moved(x, left, "after a call")
    if found is not None:
        return found
    if np.allclose(slopes, due, **CLOSE):
        return None
    if np.count_nonzero(slopes) == 1:
        return "returns-early", {}
    drift = 2 * H * np.arange(x.size).reshape(SHAPE)
    at = int(np.argmax(np.abs(slopes - due)))
    shown = {"given": float(slopes.flat[at]), "due": float(due.flat[at])}
    late = np.allclose(slopes, due - drift, **CLOSE) or np.allclose(slopes, due + drift, **CLOSE)
    return ("late" if late else "slopes"), shown


def stopped_fault(x: FloatArray, number: int, answer: Any) -> Fault | None:
    """Return what is wrong after a call in which f raised an error."""
    if not (isinstance(answer, tuple) and len(answer) == 2):
        return "no-parts", {}
    raised, left = answer
    if not raised:
        return "swallowed", {}
    found = moved(x, left, "after an error in f")
    if found is None or found[0] == "nearly":
        return found
    return "moved-by-error", {"number": number, "count": int(np.sum(left != x))}


def moved(x: FloatArray, left: Any, when: str) -> Fault | None:
    """Return what is wrong with x, None if it is what it was to the last bit."""
    if not isinstance(left, np.ndarray) or left.shape != x.shape:
        return "no-array", {"shape": x.shape}
    off = left - x
    if not off.any():
        return None
    shown = {"when": when, "off": float(np.abs(off).max()), "count": int(np.sum(off != 0))}
    if np.allclose(off, 0, rtol=0, atol=1e-12):
        return "nearly", shown
    for text, way in (("not-put-back", -H), ("half-way", H)):
        if np.allclose(off, way, rtol=1e-6):
            return text, shown
    return "moved", shown
