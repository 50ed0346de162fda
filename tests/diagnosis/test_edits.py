"""Each rule undoes its pitfall, in the student's own spelling, and leaves the rest alone."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.diagnosis.definitions import Definition, definitions
from tutor.diagnosis.edits import Edit, edits, general, named, spelt, targeted
from tutor.diagnosis.edits.rules import TARGETED
from tutor.pitfalls import CATALOGUE

BEFORE = "def part(x, t, y, h, n, dout):\n    '''Keep  me.'''   # and me\n"
AFTER = "\n    return  x   # and me too\n"

# pitfall, the wrong line, the right one
LINES = [
    ("softmax-whole-batch", "s = np.sum(e)", "s = np.sum(e, axis=-1, keepdims=True)"),
    ("softmax-wrong-axis", "s = e.sum(axis=0)", "s = e.sum(axis=1, keepdims=True)"),
    ("softmax-missing-keepdims", "m = x.max(axis=1)", "m = x.max(axis=1, keepdims=True)"),
    ("softmax-global-max", "x = x - np.max(x)", "x = x - np.max(x, axis=-1, keepdims=True)"),
    ("softmax-overflow", "e = np.exp(x)", "e = np.exp(x - np.max(x, axis=-1, keepdims=True))"),
    ("builtin-max-sum", "m = max(x)", "m = np.max(x, axis=-1, keepdims=True)"),
    ("softmax-mutates-input", "x -= np.max(x)", "x = x - np.max(x)"),
    ("hard-coded-batch", "m = m.reshape(100, 1)", "m = m.reshape(-1, 1)"),
    ("integer-result", "r = np.zeros_like(x)", "r = np.zeros_like(x, dtype=float)"),
    ("missing-batch-division", "dx = y - t", "dx = (y - t) / n"),
    ("missing-batch-division", "dx[np.arange(n), t] -= 1", "dx[np.arange(n), t] -= 1\ndx /= n"),
    ("loss-not-averaged", "E = -np.sum(t * np.log(y))", "E = -np.sum(t * np.log(y)) / n"),
    ("double-batch-division", "dW = np.dot(x.T, dout) / n", "dW = np.dot(x.T, dout)"),
    ("wrong-batch-size", "n = y.shape[1]", "n = y.shape[0]"),
    ("wrong-batch-size", "n = y.ndim", "n = y.shape[0]"),
    ("single-sample-division", "n = t.shape[0]", "n = t.size // t.shape[-1]"),
    ("reshape-discarded", "y.reshape(1, -1)", "y = y.reshape(1, -1)"),
    ("loss-mutates-prediction", "np.log(y, out=y)", "y = np.log(y)"),
    ("loss-mutates-prediction", "y += 1e-7", "y = y + 1e-7"),
    ("all-pairs-index", "p = y[:, t]", "p = y[np.arange(n), t]"),
    ("log-of-zero", "E = -np.log(y)", "E = -np.log(y + 1e-7)"),
    ("epsilon-wrong", "E = -np.log(y - 1e-7)", "E = -np.log(y + 1e-7)"),
    ("epsilon-wrong", "delta = 1e-4", "delta = 1e-7"),
    ("gradient-sign", "dx = (t - y) / n", "dx = (y - t) / n"),
    ("gradient-ascent", "x += 0.1 * dout", "x -= 0.1 * dout"),
    ("bias-gradient", "db = np.mean(dout, axis=0)", "db = np.sum(dout, axis=0)"),
    ("bias-gradient", "db = np.sum(dout)", "db = np.sum(dout, axis=0)"),
    ("missing-transpose", "dx = np.dot(dout, self.W)", "dx = np.dot(dout, self.W.T)"),
    ("missing-transpose", "dx = dout @ self.W", "dx = dout @ self.W.T"),
    ("relu-mask", "dx[x >= 0] = 0", "dx[x <= 0] = 0"),
    ("relu-mask", "dx[dout <= 0] = 0", "dx[self.x <= 0] = 0"),
    ("relu-mutates-dout", "dx = dout", "dx = dout.copy()"),
    ("sigmoid-sign", "y = 1 / (1 + np.exp(x))", "y = 1 / (1 + np.exp(-x))"),
    ("sigmoid-backward", "dx = dout * (1.0 - self.out)", "dx = dout * (1.0 - self.out) * self.out"),
    ("step-precedence", "g = (y - t) / 2*h", "g = (y - t) / (2 * h)"),
    ("missing-parentheses", "g = f(x + h) - f(x) / h", "g = (f(x + h) - f(x)) / h"),
    ("sum-not-difference", "g = (y + t) / (2 * h)", "g = (y - t) / (2 * h)"),
    ("divides-by-x", "g = (y - t) / (2 * x)", "g = (y - t) / (2 * h)"),
    ("step-underflow", "h = 1e-50", "h = 1e-4"),
    ("row-view", "for i in range(x.shape[0]):\n        i", "for i in np.ndindex(x.shape):"),
    ("no-restore", "g[i] = (y - t) / (2*h)", "g[i] = (y - t) / (2 * h)\nx[i] = tmp_val"),
    ("returns-none", "np.log(y)", "return np.log(y)"),
    ("stale-cache", "ls = self.layers", "ls = reversed(list(self.layers))"),
    ("squashed-twice", "return softmax(x)", "return x"),
    ("wrong-operand", "E = cross_entropy(t, y)", "E = cross_entropy(y, t)"),
    ("regularisation-mismatch", "dW = dW + lam * self.W", "dW = dW + 2 * lam * self.W"),
    ("backward-overwrites-weights", "self.W = np.dot(x.T, dout)", "self.dW = np.dot(x.T, dout)"),
    ("rebinds-parameters", "x = x - 0.1 * dout", "x -= 0.1 * dout"),
]  # fmt: skip


def part(line: str) -> tuple[Definition, str]:
    source = f"{BEFORE}    {line}{AFTER}"
    return definitions("__main__", ast.parse(source))["part"], source


@pytest.mark.parametrize(("pitfall", "wrong", "right"), LINES)
def test_a_rule_undoes_its_pitfall_in_the_students_spelling(
    pitfall: str, wrong: str, right: str
) -> None:
    definition, source = part(wrong)
    found = list(targeted(definition, source, pitfall, ("self.x",)))
    assert right in [spelt(edit) for edit in found]


@pytest.mark.parametrize(("pitfall", "wrong", "right"), LINES)
def test_the_rest_of_the_text_stays_as_it_is(pitfall: str, wrong: str, right: str) -> None:
    definition, source = part(wrong)
    for edit in targeted(definition, source, pitfall, ("self.x",)):
        if edit.line == 3:
            assert edit.source.startswith(BEFORE)
            assert edit.source.endswith(AFTER.rstrip("\n"))
        ast.parse(edit.source)


def test_every_rule_is_of_a_pitfall_of_the_catalogue() -> None:
    assert set(TARGETED) <= set(CATALOGUE)


def test_changes_that_undo_the_pitfall_come_first() -> None:
    definition, source = part("dx = y - t")
    first = next(iter(edits(definition, source, "missing-batch-division")))
    assert spelt(first).endswith("/ n")


def test_general_changes_leave_out_those_of_the_pitfall() -> None:
    definition, source = part("s = np.sum(e)")
    rules = {edit.rule for edit in general(definition, source, "softmax-whole-batch")}
    assert "axis" not in rules
    assert "negate" in rules


def test_a_statement_left_out_shows_the_line_and_no_text() -> None:
    definition, source = part("dx = dx * 3")
    left_out = [e for e in general(definition, source, "") if e.text == "pass"]
    assert [e.line for e in left_out] == [3]
    assert [spelt(e) for e in left_out] == [""]


def test_no_change_reaches_into_a_keyword_that_says_where_to_write() -> None:
    definition, source = part("np.log(y, out=y)")
    shown = [spelt(e) for e in targeted(definition, source, "loss-mutates-prediction")]
    assert shown == ["y = np.log(y)"]


def test_a_question_about_ndim_is_not_turned_round() -> None:
    definition, source = part("y = y if y.ndim == 1 else t")
    assert not [e for e in general(definition, source, "") if "ndim >=" in e.text]


def test_spelling_keeps_quotes_numbers_and_redundant_parentheses() -> None:
    definition, source = part("""d["a"] = (1e-7) + (t - y) * 0.10""")
    shown = [spelt(e) for e in targeted(definition, source, "gradient-sign")]
    assert """d["a"] = (1e-7) + (y - t) * 0.10""" in shown


@pytest.mark.parametrize(
    ("rule", "text", "old", "slug"),
    [
        ("axis", "self.db = np.sum(dout, axis=0)", "self.db = np.sum(dout)", "bias-gradient"),
        ("axis", "s = np.sum(e, axis=1)", "s = np.sum(e)", ""),
        ("divide", "dx = (y - t) / n", "dx = y - t", "missing-batch-division"),
        ("divide", "db = db / n", "db = db", "bias-gradient"),
        ("undivide", "dW = dW", "dW = dW / n", "double-batch-division"),
        ("exchanged", "dx = y - t", "dx = t - y", "gradient-sign"),
        ("another_name", "d = dsig(a1)", "d = dsig(z1)", "sigmoid-grad-of-activation"),
        ("masked", "dx[self.x <= 0] = 0", "dx[dout <= 0] = 0", "relu-mask"),
        ("unwrap", "return x", "return softmax(x)", "squashed-twice"),
        ("constant", "c = 2", "c = 1", ""),
    ],
)  # fmt: skip
def test_a_change_names_the_pitfall_that_it_undoes(
    rule: str, text: str, old: str, slug: str
) -> None:
    assert named(Edit(1, text, text, rule, old)) == slug


NAMES = st.sampled_from(["x", "t", "y", "dout", "n", "self.W"])
OPERATORS = st.sampled_from(["+", "-", "*", "/", "@"])


@given(st.lists(st.tuples(NAMES, OPERATORS), min_size=1, max_size=4), NAMES)
def test_what_is_shown_means_what_was_run(terms: list[tuple[str, str]], last: str) -> None:
    line = "z = " + "".join(f"{name} {sign} " for name, sign in terms) + last
    definition, source = part(line)
    for edit in general(definition, source, ""):
        shown = spelt(edit)
        if shown:
            assert ast.dump(ast.parse(shown)) == ast.dump(ast.parse(edit.text))
