from __future__ import annotations

import numpy as np
import pytest

from tutor.ui.drawing.heatmap import Look, heatmap
from tutor.ui.drawing.matrix import matrix


class View:
    """An array as a state holds it."""

    def __init__(self, values: object, changed: tuple[tuple[int, ...], ...] = ()) -> None:
        self.values = np.asarray(values)
        self.changed = changed

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def dtype(self) -> np.dtype:
        return self.values.dtype

    def __getitem__(self, index: object) -> object:
        return self.values[index]

    def window(self, rows: slice, columns: slice) -> np.ndarray:
        matrix = (
            self.values.reshape(-1, self.shape[-1]) if self.shape else self.values.reshape(1, 1)
        )
        return matrix[rows, columns].copy()

    def to_numpy(self) -> np.ndarray:
        return self.values.copy()


def texts(rows: object) -> list[str]:
    return [row.text.rstrip() for row in rows]


W = [[-1.157, -0.135, -1.058], [-1.736, -0.203, -1.586]]


def test_the_perturbed_element_is_marked_as_in_the_design() -> None:
    assert texts(matrix(View(W, ((0, 2),)), 40)) == [
        " -1.1570 -0.1350>-1.0580<",
        " -1.7360 -0.2030 -1.5860",
    ]


@pytest.mark.parametrize("index", [(r, c) for r in range(2) for c in range(3)])
def test_a_mark_moves_no_number(index: tuple[int, int]) -> None:
    plain, marked = matrix(View(W), 40), matrix(View(W, (index,)), 40)
    for one, other in zip(plain, marked, strict=True):
        assert other.text.translate(str.maketrans("<>", "  ")) == one.text
    assert sum(row.text.count(">") for row in marked) == 1


def test_a_narrow_place_takes_decimals_away_first_and_then_the_numbers() -> None:
    assert texts(matrix(View(W), 19))[0] == " -1.16 -0.14 -1.06"
    assert matrix(View(W), 12) is None


@pytest.mark.parametrize("value", [3.0, -1.05744382, 0.2, 12.5])
def test_an_element_moved_by_a_usual_h_looks_moved(value: float) -> None:
    before, up, down = (
        texts(matrix(View([value + by, 4.0], ((0,),)), 40))[0] for by in (0.0, 1e-4, -1e-4)
    )
    assert len({before, up, down}) == 3


def test_a_heatmap_draws_only_the_rows_anew_that_changed() -> None:
    values = np.linspace(-1, 1, 200).reshape(20, 10)
    look = Look(20, 10, scale=1.0)
    before = heatmap(View(values), look)
    after = heatmap(View(values, ((3, 4),)), look)
    assert [at for at, (a, b) in enumerate(zip(before, after, strict=True)) if a is not b] == [3]
    moved = values.copy()
    moved[5, 5] = -1.0
    later = heatmap(View(moved), look)
    assert [at for at, (a, b) in enumerate(zip(before, later, strict=True)) if a != b] == [5]


def test_small_numbers_are_written_with_an_exponent() -> None:
    assert texts(matrix(View([[1.5e-9, -2e-9]]), 40)) == ["  1.50e-9 -2.00e-9"]


def test_integers_and_truth_values_have_no_decimals() -> None:
    assert texts(matrix(View([3, 4]), 40)) == [" 3 4"]
    assert texts(matrix(View([True, False]), 40)) == ["  True False"]


def test_a_long_vector_goes_on_below_with_its_index() -> None:
    rows = texts(matrix(View(np.arange(10.0)), 20))
    assert len(rows) > 1
    assert rows[1].split()[0] == str(len(rows[0].split()) - 1)


def test_no_elements_are_said() -> None:
    assert "no elements" in texts(matrix(View(np.zeros((0, 3))), 40))[0]


@pytest.mark.parametrize("values", [[[np.nan, 1.0]], [[np.inf, -np.inf]]])
def test_what_is_no_number_is_shown(values: object) -> None:
    assert matrix(View(values), 40) is not None
    assert heatmap(View(np.repeat(values, 20, axis=0)), Look(5, 5))


def test_a_heatmap_says_which_window_it_shows_and_its_scale() -> None:
    values = np.linspace(-1, 1, 784 * 50).reshape(784, 50)
    rows = heatmap(View(values, ((400, 17),)), Look(10, 20, scale=1.0))
    said = " ".join(texts(rows))
    assert "rows 400 to 409 of 784, columns 0 to 19 of 50" in said
    assert said.count("><") == 1
    assert " -1 " in rows[-1].text
    assert rows[-1].text.endswith(" 1")


def test_a_heatmap_of_all_says_so() -> None:
    said = " ".join(texts(heatmap(View(np.eye(3)), Look(10, 10))))
    assert "all 3 rows, all 3 columns" in said


def test_without_colours_each_field_has_its_sign_and_level() -> None:
    rows = heatmap(View([[-1.0, 0.0, 0.5, 1.0]]), Look(4, 4, scale=1.0, glyphs=True))
    assert texts(rows)[0] == " -9 0+5+9"


def test_a_value_that_is_not_zero_is_not_drawn_as_zero() -> None:
    (field,) = [
        s for s in heatmap(View([[1e-6]]), Look(1, 1, scale=1.0))[0].spans if s.ink[:4] == "heat"
    ]
    assert field.ink == "heat+1"


def test_each_element_is_in_exactly_one_window() -> None:
    values = np.zeros((25, 7))
    for row in range(25):
        rows = heatmap(View(values, ((row, 0),)), Look(10, 20))
        place = next(t for t in texts(rows) if "rows" in t)
        start, end = int(place.split()[1]), int(place.split()[3])
        assert start <= row <= end


def test_arrays_of_the_same_bytes_are_not_taken_for_one_another() -> None:
    whole = np.array([[1, 2], [3, 4]], np.int64)
    shown = [
        "".join(row.text for row in matrix(View(values), 60) or ())
        for values in (whole, whole.view(np.float64), whole.reshape(1, 4), whole.view(np.uint64))
    ]
    assert shown[0] != shown[1]
    assert shown[0] != shown[2]
    assert shown[0] == shown[3]
    objects = np.array([["a", None]], object)
    assert "None" in "".join(row.text for row in matrix(View(objects), 60) or ())


def test_a_drawing_may_be_changed_without_changing_the_next_one() -> None:
    for draw in (
        lambda: matrix(View(np.eye(2)), 60),
        lambda: heatmap(View(np.eye(20)), Look(12, 20)),
    ):
        first = draw()
        first.clear()
        assert draw()
