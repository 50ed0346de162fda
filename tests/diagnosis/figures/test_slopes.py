import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tests.diagnosis.figures.conftest import cell, only, remarks
from tutor.nets import numerical_gradient


@pytest.mark.parametrize(
    ("text", "points"),
    [("[25000. 35000.]", "[3, 4]"), ("[25000 35000]", "[3, 4]"),
     ("array([    0, 15000])", "[0, 2]"), ("[-25000  35000]", "[-3, 4]")],
)  # fmt: skip
def test_an_integer_array_is_known_by_its_slopes(text: str, points: str) -> None:
    remark = only(text)
    assert (remark.pitfall, remark.certain) == ("integer-array", True)
    assert f"x = {points}" in remark.sentence


def test_a_prompt_of_a_notebook_is_no_figure() -> None:
    text = "In [1]: numerical_gradient(f, np.array([3, 4]))\nOut[1]: array([25000, 35000])"
    assert only(text).text == "[25000, 35000]"


def test_zeros_point_to_no_pitfall_alone() -> None:
    remark = only("dW = [[0. 0. 0.]\n [0. 0. 0.]]")
    assert (remark.pitfall, remark.certain) == ("", False)
    assert "perturbs-a-copy" in remark.sentence
    assert "step-underflow" in remark.sentence
    assert remarks("x = [0. 0.]") == []


def test_slopes_of_l_over_h_are_a_sum() -> None:
    remark = only("[250000. 250000.]")
    assert remark.pitfall == "sum-not-difference"
    assert "25 / 1e-4" in remark.sentence
    assert only("grad [-7499.25 -7499.25]").pitfall == "missing-parentheses"
    assert only("grad: 250000.0001").pitfall == "sum-not-difference"


def test_one_number_where_two_are_wanted() -> None:
    assert only("14.000000000002899").pitfall == "steps-all-coordinates"
    assert remarks("14") == []


def test_slopes_times_h_squared() -> None:
    assert only("grad = [6.e-08 8.e-08]").pitfall == "step-precedence"


def test_constant_rows_are_a_view() -> None:
    text = "[[0.00033268 0.00033268]\n [0.00050867 0.00050867]\n [0.00054421 0.00054421]]"
    assert only(text).pitfall == "row-view"
    assert remarks("[[1. 1.]\n [0. 0.]]") == []


def test_values_of_f_that_never_change() -> None:
    text = "\n".join(
        f"({i}, {j}) fxh1 = 2.0620146712373737 fxh2 = 2.0620146712373737"
        for i in range(2)
        for j in range(3)
    )
    (remark,) = remarks(text)
    assert remark.pitfall == "perturbs-a-copy"
    assert "all 12 points" in remark.sentence


def test_values_of_f_that_change_get_no_remark() -> None:
    text = "fxh1 = 2.062020953321506 fxh2 = 2.0620083894906935\n"
    text += "fxh1 = 2.062060757760379 fxh2 = 2.061968585355599"
    assert remarks(text) == []


@given(arrays(float, array_shapes(min_dims=1, max_dims=1, max_side=5), elements=st.floats(-9, 9)))
def test_a_right_gradient_of_the_bowl_gets_no_remark(x: np.ndarray) -> None:
    grad = numerical_gradient(lambda v: float(np.sum(v**2)), x + 0.1234)
    assert remarks(str(grad)) == []
    assert cell("print(numerical_gradient(f, x))\n", str(grad)) == []


def test_weights_that_are_zeros_are_said_to_be() -> None:
    (remark,) = cell("print(net.params['W1'])\n", "[[0. 0.]\n [0. 0.]]")
    assert remark.pitfall == "zero-init"
