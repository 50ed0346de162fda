"""Lines that fit a terminal, for wide characters too."""

from hypothesis import given
from hypothesis import strategies as st

from tutor.reports.cells import cells, cut, table, wrapped

PRINTABLE = st.text(st.characters(categories=["L", "N", "P"]), max_size=80)


def test_wide_characters_take_two_columns_and_accents_none() -> None:
    assert cells("ab") == 2
    assert cells("勾配") == 4
    assert cells("e\u0301") == 1


def test_a_cut_says_so() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdef", 4) == "abc…"
    assert cut("勾配勾配", 4) == "勾…"


@given(st.lists(PRINTABLE, max_size=12).map(" ".join), st.integers(20, 90))
def test_wrapping_fits_and_loses_nothing(text: str, width: int) -> None:
    lines = wrapped(text, width, " - ")
    assert all(cells(line) <= width for line in lines)
    assert "".join(line[3:] for line in lines).replace(" ", "") == "".join(text.split())


def test_the_widest_column_of_a_table_is_broken_over_lines() -> None:
    rows = [("figure", "predicted"), ("one two three four five six", "0.5")]
    assert list(table(rows, 30, " ")) == [
        " figure              predicted",
        " one two three four        0.5",
        " five six",
    ]


@given(st.lists(st.tuples(PRINTABLE, PRINTABLE, PRINTABLE), min_size=1), st.integers(40, 120))
def test_a_table_fits_and_loses_nothing(rows: list[tuple[str, str, str]], width: int) -> None:
    lines = list(table(rows, width, "  "))
    assert all(cells(line) <= width for line in lines)
    kept = sorted("".join(lines).replace(" ", ""))
    assert kept == sorted("".join("".join(text.split()) for row in rows for text in row))
