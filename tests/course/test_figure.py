from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.course.figure import UnknownFigure, fill, print_figure
from tutor.course.table import Table


def filled(text: str, **figures: object) -> str:
    return fill(text, figures.__getitem__)


def test_a_numpy_scalar_is_printed_with_the_digits_of_figures_a() -> None:
    assert filled("{loss}", loss=np.float64(2.0620146712373737)) == "2.0620146712373737"


@given(st.floats(allow_nan=False))
def test_a_printed_float_reads_back_as_itself(value: float) -> None:
    assert float(print_figure(np.float64(value))) == value


def test_formats_and_elements() -> None:
    dW = np.array([[0.06281915, 0.46086202], [0.09422873, -0.5]])
    assert filled("{dW[1, 0]:.3f} {dW[0]:.1f} {n:,}", dW=dW, n=39760) == "0.094 [0.1, 0.5] 39,760"


def test_a_matrix_is_one_line_in_prose_and_a_matrix_in_a_fence() -> None:
    W = np.array([[1.5, 2.0], [3.0, 4.25]])
    assert filled("W is {W}.", W=W) == "W is [[1.5, 2.], [3., 4.25]]."
    fenced = filled("```\nW = {W}\n```", W=W).splitlines()
    assert fenced[1:3] == ["W = [[1.5 , 2.  ],", "     [3.  , 4.25]]"]


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ((np.int64(0), 2), "(0, 2)"),
        ([np.float64(0.1), None], "[0.1, None]"),
        (np.True_, "True"),
        (np.float32(0.1), "0.1"),
        ("as it is", "as it is"),
        (float("inf"), "inf"),
        (np.array(7), "7"),
    ],
)
def test_values_are_printed_without_their_types(value: object, printed: str) -> None:
    assert print_figure(value) == printed


def test_doubled_braces_are_braces_and_other_braces_are_left() -> None:
    assert filled("{{x}} {'W1': 2} {x}", x=1) == "{x} {'W1': 2} 1"


def test_a_format_that_does_not_fit_is_a_sentence() -> None:
    with pytest.raises(UnknownFigure, match="`x` does not take the format `d`"):
        filled("{x:d}", x=0.5)


def test_the_cells_of_a_table_are_printed() -> None:
    assert Table("t", ("a",), ((np.float64(0.1),), (None,))).cells() == (("0.1",), ("None",))
