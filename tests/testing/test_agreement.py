"""The assertion that gradients agree: which nets it knows, and what it says when they do not."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest

from tests.diagnosis.programs import RIGHT, WRONG
from tests.testing.nets import (
    Attributes,
    Bare,
    Kept,
    Positional,
    Prefixed,
    Stanford,
    T,
    Usual,
    X,
)
from tutor.jail import Isolation, oracle
from tutor.nets import TwoLayerNet
from tutor.testing import assert_gradients_agree

NETS = [Usual, Stanford, Prefixed, Kept, Attributes]


@pytest.mark.parametrize("kind", NETS)
def test_a_right_net_passes_in_any_spelling(kind):
    assert_gradients_agree(kind(), X, T)


def test_a_net_of_the_book_passes_and_is_as_it_was():
    net = TwoLayerNet(4, 5, 3, rng=0)
    before = {name: array.copy() for name, array in net.params.items()}
    rng = np.random.default_rng(0)
    assert_gradients_agree(net, rng.normal(size=(6, 4)), np.array([0, 1, 2, 0, 1, 2]))
    assert all(np.array_equal(net.params[name], array) for name, array in before.items())


@pytest.mark.parametrize("kind", NETS[:4])
def test_a_wrong_factor_is_said_with_array_entry_numbers_and_pattern(kind):
    net = kind(factor=3.0)
    true = Usual().gradient(X, T)["W"]
    with pytest.raises(AssertionError) as caught:
        assert_gradients_agree(net, X, T, judge=False)
    lines = str(caught.value).splitlines()
    at = int(np.argmax(np.abs(true)))
    slope = f"{true[at, 0]:.2f}"
    assert lines[0] == "The gradients by backprop are not the slopes of the loss."
    assert lines[1].startswith(f"W is wrong in all 2 entries, most at ({at}, 0): backprop says ")
    assert f"the slope is {slope}" in lines[1]
    assert "Backprop is 3 times the slope everywhere" in lines[1]
    assert lines[2] == "b agrees."


def test_the_parts_can_be_given():
    W = np.array([1.0, 2.0])
    given = {"loss": lambda: float(np.sum(W**2)), "params": {"W": W}}
    assert_gradients_agree(**given, grads={"W": 2 * W})
    with pytest.raises(AssertionError, match="Backprop is the slope with the other sign"):
        assert_gradients_agree(**given, grads={"W": -2 * W})


def test_gradients_that_can_be_given_for_a_net_that_keeps_their_order_to_itself():
    net = Positional()
    assert_gradients_agree(net, X, T, grads=dict(zip("Wb", net.gradient(X, T), strict=True)))


def test_what_was_not_put_to_the_test_does_not_pass():
    W = np.zeros(2)
    with pytest.raises(AssertionError, match=r"could not be told.*\nW was not put to the test"):
        assert_gradients_agree(
            loss=lambda: float(np.sum(W**2)), params={"W": W}, grads={"W": np.zeros(2)}
        )


@pytest.mark.parametrize(
    ("net", "sentence"),
    [
        (Bare(), r"Bare has none of loss, cost, .*: its loss cannot be told\. Give loss="),
        (None, r"There is no net, and its loss cannot be told\. Give loss="),
        (Positional(), r"Positional.gradient returned tuple, not a dict .*\. Give grads="),
    ],
)
def test_a_part_that_cannot_be_told_is_asked_for(net, sentence):
    with pytest.raises(TypeError, match=sentence):
        assert_gradients_agree(net, X, T)


NET = """

class Net:
    def __init__(self):
        rng = np.random.default_rng(0)
        self.params = {"W": rng.normal(size=(3, 4)), "b": np.zeros(4)}

    def predict(self, x):
        return softmax(x @ self.params["W"] + self.params["b"])

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    def gradient(self, x, t):
        dy = self.predict(x)
        dy[np.arange(len(t)), t] -= 1
        dy /= len(t)
        return {"W": x.T @ dy, "b": dy.sum(axis=0)}
"""
CROSS_ENTROPY = RIGHT[RIGHT.index("def cross_entropy_error") :]


@pytest.fixture
def net_of(tmp_path, monkeypatch):
    def loaded(source):
        path = tmp_path / "somebodys_net.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location("somebodys_net", path)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "somebodys_net", module)
        spec.loader.exec_module(module)
        return module.Net()

    return loaded


def test_the_pitfall_is_named_with_its_line(net_of):
    net = net_of(WRONG + CROSS_ENTROPY + NET)
    with pytest.raises(AssertionError) as caught:
        assert_gradients_agree(net, np.random.default_rng(1).normal(size=(5, 3)), np.arange(5) % 4)
    told = str(caught.value)
    line = WRONG.splitlines().index("    return e / e.sum()") + 1
    assert f"somebodys_net.py:{line}: softmax-whole-batch, in softmax\n" in told
    assert "    return e / e.sum()\n" in told
    assert "With this line instead it is right: return e / e.sum(axis=-1, keepdims=True)" in told


def test_where_nothing_would_keep_the_file_in_it_is_not_run(net_of, monkeypatch):
    net = net_of(WRONG + CROSS_ENTROPY + NET)
    monkeypatch.setattr(oracle, "Isolation", lambda *_: Isolation())
    with pytest.raises(AssertionError, match=r"somebodys_net\.py was not judged\. "):
        assert_gradients_agree(net, np.ones((5, 3)), np.arange(5) % 4)
