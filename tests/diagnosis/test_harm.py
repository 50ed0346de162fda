"""A trap is advice until the file's own run steps into it."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.diagnosis.findings import Diagnosis, Finding
from tutor.diagnosis.submission import read_text
from tutor.diagnosis.trial import diagnose

SOFTMAX = """\
import numpy as np

def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)

"""
LOSS = """\
def cross_entropy(y, t):
    return -np.sum(t * np.log(y + 1e-7)) / y.shape[0]

"""
DIFFERENTIATOR = """\
def numerical_gradient(f, x):
    h, grad = 1e-4, np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        kept = x[i]
        x[i] = kept + h
        up = f(x)
        x[i] = kept - h
        grad[i] = (up - f(x)) / (2 * h)
        x[i] = kept
    return grad

"""
LAYER = """\
class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y, self.t = softmax(x), t
        return -np.sum(t * np.log(self.y + 1e-7)) / (x.size // x.shape[-1])

    def backward(self, dout=1):
        return dout * (self.y - self.t) / self.t.shape[0]

layer = SoftmaxWithLoss()
"""


def judged(*parts: str) -> Diagnosis:
    return diagnose(read_text("".join(parts), "file.py"))


def only(found: Diagnosis) -> Finding:
    (finding,) = found.errors
    assert finding.repair is not None
    assert finding.repair.confirmed
    (evidence,) = finding.evidence
    if isinstance(evidence.predicted, float) and isinstance(evidence.measured, float):
        assert np.isclose(evidence.predicted, evidence.measured, rtol=1e-3, atol=1e-9)
    else:
        assert evidence.predicted == evidence.measured
    return finding


def test_the_logarithm_of_zero_is_advice_where_no_probability_is_zero() -> None:
    loss = LOSS.replace(" + 1e-7", "")
    use = "y = softmax(np.array([[0.0, {}, 3.0]]))\ncross_entropy(y, np.array([[1, 0, 0]]))\n"
    assert judged(SOFTMAX, loss, use.format(2.0)).errors == ()
    found = only(judged(SOFTMAX, loss, use.format(1000.0)))
    assert found.pitfall == "log-of-zero"
    assert found.repair
    assert found.repair.line == "return -np.sum(t * np.log(y + 1e-7)) / y.shape[0]"


@pytest.mark.parametrize(("far", "slugs"), [(2.0, []), (30.0, ["epsilon-plateau"])])
def test_an_epsilon_does_harm_where_a_slope_is_taken_on_its_plateau(
    far: float, slugs: list[str]
) -> None:
    use = f"""
x, t = np.array([[{far}, 0.0, 1.0], [0.5, 1.0, 0.2]]), np.eye(3)[[1, 0]]
numerical_gradient(lambda z: cross_entropy(softmax(z), t), x)
"""
    found = judged(SOFTMAX, LOSS, DIFFERENTIATOR, use)
    assert [f.pitfall for f in found.errors] == slugs
    if slugs:
        (evidence,) = only(found).evidence
        p = np.exp(-far) / (1 + np.exp(-far) + np.exp(1 - far))  # beside the largest logit
        assert evidence.predicted == pytest.approx(p / (p + 1e-7), rel=1e-2)


def test_an_epsilon_does_no_harm_where_no_slope_is_taken() -> None:
    use = "cross_entropy(softmax(np.array([[30.0, 0.0, 1.0]])), np.eye(3)[[1]])\n"
    assert judged(SOFTMAX, LOSS, use).errors == ()


def test_labels_in_the_one_hot_formula_do_harm_once_n_is_k() -> None:
    y = "y = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])\n"
    found = only(judged(SOFTMAX, LOSS, y, "cross_entropy(y, np.array([0, 1, 2]))\n"))
    assert found.pitfall == "label-broadcast"
    (evidence,) = found.evidence
    assert evidence.measured == pytest.approx(4.558001845786509)  # printed by a learner's notebook
    assert judged(SOFTMAX, LOSS, y, "cross_entropy(y, np.eye(3))\n").errors == ()


def test_argmax_of_one_column_makes_every_target_class_0() -> None:
    loss = """\
def cross_entropy_error(y, t):
    if t.size == y.size:
        t = t.argmax(axis=1)
    return -np.mean(np.log(y[np.arange(len(y)), t] + 1e-7))

"""
    found = only(
        judged(SOFTMAX, loss, "cross_entropy_error(np.full((2, 1), 0.3), np.array([[0], [1]]))\n")
    )
    assert (found.pitfall, found.line) == ("single-class-argmax", 9)
    use = "cross_entropy_error(np.full((2, 2), 0.5), np.array([[0, 1], [1, 0]]))\n"
    assert judged(SOFTMAX, loss, use).errors == ()


def test_a_softmax_in_place_does_harm_to_logits_that_are_being_moved() -> None:
    softmax = SOFTMAX.replace("x = x - np.max", "x -= np.max")
    x, t = "x = np.array([[0.3, 2.9, 4.0]])\n", "np.eye(3)[[2]]"
    use = "numerical_gradient(lambda z: cross_entropy(softmax({}), " + t + "), x)\n"
    found = only(judged(softmax, LOSS, DIFFERENTIATOR, x, use.format("z")))
    assert (found.pitfall, found.line) == ("softmax-mutates-input", 4)
    assert found.evidence[0].predicted == pytest.approx(4.0, abs=2e-4)
    assert judged(softmax, LOSS, DIFFERENTIATOR, x, use.format("z * 1.0")).errors == ()


def test_a_softmax_for_100_rows_does_harm_to_the_rest_of_the_data() -> None:
    softmax = SOFTMAX.replace("np.max(x, axis=-1, keepdims=True)", "x.max(axis=1).reshape(100, 1)")
    assert only(judged(softmax, "softmax(np.ones((97, 4)))\n")).pitfall == "hard-coded-batch"
    found = judged(softmax, "softmax(np.ones((100, 4)))\n")
    assert found.errors == ()
    assert "hard-coded-batch" in {f.pitfall for f in found.findings}


def test_one_sample_through_a_layer_that_divides_by_its_length_is_off_by_k() -> None:
    one = "layer.forward(np.array([0.3, 2.9, 4.0, 1.0, 0.1]), np.eye(5)[2])\n"
    found = only(judged(SOFTMAX, LAYER, one, "dx = layer.backward()\n"))
    assert found.pitfall == "single-sample-division"
    assert found.evidence[0].predicted == 1 / 5
    assert judged(SOFTMAX, LAYER, one).errors == ()  # it takes no gradient
    batch = "layer.forward(np.ones((2, 3)), np.eye(3)[:2])\ndx = layer.backward()\n"
    assert judged(SOFTMAX, LAYER, batch).errors == ()
