"""What the f of a gradient reads: not its argument, but names, looked up when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.course.exercise import Verdict
from tutor.course.table import Table
from tutor.nets import FloatArray, SimpleNet, cross_entropy_error, numerical_gradient, softmax
from tutor.pitfalls import code_of
from tutor.trace import Cursor, Recorder, Recording, record

if TYPE_CHECKING:
    from tutor.jail import Oracle

x_data = np.array([0.6, 0.9])
t = np.array([0, 0, 1])
NOTEBOOK_W = np.array([[0.47960288, -0.76193959, 1.8855813], [-2.3624579, -0.50910295, 0.16812907]])
ANOTHER_W = np.array([[0.3, -0.4, 0.1], [0.2, 0.5, -0.6]])

# What a walk-through printed, one under the other.
PRINTED_W = np.array(
    [[0.49236891, -1.2239298, -1.13722119], [0.05405365, -0.79897152, -0.08066587]]
)
PRINTED_P = np.array([1.05414809, 0.63071653, 1.1328074])

net = SimpleNet(NOTEBOOK_W)


def f(W):
    return net.loss(x_data, t)


# -- the runs -------------------------------------------------------------------------------------


def with_three() -> Recording:
    return record(f, 3)


def with_net_w() -> Recording:
    return record(f, net.W)


def with_def() -> Recording:
    return record(numerical_gradient, f, net.W)


def with_lambda() -> Recording:
    return record(numerical_gradient, lambda _: net.loss(x_data, t), net.W)


def another_net() -> Recording:
    net = SimpleNet(NOTEBOOK_W)

    def f(W):
        return net.loss(x_data, t)

    net = SimpleNet(ANOTHER_W)
    return record(f, 3)


def a_number() -> Recording:
    return of_the_catalogue("closure-returns-none: a number")


def no_return() -> Recording:
    return of_the_catalogue("closure-returns-none: no return")


def of_the_catalogue(name: str) -> Recording:
    code = code_of(name)
    two_layers = code.TwoLayerNet(len(x_data), 2, len(t), 1.0, 4)
    recorder = Recorder(code.numerical_gradient)
    return recorder.run(two_layers.numerical_gradient, x_data[np.newaxis], t[np.newaxis])


# -- what the text quotes -------------------------------------------------------------------------


def figures(runs: Mapping[str, Recording]) -> dict[str, object]:
    scores, p = x_data @ PRINTED_W, PRINTED_P
    return {
        "loss": runs["with-three"].result,
        "p": net.predict(x_data),
        "dW": runs["with-lambda"].result,
        "gap": float(np.abs(runs["with-lambda"].result - runs["with-def"].result).max()),
        "other_loss": runs["another-net"].result,
        "read": read_by_predict(runs["another-net"]),
        "first": float(NOTEBOOK_W[0, 0]),
        "scores": scores,
        "printed_loss": cross_entropy_error(softmax(p), t, epsilon=0.0),
        "loss_of_scores": cross_entropy_error(softmax(scores), t),
        "misprint": float(np.outer(x_data, softmax(p) - t)[1, 2]),
        "complaint": str(runs["a-number"].exception),
        "other_complaint": str(runs["no-return"].exception),
    }


def read_by_predict(recording: Recording) -> float:
    """Return what self.W[0, 0] is inside the call of predict."""
    cursor = Cursor(recording)
    cursor.end()
    cursor.into()
    while cursor.state.source.name != "predict":
        cursor.forward()
    return float(cursor.state.names["self.W"][0, 0])


def tables(runs: Mapping[str, Recording]) -> dict[str, Table]:
    calls: tuple[object, ...] = (3, net.W, None, "three")
    names = ("f(3)", "f(net.W)", "f(None)", 'f("three")')
    return {
        "calls": Table(
            "The same f, whatever it is handed",
            ("call", "value"),
            tuple((name, f(given)) for name, given in zip(names, calls, strict=True)),
        ),
        "nets": Table(
            "Which net does f ask?",
            ("", "loss"),
            (
                ("the first net", SimpleNet(NOTEBOOK_W).loss(x_data, t)),
                ("the second net", SimpleNet(ANOTHER_W).loss(x_data, t)),
                ("f(3), after", runs["another-net"].result),
            ),
        ),
        "printed": Table(
            "Computed from what was printed",
            ("from", "loss", "dW[0, 0]"),
            (
                ("printed W", *both(x_data @ PRINTED_W)),
                ("printed p", *both(PRINTED_P)),
            ),
        ),
    }


def both(scores: FloatArray) -> tuple[str, str]:
    y = softmax(scores)
    slopes = np.outer(x_data, y - t)
    return f"{cross_entropy_error(y, t, epsilon=0.0):.8f}", f"{slopes[0, 0]:.8f}"


# -- the exercise ---------------------------------------------------------------------------------

NETS, D, K = 3, 4, 3
CLOSE = {"rtol": 1e-4, "atol": 1e-6}
Fault = tuple[str, dict[str, object]]


def check(oracle: Oracle) -> Verdict:
    rng = np.random.default_rng()
    Ws = [rng.standard_normal((D, K)) for _ in range(NETS)]
    x, t = rng.uniform(0.3, 1, D), np.eye(K)[rng.integers(K)]
    answers = oracle.call("try_it", Ws, x, t)
    if not isinstance(answers, list) or any(not isinstance(a, tuple) for a in answers):
        return Verdict(False, "no-lists")
    found = fault([SimpleNet(W) for W in Ws], x, t, answers)
    return Verdict(True, "solved", {"count": NETS}) if found is None else Verdict(False, *found)


def fault(
    nets: list[SimpleNet], x: FloatArray, t: FloatArray, answers: list[tuple[Any, ...]]
) -> Fault | None:
    """Return what is wrong with the functions, judged by what each gave; None if nothing is."""
    if len(answers) != len(nets):
        return "how-many", {"given": len(answers), "due": len(nets)}
    kinds, values, others, afters, slopes = zip(*answers, strict=True)
    if not all(kinds):
        return "numbers", {}
    if any(not isinstance(value, float) for value in values):
        return "no-value", {}
    due = [net.loss(x, t) for net in nets]
    shown = {"values": list(values), "due": due}
    if not np.allclose(values, due):
        last = np.allclose(values, due[-1])
        return ("all-last" if last else "other"), shown
    return reading_fault(nets, x, t, (values, others, afters, slopes))


def reading_fault(
    nets: list[SimpleNet], x: FloatArray, t: FloatArray, given: tuple[Any, ...]
) -> Fault | None:
    """Return what is wrong with functions that give the right values at first."""
    values, others, afters, slopes = given
    if any(not isinstance(other, float) for other in others):
        return "uses-argument", {"given": "nothing at all: it stops", "due": values[0]}
    if not np.allclose(values, others):
        return "uses-argument", {"given": others[0], "due": values[0]}
    if np.allclose(values, afters):
        return "frozen", {"value": values[0]}
    right = [np.outer(x, softmax(net.predict(x)) - t) for net in nets]
    return None if np.allclose(slopes, right, **CLOSE) else ("slopes", {})
