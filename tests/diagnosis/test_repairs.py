"""The accused part alone put right: in the part, in the net around it, line by line."""

from __future__ import annotations

import numpy as np
import pytest

from tests.diagnosis.test_accuse import NET, judged
from tutor.diagnosis.findings import Finding

LAYERS = """\
import numpy as np

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T

class Relu:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)

class Last:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y, self.t = e / e.sum(axis=1, keepdims=True), t
        return -np.sum(t * np.log(self.y + 1e-7)) / len(x)

    def backward(self, dout=1):
        return (self.y - self.t) / len(self.t)

class Net:
    def __init__(self, n=5, m=4, k=3):
        self.params = {"W1": np.random.randn(n, m), "b1": np.zeros(m),
                       "W2": np.random.randn(m, k), "b2": np.zeros(k)}
        self.first = Affine(self.params["W1"], self.params["b1"])
        self.relu = Relu()
        self.second = Affine(self.params["W2"], self.params["b2"])
        self.last = Last()

    def loss(self, x, t):
        return self.last.forward(self.second.forward(self.relu.forward(self.first.forward(x))), t)

    def gradient(self, x, t):
        self.loss(x, t)
        d = self.second.backward(self.last.backward())
        self.first.backward(self.relu.backward(d))
        return {"W1": self.first.dW, "b1": self.first.db,
                "W2": self.second.dW, "b2": self.second.db}
"""


def wrong(*changes: tuple[str, str], source: str = LAYERS) -> list[Finding]:
    for right, other in changes:
        assert source.count(right) == 1, right
        source = source.replace(right, other)
    found = list(judged(source).errors)
    for finding in found:
        assert finding.repair is not None
        assert finding.repair.confirmed
        text = source.split("\n")[finding.line - 1]
        assert any(other.split("\n")[-1] in text for _, other in changes), text
    return found


def test_the_layers_are_right_to_begin_with() -> None:
    assert judged(LAYERS).verdict.value == "CLEAN"


@pytest.mark.parametrize(
    ("right", "other", "slug"),
    [
        ("self.db = dout.sum(axis=0)", "self.db = dout.mean(axis=0)", "bias-gradient"),
        ("return dout * (self.x > 0)", "return dout * (self.x < 0)", "relu-mask"),
        ("return dout * (self.x > 0)", "return dout * (dout > 0)", "relu-mask"),
        ("(self.y - self.t) / len(self.t)", "(self.t - self.y) / len(self.t)", "gradient-sign"),
        ("(self.y - self.t) / len(self.t)", "self.y - self.t", "missing-batch-division"),
    ],
)
def test_one_wrong_line_is_found_and_with_it_right_the_gradients_agree(
    right: str, other: str, slug: str
) -> None:
    (finding,) = wrong((right, other))
    assert finding.pitfall == slug
    assert finding.repair
    assert finding.repair.max_relative_error is not None
    assert finding.repair.max_relative_error < 1e-4  # the 1e-7 in the logarithm, over y
    for evidence in finding.evidence:
        if isinstance(evidence.predicted, float):
            assert np.isclose(evidence.predicted, float(evidence.measured), rtol=1e-3)


def test_two_faults_are_two_findings() -> None:
    found = wrong(
        ("return dout * (self.x > 0)", "return dout * (dout > 0)"),
        ("(self.y - self.t) / len(self.t)", "(self.t - self.y) / len(self.t)"),
    )
    assert {f.pitfall for f in found} == {"relu-mask", "gradient-sign"}


def test_one_fault_in_two_lines_of_a_method_is_one_finding_with_both_lines() -> None:
    source = NET.replace(
        "d = (self.predict(x) - t) / len(x)", "n = len(x)\n        d = (self.predict(x) - t) / n"
    )
    source = source.replace("act(z).T @ d}", "act(z).T @ d / n}")
    source = source.replace("* slope(z))", "* slope(z)) / n")
    (finding,) = judged(source).errors
    assert finding.pitfall == "double-batch-division"
    assert finding.repair is not None
    assert finding.repair.max_relative_error is not None
    assert finding.repair.max_relative_error < 1e-4


def test_a_softmax_is_put_right_and_the_error_is_that_of_the_net_around_it() -> None:
    right = "e / e.sum(axis=1, keepdims=True)"
    (finding,) = wrong((right, "e / e.sum()"), source=NET)
    assert finding.pitfall == "softmax-whole-batch"
    assert finding.repair
    assert finding.repair.line == "return e / e.sum(axis=-1, keepdims=True)"
    assert 0 < (finding.repair.max_relative_error or 0) < 1e-4  # slopes are never exact


def test_a_fault_without_a_name_is_said_with_its_factor() -> None:
    (finding,) = wrong(("self.dW = self.x.T @ dout", "self.dW = self.x.T @ dout * 1.25"))
    assert finding.pitfall == ""
    assert "1.25 times the slope" in finding.sentence
