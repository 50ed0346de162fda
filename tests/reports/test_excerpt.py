"""The accused line, its neighbours, and the marker under it."""

from hypothesis import given
from hypothesis import strategies as st

from tests.reports.given import notebook, script
from tutor.reports.cells import cells
from tutor.reports.excerpt import Excerpt, Row, excerpt
from tutor.reports.marking import Marking, marking
from tutor.reports.spots import spot


def test_one_line_above_and_below_by_the_numbers_of_the_file() -> None:
    at = spot(script(), "__main__", 4)
    found = excerpt(at, Marking(4, 9))
    assert found is not None
    assert [(row.number, row.is_accused) for row in found.rows] == [
        (3, False),
        (4, True),
        (5, False),
    ]
    assert found.marker() == "    ^^^^^"


def test_lines_of_another_cell_and_blank_ones_are_no_neighbours() -> None:
    # Lines 3 and 4 are the last of cell 2 and the first of cell 3; line 6 is blank.
    first = excerpt(spot(notebook(), "__main__", 4), Marking(0, 1))
    second = excerpt(spot(notebook(), "__main__", 5), Marking(0, 1))
    assert first is not None
    assert second is not None
    assert [row.number for row in first.rows] == [1, 2]
    assert [row.number for row in second.rows] == [1, 2]


def test_the_marker_counts_wide_characters_twice_and_tabs_as_spaces() -> None:
    submission = script("if a:\n\t勾配 = f(x)\n")
    at = spot(submission, "__main__", 2)
    found = excerpt(at, marking(submission.main, 2, "勾配 = f(y)"))
    assert found is not None
    assert found.marker() == " " * (4 + len("____ = f(")) + "^"


def test_a_long_line_is_windowed_around_the_marker() -> None:
    text = "x = " + "a + " * 100 + "WRONG" + " + b" * 100
    start = text.index("WRONG")
    shown = Excerpt((Row(1, text, True),), start, start + 5).fitted(60)
    line = shown.rows[0].text
    assert cells(line) <= 60
    assert line[shown.start : shown.end] == "WRONG"
    assert line[0] == line[-1] == "…"


@given(st.text("ab勾 ", min_size=1, max_size=300), st.data(), st.integers(20, 100))
def test_any_window_fits_and_holds_the_beginning_of_the_marker(
    text: str, data: st.DataObject, width: int
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = Excerpt((Row(1, text, True),), start, end).fitted(width)
    line = found.rows[0].text
    assert cells(line) <= width
    assert cells(found.marker()) <= width
    assert line[found.start] == text[start]
