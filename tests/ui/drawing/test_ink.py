from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.drawing.ink import Line, Span, beside, fit, fold, width
from tutor.ui.drawing.wrap import wrap

text = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80
)


def joined(rows: list[tuple[Span, ...]]) -> list[str]:
    return ["".join(span.text for span in row) for row in rows]


def test_a_wide_character_takes_two_cells() -> None:
    # https://www.unicode.org/reports/tr11: W and F take two cells, combining marks none.
    assert width("逆伝播") == 6
    assert width("e\u0301") == 1
    assert width("abc") == 3


@given(text, st.integers(1, 30))
def test_a_fitted_text_fits(value: str, cells: int) -> None:
    assert width(fit(value, cells)) <= cells


@given(text, st.integers(6, 40))
def test_folding_loses_no_character(value: str, cells: int) -> None:
    rows = joined(fold((Span(value),), cells, after=" ("))
    assert "".join(rows) == value
    assert all(width(row) <= cells for row in rows)


@given(st.text("ab (,[", max_size=120), st.integers(10, 40))
def test_folded_rows_hang(value: str, cells: int) -> None:
    rows = joined(fold((Span(value),), cells, Span("    "), " ,(["))
    assert all(row.startswith("    ") for row in rows[1:])
    assert "".join([rows[0], *(row[4:] for row in rows[1:])]) == value


@given(text, st.integers(8, 40))
def test_wrapping_loses_nothing_but_spaces(value: str, cells: int) -> None:
    rows = joined(wrap((Span(value),), cells))
    assert "".join(rows).replace(" ", "") == value.replace(" ", "")
    assert all(width(row) <= cells for row in rows)


def test_japanese_is_broken_between_characters_and_no_row_starts_with_a_full_stop() -> None:
    value = "日本語の文章は、単語の間に空白がない。だから折り返しの場所を自分で決める。"
    for cells in range(8, 40):
        rows = joined(wrap((Span(value),), cells))
        assert "".join(rows) == value
        assert not any(row[0] in "。、」" for row in rows)


def test_code_in_a_sentence_stays_whole_where_it_can() -> None:
    spans = (Span("it reads "), Span("net.loss(x, t)", "code"), Span(" there"))
    assert "net.loss(x, t)" in joined(wrap(spans, 18))


def test_blocks_stand_side_by_side_or_not_at_all() -> None:
    left, right = [Line((Span("abc"),))], [Line((Span("x"),)), Line((Span("y"),))]
    both = beside(left, right, 6)
    assert both is not None
    assert [row.text for row in both] == ["abc   x", "      y"]
    assert beside(left, right, 3) is None
