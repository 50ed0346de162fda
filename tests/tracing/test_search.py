"""The calls that are worth stepping through, found without running the file."""

from __future__ import annotations

import textwrap

import pytest

from tests.tracing.runs import FILES, steps_of, traced
from tutor.diagnosis.submission import read_submission, read_text
from tutor.tracing import Call, Request, Work, find_calls, offered_calls


def _found(source: str) -> list[tuple[str, Work]]:
    return [(call.text, call.work) for call in find_calls(read_text(textwrap.dedent(source)))]


def test_calls_are_sorted_by_interest() -> None:
    source = """
    def numerical_gradient(f, x): return x
    def update(params): return params
    class Net:
        def numerical_gradient(self, x, t): return numerical_gradient(self.loss, self.W)
        def gradient(self, x, t): return x
        def backward(self, dout): return dout
    net = Net()
    update(net)
    net.backward(1)
    net.gradient(x, t)
    numerical_gradient(f, point)
    net.numerical_gradient(x, t)
    numerical_gradient(f, net.W)
    """
    assert _found(source) == [
        ("numerical_gradient(f, net.W)", Work.SLOPES_OF_PARAMETER),
        ("net.numerical_gradient(x, t)", Work.NET_SLOPES),
        ("numerical_gradient(self.loss, self.W)", Work.SLOPES_OF_PARAMETER),
        ("numerical_gradient(f, point)", Work.SLOPES),
        ("net.gradient(x, t)", Work.GRADIENT),
        ("net.backward(1)", Work.BACKWARD),
        ("update(net)", Work.TRAINING),
    ]


def test_what_the_file_does_not_define_is_no_call_to_step_through() -> None:
    source = """
    import numpy as np
    import torch
    np.gradient(x)
    loss.backward()
    d.update({"a": 1})
    optimizer.step()
    """
    assert _found(source) == []


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("数値微分", Work.SLOPES),
        ("gradientNumerique", Work.SLOPES),
        ("num_grad", Work.SLOPES),
        ("finite_difference", Work.SLOPES),
        ("수치미분", Work.SLOPES),
        ("逆伝播", Work.BACKWARD),
        ("retropropagation", Work.BACKWARD),
        ("backprop", Work.BACKWARD),
        ("entrainement", Work.TRAINING),
        ("学習", Work.TRAINING),
        ("sgd_update", Work.TRAINING),
        ("compute_gradients", Work.GRADIENT),
        ("勾配", Work.GRADIENT),
    ],
)
def test_names_of_any_language_are_known(name: str, work: Work) -> None:
    source = f"def {name}(a, b):\n    return a(b)\n\n{name}(g, y)\n"
    assert _found(source) == [(f"{name}(g, y)", work)]


def test_a_call_says_where_it_stands() -> None:
    calls = find_calls(read_submission(FILES / "book.ipynb"))
    assert [(call.cell, call.line, call.where) for call in calls] == [
        (3, 2, "cell 3, line 2"),
        (4, 2, "cell 4, line 2"),
    ]
    main = find_calls(read_submission(FILES / "main_guard.py"))[0]
    assert main.where == "line 41, in main"


def test_a_call_that_no_run_reaches_comes_last() -> None:
    calls = find_calls(read_submission(FILES / "only_net.py"))
    assert [call.is_reached for call in calls] == [False]


@pytest.mark.parametrize(
    ("file", "text", "function"),
    [
        ("only_net.py", "net.numerical_gradient(x, t)", "numerical_gradient"),
        ("only_differentiator.py", "numerical_gradient(f, x)", "numerical_gradient"),
        ("only_layer.py", "layer.backward(dout)", "backward"),
    ],
)
def test_a_call_is_built_for_a_file_that_only_defines(file: str, text: str, function: str) -> None:
    found = traced(Request(file))
    assert found.call is not None
    assert found.call.text == text
    assert found.call.is_built
    assert found.call.where == "built"
    assert steps_of(found).source.name == function
    assert found.saved is not None
    assert any("built for it" in note for note in found.saved.notes)


def test_a_net_without_arguments_is_given_data_of_its_size() -> None:
    source = """
    import numpy as np
    def numerical_gradient(f, x): return x
    class simpleNet:
        def __init__(self):
            self.W = np.random.randn(2, 3)
        def predict(self, x):
            return x @ self.W
        def loss(self, x, t):
            return np.sum((self.predict(x) - t) ** 2)
    """
    (call,) = offered_calls(read_text(textwrap.dedent(source)))
    assert call.text == "numerical_gradient(f, net.W)"
    names: dict[str, object] = {}
    exec(textwrap.dedent(source) + "\n".join(call.setups[0]), names)
    assert float(names["f"](None)) > 0  # type: ignore[operator]


def test_the_gradient_of_a_net_is_offered_beside_its_slopes() -> None:
    offered = offered_calls(read_submission(FILES / "only_net.py"))
    assert [call.text for call in offered] == ["net.numerical_gradient(x, t)", "net.gradient(x, t)"]
    assert all(isinstance(call, Call) and call.setups for call in offered)
