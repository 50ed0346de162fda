"""figures.md, A to C: what one run of simpleNet prints belongs together."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.diagnosis.figures.conftest import remarks, session
from tutor.diagnosis.figures import Remark
from tutor.nets import SimpleNet, numerical_gradient

X, T = np.array([0.6, 0.9]), np.array([0, 0, 1])
WALK = """\
>>> def cross_entropy_error(y, t):
...     return -np.sum(t * np.log(y{epsilon}))
...
>>> x = np.array([0.6, 0.9])
>>> net = simpleNet()
>>> print(net.W)
[[0.49236891, -1.2239298, -1.13722119],
 [0.05405365, -0.79897152, -0.08066587]]
>>> p = net.predict(x)
>>> print(p)
[1.05414809 0.63071653 1.1328074]
>>> np.argmax(p)
2
>>> t = np.array([0, 0, 1])
>>> net.loss(x, t)
{loss}
>>> dW = numerical_gradient(f, net.W)
>>> print(dW)
[[0.21924763, 0.14356247, -0.36281009], [0.32887144, 0.2153437, -0.544211514]]
"""
NOTEBOOK = """\
W = [[ 0.47960288 -0.76193959  1.8855813 ]
 [-2.3624579  -0.50910295  0.16812907]]
p = [-1.83845038 -0.9153564   1.28266494]
loss = 0.14421326360761949
dW = [[ 0.02291063  0.05766756 -0.08057819]
 [ 0.03436594  0.08650134 -0.12086728]]
"""


def walk(loss: str = "0.92806853663411326", epsilon: str = " + 1e-7") -> list[Remark]:
    return session(WALK.format(epsilon=epsilon, loss=loss))


def test_all_three_slips_of_the_walk_through_are_found() -> None:
    scores, loss, entry = walk()
    assert "W does not give the printed p" in scores.sentence
    assert "two runs" in scores.sentence
    predicted = [evidence.predicted for evidence in scores.evidence]
    assert predicted == pytest.approx([0.34406963, -1.45343225, -0.754932], abs=1e-8)
    assert "not printed by this listing" in loss.sentence
    assert [e.predicted for e in loss.evidence] == pytest.approx(
        [0.9280682862649491, 0.92806853], abs=1e-8
    )
    assert entry.text == "-0.544211514"
    assert entry.evidence[0].what == "dW[1, 2]"
    assert entry.evidence[0].predicted == -0.54421514
    assert scores.certain
    assert loss.certain
    assert entry.certain


def test_a_loss_by_the_log_of_the_listing_gets_no_remark() -> None:
    assert len(walk("0.9280682862649491")) == 2
    assert len(walk(epsilon="")) == 2
    assert len(walk("0.9280682862649491", epsilon="")) == 3


def test_too_few_digits_do_not_show_the_epsilon() -> None:
    assert len(walk("0.92807")) == 2


def test_the_notebook_belongs_together() -> None:
    assert remarks(NOTEBOOK) == []


def test_the_readers_exact_w_gives_a_run_without_a_remark() -> None:
    W = "[[-1.15726607 -0.13529752 -1.05744382]\n [-1.73589911 -0.20294628 -1.58616574]]"
    dW = "[[ 0.06281915  0.46086202 -0.52368118]\n [ 0.09422873  0.69129304 -0.78552177]]"
    assert remarks(f"{W}\n2.0620146712373737\n{dW}") == []


def test_code_that_steps_the_weights_is_not_held_to_p() -> None:
    text = WALK.format(epsilon="", loss="0.5").replace(
        ">>> p =", ">>> net.W -= 0.1 * numerical_gradient(f, net.W)\n>>> p ="
    )
    assert session(text) == []


WEIGHTS = st.integers(0, 2**32 - 1).map(
    lambda seed: np.round(np.random.default_rng(seed).normal(size=(2, 3)), 8)
)


def run(W: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    net = SimpleNet(W.copy())
    p, loss = net.predict(X), net.loss(X, T)
    dW = numerical_gradient(lambda _: net.loss(X, T), net.W)
    return W, p, loss, dW


def shown(W: np.ndarray, p: np.ndarray, loss: float, dW: np.ndarray) -> str:
    return f"W = {W}\np = {p}\n{np.argmax(p)}\nloss = {loss}\ndW = {dW}"


def generic(W: np.ndarray) -> None:
    """Leave out runs in which figures coincide."""
    values = np.abs(np.append(W, X @ W))
    assume(len(np.unique(np.round(values, 3))) == len(values) and values.min() > 1e-2)


@settings(max_examples=60, deadline=None)
@given(WEIGHTS)
def test_one_run_gets_no_remark(W: np.ndarray) -> None:
    generic(W)
    assert remarks(shown(*run(W))) == []
    W, p, loss, dW = run(W)
    assert remarks(f"{W!r}\n{p!r}\n{np.argmax(p)}\n{loss!r}\n{dW!r}") == []


CHANGES = st.sampled_from([0.01, -0.02, 0.1, -0.3, 1.0])


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.integers(0, 2), CHANGES)
def test_a_changed_score_is_named(W: np.ndarray, k: int, change: float) -> None:
    generic(W)
    W, p, loss, dW = run(W)
    p = p.copy()
    p[k] += change
    found = remarks(shown(W, p, loss, dW))
    assert f"Only p[{k}] is off" in found[0].sentence
    assert found[0].evidence[0].predicted == pytest.approx(p[k] - change, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.integers(0, 1), st.integers(0, 2), CHANGES)
def test_a_changed_weight_is_named(W: np.ndarray, i: int, k: int, change: float) -> None:
    generic(W)
    W, p, loss, dW = run(W)
    changed = W.copy()
    changed[i, k] += change
    found = remarks(shown(changed, p, loss, dW))
    assert "an entry of W is off" in found[0].sentence
    assert f"W[{i}, {k}] would have to be" in found[0].sentence
    assert len(found) == 1


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, CHANGES)
def test_a_changed_loss_is_named(W: np.ndarray, change: float) -> None:
    generic(W)
    W, p, loss, dW = run(W)
    (remark,) = remarks(shown(W, p, loss + change, dW))
    assert "printed loss" in remark.sentence
    assert loss == pytest.approx(float(remark.evidence[0].predicted), abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.integers(0, 1), st.integers(0, 2), st.sampled_from([1e-6, -1e-4, 0.1]))
def test_a_changed_slope_is_named(W: np.ndarray, i: int, k: int, change: float) -> None:
    generic(W)
    W, p, loss, dW = run(W)
    right = dW[i, k]
    dW = dW.copy()
    dW[i, k] += change
    assume(abs(dW[i, k]) > 1e-3)
    (remark,) = remarks(shown(W, p, loss, dW))
    assert remark.evidence[0].what == f"dW[{i}, {k}]"
    assert remark.evidence[0].predicted == pytest.approx(right, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, WEIGHTS)
def test_two_runs_are_told_apart(W: np.ndarray, other: np.ndarray) -> None:
    generic(W)
    generic(other)
    assume(np.abs(X @ W - X @ other).min() > 1e-3)
    _, p, loss, dW = run(other)
    found = remarks(shown(W, p, loss, dW))
    assert "two runs" in found[0].sentence
    assert len(found) == 1
