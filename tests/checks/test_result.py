"""How a check prints, and what it says at one look."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

from tutor.checks import check_gradients


def loss_of(params):
    return lambda: float(sum(np.sum(np.sin(array)) for array in params.values()))


@pytest.fixture
def params():
    rng = np.random.default_rng(0)
    return {"W1": rng.normal(size=(3, 3)), "b1": rng.normal(size=3), "W2": rng.normal(size=(3, 2))}


@pytest.fixture
def grads(params):
    return {name: np.cos(array) for name, array in params.items()}


class Table(HTMLParser):
    """The cells of a table, row by row, and every tag that it has."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.tags, self.caption = [], set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.inside = tag
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.inside in ("th", "td"):
            self.rows[-1][-1] += data
        else:
            self.caption += data


def test_right_gradients_are_ok(params, grads):
    check = check_gradients(loss_of(params), params, grads)
    assert check.ok
    assert check
    assert repr(check) == "<GradientCheck: W1 agrees, b1 agrees, W2 agrees>"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (lambda g, p: 2 * g, "Backprop is 2 times the slope everywhere"),
        (lambda g, p: -g, "Backprop is the slope with the other sign."),
        (lambda g, p: g.T.copy(), "The slope agrees with backprop transposed."),
        (lambda g, p: g - 0.1 * p, "The difference is -0.1 times the parameter itself"),
    ],
)
def test_it_says_which_tensor_which_entry_and_which_pattern(params, grads, fault, sentence):
    true = grads["W1"].copy()
    grads["W1"] = fault(grads["W1"], params["W1"])
    check = check_gradients(loss_of(params), params, grads)
    assert not check.ok
    assert not check
    assert [one.name for one in check.wrong] == ["W1"]
    worst = np.unravel_index(np.argmax(np.abs(grads["W1"] - true)), (3, 3))
    entry = check["W1"].worst
    assert entry is not None
    assert entry.index == worst
    assert f"({worst[0]}, {worst[1]})" in str(check)
    assert sentence in str(check)


def test_one_wrong_entry_is_named_and_the_others_agree(params, grads):
    grads["W2"][1, 0] *= 1.5
    told = str(check_gradients(loss_of(params), params, grads)["W2"])
    assert told.startswith("W2 is wrong at (1, 0): backprop says ")
    assert told.endswith("All other entries agree.")


def test_its_table_has_a_row_for_each_tensor(params, grads):
    grads["b1"] = 2 * grads["b1"]
    check = check_gradients(loss_of(params), params, grads)
    table = Table(check._repr_html_())
    assert table.caption == (
        f"The gradients do not all agree. Checked in {check.passes} forward passes."
    )
    heads, w1, b1, w2 = table.rows
    assert heads[:3] == ["parameter", "outcome", "entry"]
    assert {len(row) for row in table.rows} == {7}
    assert w1[:3] == ["W1", "agrees", ""]
    assert w2[:3] == ["W2", "agrees", ""]
    entry = check["b1"].worst
    assert entry is not None
    assert b1[:3] == ["b1", "wrong", f"[{entry.index[0]}]"]
    assert float(b1[3]) == pytest.approx(entry.bp, rel=1e-2)
    assert float(b1[3]) / float(b1[4]) == pytest.approx(2, rel=1e-2)
    assert b1[6].startswith("Backprop is 2 times the slope everywhere")


def test_a_name_is_escaped_in_the_table():
    name = '<script>alert("x")</script>'
    W = np.ones(3)
    check = check_gradients(lambda: float(np.sum(W**2)), {name: W}, {name: 2 * W})
    table = Table(check._repr_html_())
    assert "script" not in table.tags
    assert table.rows[1][0] == name


def test_what_was_not_measured_leaves_its_cell_empty():
    W = np.full(3, np.nan)
    check = check_gradients(lambda: float("nan"), {"W": W}, {"W": np.ones(3)})
    assert Table(check._repr_html_()).rows[1] == ["W", "not finite", "", "", "", "", ""]
