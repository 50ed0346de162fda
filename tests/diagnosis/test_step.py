"""Training steps of programs without a net class, judged by the slopes of their own loss."""

from __future__ import annotations

import ast
import contextlib
import gc
import io
import multiprocessing
import pickle
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from tutor.diagnosis import inside
from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import definitions
from tutor.diagnosis.gather import gather
from tutor.diagnosis.steps import faults as step_faults
from tutor.diagnosis.steps import measured as step
from tutor.diagnosis.steps.finder import steps
from tutor.diagnosis.steps.step import marked
from tutor.diagnosis.submission import Submission

STUDENTS = Path(__file__).parents[1] / "students"


class Here:
    """Answers in this very process."""

    def ask(self, name: str, *values: object) -> Any:
        return getattr(inside, name)(*values)


@dataclass(frozen=True)
class Told:
    """What was said of the first step that could be measured."""

    measured: bool
    agrees: bool
    pitfalls: tuple[str, ...]
    figures: tuple[float, ...]
    line: int
    weights: tuple[str, ...]
    repaired: bool


def judged(source: str, changed: tuple[str, str, str] | None = None) -> Told:
    """Judge a program in a process of its own; then again with one definition changed."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    child = context.Process(target=_judge, args=(there, source, changed))
    child.start()
    try:
        assert here.poll(60), "it did not answer"
        told: Told = pickle.loads(here.recv_bytes())
    finally:
        child.join(5)
        child.kill()
    return told


def _judge(pipe: Connection, source: str, changed: tuple[str, str, str] | None) -> None:
    gc.freeze()  # what the tests before this one have left is not the student's to collect
    tree = ast.parse(source)
    known = definitions("__main__", tree)
    found = steps(tree)
    student = Student(Here())
    with contextlib.redirect_stdout(io.StringIO()):
        sent = {"name": "__main__", "filename": "a.py", "source": marked(source, found)}
        student.load([sent], {})
        all_measured = step.measured(student, found, known, 0)
    if not all_measured:
        pipe.send_bytes(pickle.dumps(Told(False, False, (), (), 0, (), False)))
        return
    one = all_measured[0]
    proofs = list(step_faults.faults(one))
    figures = tuple(float(p.evidence[0].measured) for p in proofs)
    repaired = False
    if changed is not None:
        name, old, new = changed
        text = ast.get_source_segment(source, known[name].node) or ""
        assert old in text
        student.redefine(name, text.replace(old, new), known[name].line, "__main__")
        repaired = step.is_right(one)
    told = Told(
        True,
        one.agrees,
        tuple(p.pitfall for p in proofs),
        figures,
        next((p.line for p in proofs), 0),
        tuple(w.name for w in one.base.weights),
        repaired,
    )
    pipe.send_bytes(pickle.dumps(told))


def handed_in(name: str) -> str:
    (one,) = [s for s in gather([STUDENTS / name]) if isinstance(s, Submission)]
    return one.main.source


RIGHT = (
    "walter_columns.py",
    "wei_einsum.ipynb",
    "yann_dict.py",
    "viviane_regression.py",
    "vera_assignment.ipynb",
    "adele_somme.py",
    "fiona_f32.py",
)
WRONG = {
    "nate_functional.py": ("gradient-sign",),
    "omar_xor.ipynb": ("sigmoid-grad-of-activation",),
    "pascal_sigmoide.py": ("sigmoid-sign",),
    "oskar_deep.py": ("missing-transpose",),
    "rosa_l2.py": ("regularisation-mismatch",),
    "uma.ipynb": ("zero-init", "missing-batch-division"),
    "manon_tp3.ipynb": ("missing-batch-division",),
    "ines_cs231n.py": ("softmax-wrong-axis",),
    "lars_loss.py": ("loss-not-averaged",),
    "zoe.py": ("",),
    "steve_bootcamp.py": ("gradient-ascent",),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_hand_in_agrees(name: str) -> None:
    told = judged(handed_in(name))
    assert told.measured
    assert told.agrees
    assert told.pitfalls == ()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_hand_in_is_named(name: str) -> None:
    assert judged(handed_in(name)).pitfalls == WRONG[name]


NET = """
import numpy as np

def relu(z):
    return np.maximum(0, z)

class Net:
    def __init__(self):
        rng = np.random.default_rng(1)
        self.W1 = rng.normal(size=(4, 6)) * 0.5
        self.b1 = np.zeros((1, 6))
        self.W2 = rng.normal(size=(6, 3)) * 0.5
        self.b2 = np.zeros((1, 3))

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = relu(self.z1)
        e = np.exp(self.a1 @ self.W2 + self.b2)
        return e / e.sum(axis=1, keepdims=True)

    def compute_loss(self, y, out):
        return -np.mean(np.sum(y * np.log(out), axis=1))

    def backward(self, X, y, out, lr):
        d2 = (out - y) / len(X)
        dW2 = self.a1.T @ d2
        db2 = d2.sum(axis=0, keepdims=True)
        d1 = (d2 @ self.W2.T) * (self.z1 > 0)
        self.W2 -= lr * dW2
        self.b2 -= lr * db2
        self.W1 -= lr * (X.T @ d1)
        self.b1 -= lr * d1.sum(axis=0, keepdims=True)

    def train(self, X, y, epochs=100, lr=0.1):
        for epoch in range(epochs):
            out = self.forward(X)
            loss = self.compute_loss(y, out)
            self.backward(X, y, out, lr)
            if epoch % 10 == 0:
                print(epoch, loss)

rng = np.random.default_rng(0)
X = rng.normal(size=(50, 4))
y = np.eye(3)[rng.integers(0, 3, 50)]
Net().train(X, y)
"""

CHANGES = {
    "missing-batch-division": ("(out - y) / len(X)", "(out - y)", 50.0),
    "bias-gradient": ("db2 = d2.sum(axis=0, keepdims=True)", "db2 = np.sum(d2)", 0.0),
    "relu-mask": (" * (self.z1 > 0)", "", None),
    "gradient-sign": ("(out - y) / len(X)", "(y - out) / len(X)", -1.0),
}


def test_updates_made_by_a_method_that_the_loop_calls_are_found() -> None:
    told = judged(NET)
    assert told.agrees
    assert told.weights == ("W1", "b1", "W2", "b2")


@pytest.mark.parametrize("pitfall", CHANGES)
def test_one_change_of_a_right_net_is_named_with_its_figure(pitfall: str) -> None:
    old, new, figure = CHANGES[pitfall]
    told = judged(NET.replace(old, new))
    assert told.pitfalls == (pitfall,)
    if figure is not None:
        assert told.figures[0] == pytest.approx(figure, rel=1e-4, abs=1e-12)


def test_weights_moved_up_the_gradient_are_accused_where_they_are_moved() -> None:
    up = NET
    for name in ("W1", "b1", "W2", "b2"):
        up = up.replace(f"self.{name} -= lr", f"self.{name} += lr")
    told = judged(up)
    assert told.pitfalls == ("gradient-ascent",)
    assert "+= lr" in up.split("\n")[told.line - 1]


XOR = """
import numpy as np
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])
np.random.seed(1)
w0 = 2 * np.random.random((3, 4)) - 1
w1 = 2 * np.random.random((4, 1)) - 1
for j in range(600):
    l1 = 1 / (1 + np.exp(-X @ w0))
    l2 = 1 / (1 + np.exp(-l1 @ w1))
    error = y - l2
    if j % 100 == 0:
        print("loss", np.mean(np.abs(error)))
    delta2 = error * l2 * (1 - l2)
    delta1 = delta2.dot(w1.T) * l1 * (1 - l1)
    w1 += l1.T.dot(delta2)
    w0 += X.T.dot(delta1)
"""


def test_a_printed_mean_error_is_not_taken_for_the_loss_that_is_descended() -> None:
    told = judged(XOR)
    assert told.agrees
    assert told.pitfalls == ()


def test_a_missing_derivative_of_the_sigmoid_shows_as_four_near_zero() -> None:
    told = judged(XOR.replace("delta2.dot(w1.T) * l1 * (1 - l1)", "delta2.dot(w1.T)"))
    assert told.pitfalls == ("sigmoid-backward",)
    assert told.figures[0] == pytest.approx(4.0, rel=1e-3)  # 1 / (1/2 * 1/2)


LINE = """
import numpy as np
np.random.seed(0)
x = np.random.rand(50)
y = 3 * x + 1 + np.random.randn(50) * 0.1
w, b, lr, n = 0.0, 0.0, 0.1, len(x)
for i in range(100):
    guess = w * x + b
    loss = np.mean((guess - y) ** 2)
    dw = FACTOR / n * np.sum((guess - y) * x)
    db = FACTOR / n * np.sum(guess - y)
    w = w - lr * dw
    b = b - lr * db
"""


@pytest.mark.parametrize("factor", ["2", "1"])
def test_a_factor_of_two_in_a_squared_error_is_nobodys_fault(factor: str) -> None:
    told = judged(LINE.replace("FACTOR", factor))
    assert told.measured
    assert told.agrees is (factor == "2")
    assert told.pitfalls == ()


EACH = """
import numpy as np
np.random.seed(0)
X = np.random.randn(30, 3)
Y = (X[:, :1] > 0) * 1.0
W1, W2, lr = np.random.randn(3, 4), np.random.randn(4, 1), 0.5
for epoch in range(5):
    for i in range(len(X)):
        x, y = X[i : i + 1], Y[i : i + 1]
        h = 1 / (1 + np.exp(-x @ W1))
        o = 1 / (1 + np.exp(-h @ W2))
        err = o - y
        do = err * o * (1 - o)
        dh = do @ W2.T * h * (1 - h)
        W2 = W2 - lr * h.T @ do
        W1 = W1 - lr * x.T @ dh
"""


def test_the_signed_error_of_one_sample_is_no_loss() -> None:
    assert judged(EACH).pitfalls == ()


ADAPTIVE = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(64, 5)); t = rng.integers(0, 3, 64)
W = rng.normal(size=(5, 3)); v = np.zeros_like(W); lr = 0.01
for i in range(20):
    e = np.exp(X @ W); p = e / e.sum(1, keepdims=True)
    loss = -np.log(p[np.arange(64), t]).mean()
    d = p.copy(); d[np.arange(64), t] -= 1; d /= 64
    dW = X.T @ d
    v = v + dW ** 2
    W -= lr * dW / np.sqrt(v + 1e-8)
"""


def test_an_adaptive_step_is_left_alone() -> None:
    assert not judged(ADAPTIVE).measured


def test_a_decay_in_the_update_itself_is_left_alone() -> None:
    source = NET.replace("self.W2 -= lr * dW2", "self.W2 -= lr * (dW2 + 0.01 * self.W2)")
    assert judged(source).pitfalls == ()


def test_a_repair_is_seen_in_the_same_step() -> None:
    source = handed_in("nate_functional.py")
    assert judged(source, ("grads", "(t - y) / n", "(y - t) / n")).repaired
    assert not judged(source, ("grads", "(t - y) / n", "(t - y) / (2 * n)")).repaired


@pytest.mark.parametrize(
    "body",
    [
        "    g = f(w)\n    w -= lr * g",
        "    if True:\n        w -= lr * f(w)",
        "    for k in [0]:\n        w -= lr * f(w)",
        "    with open('x') as s:\n        w -= lr * f(w)",
        "    # größer\n    g = f(w); w -= lr * g",
    ],
)
def test_marks_keep_every_line_where_it_is(body: str) -> None:
    source = f"for i in range(9):\n{body}\n"
    found = steps(ast.parse(f"def f(w):\n    return w\n{source}"))
    assert found
    whole = f"def f(w):\n    return w\n{source}"
    text = marked(whole, found)
    assert "reached" in text
    assert len(text.split("\n")) == len(whole.split("\n"))
    before = [n.lineno for n in ast.walk(ast.parse(whole)) if isinstance(n, ast.AugAssign)]
    after = [n.lineno for n in ast.walk(ast.parse(text)) if isinstance(n, ast.AugAssign)]
    assert before == after
