"""Files of varied shape: each is traced, and its slopes are those that calculus says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from tests.tracing.runs import FILES, steps_of, traced
from tutor.diagnosis.submission import read_submission
from tutor.tracing import Ending, Request, find_calls

_X, _T = np.array([0.6, 0.9]), np.array([0.0, 0.0, 1.0])
_W = np.array([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]])
_SIMPLE = np.outer(_X, softmax(_X @ _W) - _T)  # the slopes of cross entropy after softmax


@dataclass(frozen=True)
class Shape:
    """A file, what is asked of it, and what must come of it."""

    file: str
    function: str
    slopes: Any = ()
    calls: int = 1
    call: str | None = None
    asked: str | None = None
    cell: int | None = None
    chosen: str = ""
    arguments: tuple[str, ...] = ()


SHAPES = [
    Shape("script_nditer.py", "numerical_gradient", _SIMPLE, chosen="numerical_gradient(f, net.W)"),
    Shape("ndindex_method.py", "numerical_gradient", _SIMPLE),
    Shape("range_size.py", "numerical_gradient", [6, 8]),
    Shape("flat_view.py", "numerical_gradient", 3 * np.arange(6.0) ** 2),
    Shape("row_by_row.py", "_numerical_gradient_1d", [2, 4, 6, 8, 10, 12], calls=3),
    Shape("decorated.py", "numerical_gradient", [2, -4]),
    Shape("decorated_bare.py", "numerical_gradient", [2, -4]),
    Shape("method_of_checker.py", "numerical_gradient", np.cos([2, 3, 5, 7])),
    Shape("closure.py", "numerical_gradient", [2, 4, 6]),
    Shape("dataclass_net.py", "numerical_gradient", [-4, -4, 4, 4]),
    Shape("forward_difference.py", "num_grad", [2, 4, 8]),
    Shape("francais.py", "gradient_numerique", np.exp([0.5, -0.5])),
    Shape("数値微分.py", "数値勾配", [2, 4]),
    Shape("siblings/train.py", "numerical_gradient", _SIMPLE),
    Shape("folder_up/ch04/simplenet.py", "numerical_gradient", [8, -18]),
    Shape("package/hw/net.py", "numerical_gradient", [2, 4]),
    Shape("main_guard.py", "numerical_gradient", _SIMPLE),
    Shape("argparse_main.py", "numerical_gradient", [2, 4, 6]),
    Shape("argparse_main.py", "numerical_gradient", [3, 12, 27], arguments=("--power", "3")),
    Shape("keywords.py", "numerical_gradient", [6, 12]),
    Shape("descent.py", "numerical_gradient", [-6, 8]),
    Shape("whole_numbers.py", "numerical_gradient", [5000, 15000, 25000]),  # W - h is W - 1
    Shape("in_class.py", "num_grad", [4, 32]),
    Shape("two_calls.py", "numerical_gradient", [2, 4]),
    Shape(
        "two_calls.py",
        "numerical_gradient",
        [0, 0],  # the array that is moved is a copy of the one that f reads
        call="numerical_gradient(lambda w: np.sum(W**3), W.copy())",
    ),
    Shape("two_calls.py", "numerical_gradient", [2, 4, 0, 0], calls=2, asked="numerical_gradient"),
    Shape("book.ipynb", "numerical_gradient", [2, 4]),
    Shape("book.ipynb", "numerical_gradient", [6], cell=4),
    Shape("writes_module.ipynb", "numerical_gradient", [2, 4]),
    Shape("redefined.ipynb", "numerical_gradient", [2, 4], asked="numerical_gradient"),
    Shape("siblings/train.py", "numerical_gradient", _SIMPLE, asked="numerical_gradient"),
    Shape("lambda_slope.py", "<lambda>"),
    Shape("scalar.py", "numerical_diff", chosen="numerical_diff(function_1, 5)"),
    Shape("training_loop.py", "gradient", chosen="net.gradient(x, t)"),
    Shape("backward.py", "backward", chosen="layer.backward(np.ones_like(out))"),
    Shape("update_step.py", "update"),
    Shape("prints.py", "numerical_gradient", [2, 4]),
    Shape(
        "descent.py",
        "gradient_descent",
        call="gradient_descent(lambda x: np.sum(x ** 2), np.array([-3.0, 4.0]))",
    ),
]


def _request(shape: Shape) -> Request:
    return Request(
        shape.file,
        call=shape.call,
        function=shape.asked,
        cell=shape.cell,
        arguments=shape.arguments,
    )


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.file} {shape.asked or ''}")
def test_a_file_is_traced_and_its_slopes_are_those_of_calculus(shape: Shape) -> None:
    found = traced(_request(shape))
    assert found.ended.ending is Ending.FINISHED, found.ended.sentence
    steps = steps_of(found)
    assert steps.source.name == shape.function
    assert steps.source.lines
    assert found.steps == len(steps)
    if shape.chosen:
        assert found.call is not None
        assert found.call.text == shape.chosen
    if len(np.ravel(shape.slopes)):
        table = steps.iterations
        np.testing.assert_allclose(table["grad"], np.ravel(shape.slopes), rtol=1e-5, atol=1e-7)
        assert table["call"].max() + 1 == shape.calls
    assert not steps.notes or shape.function == "<lambda>"


def test_there_are_thirty_files_of_their_own() -> None:
    assert len({shape.file for shape in SHAPES}) >= 30


def test_a_net_leads_to_the_differentiator_which_records_four_calls() -> None:
    found = traced(Request("two_layer.py"))
    assert found.call is not None
    assert found.call.text == "net.numerical_gradient(x, t)"
    steps = steps_of(found)
    shapes = [(3, 2), (2,), (2, 2), (2,)]
    counts = np.bincount(steps.iterations["call"])
    assert counts.tolist() == [int(np.prod(shape)) for shape in shapes]
    np.testing.assert_allclose(steps.iterations["grad"], _two_layer_slopes(), atol=1e-8)


def _two_layer_slopes() -> NDArray[np.float64]:
    """Return the slopes of the two-layer net by complex steps, whatever its code says."""
    rng = np.random.RandomState(0)
    params = [0.1 * rng.randn(3, 2), np.zeros(2), 0.1 * rng.randn(2, 2), np.zeros(2)]
    x = np.array([[0.1, 0.2, 0.3], [1.0, -1.0, 0.5]])
    t = np.array([[1.0, 0.0], [0.0, 1.0]])
    out = []
    for number, param in enumerate(params):
        for idx in np.ndindex(param.shape):
            moved = [p.astype(complex) for p in params]
            moved[number][idx] += 1e-20j
            W1, b1, W2, b2 = moved
            a = np.tanh(x @ W1 + b1) @ W2 + b2
            loss = np.sum(np.log(np.exp(a).sum(axis=1)) - (a * t).sum(axis=1)) / len(x)
            out.append(loss.imag / 1e-20)
    return np.array(out)


def test_a_gradient_has_steps_of_its_own() -> None:
    steps = steps_of(traced(Request("two_layer.py", call="net.gradient(x, t)")))
    names = steps.state(len(steps) - 1).names
    slopes = _two_layer_slopes()
    np.testing.assert_allclose(names["dy"].to_numpy().sum(axis=0), slopes[-2:], atol=1e-10)
    assert len(steps.iterations) == 0


def test_backward_gives_the_gradient_of_the_sum() -> None:
    steps = steps_of(traced(Request("backward.py")))
    names = steps.state(len(steps) - 1).names
    np.testing.assert_allclose(names["dx"].to_numpy(), [[3.0, 7.0]])
    np.testing.assert_allclose(names["self.dW"].to_numpy(), np.ones((2, 2)))


def test_every_call_of_a_function_during_the_run_is_one_recording() -> None:
    steps = steps_of(traced(Request("reports.py", function="softmax")))
    calls = 3 * 2 * _W.size  # two looks at each element, in three steps of the descent
    last = steps.state(len(steps) - 1)
    assert last.call == calls - 1
    steps = steps_of(traced(Request("reports.py", function="SimpleNet.loss")))
    assert steps.source.name == "loss"
    assert steps.state(len(steps) - 1).call == calls - 1


def test_a_call_that_the_file_does_not_make_is_made_after_it_has_run() -> None:
    call = "numerical_gradient(lambda x: np.sum(x**3), np.array([1.0, 2.0]))"
    steps = steps_of(traced(Request("range_size.py", call=call)))
    np.testing.assert_allclose(steps.iterations["grad"], [3, 12], rtol=1e-6)


def test_a_function_can_be_recorded_while_another_call_runs() -> None:
    found = traced(Request("only_net.py", call="TwoLayerNet(2, 2, 2).predict(np.ones((1, 2)))",
                           function="softmax"))  # fmt: skip
    steps = steps_of(found)
    assert steps.source.name == "softmax"
    assert steps.state(len(steps) - 1).call == 0


def test_of_calls_that_read_alike_the_one_of_the_line_is_recorded() -> None:
    call = "numerical_gradient(f, x)"
    lines = [found.line for found in find_calls(read_submission(FILES / "same_text.py"))]
    assert len(lines) == 2
    for line, slopes in zip(lines, ([6, 8], [8, 10]), strict=True):
        steps = steps_of(traced(Request("same_text.py", call=call, line=line)))
        np.testing.assert_allclose(steps.iterations["grad"], slopes, rtol=1e-6)


def test_lines_of_a_notebook_are_those_of_its_cells() -> None:
    steps = steps_of(traced(Request("book.ipynb")))
    assert steps.source.filename.endswith("book.ipynb, cell 2")
    assert steps.source.first_line == 1
    assert steps.source.line(1) == "def numerical_gradient(f, x):"


def test_the_way_into_f_comes_back_with_the_run() -> None:
    steps = steps_of(traced(Request("range_size.py")))
    step = next(k for k in range(len(steps)) if steps.state(k).returned)
    assert steps.can_step_into(step)
    assert "x[0] ** 2" in steps.step_into(step).source.lines[1]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.file} {shape.asked or ''}")
def test_the_call_that_is_found_stands_where_it_says(shape: Shape) -> None:
    submission = read_submission(FILES / shape.file)
    text = submission.main.source
    for call in find_calls(submission):
        assert call.function in text
        assert call.line > 0
