from __future__ import annotations

import pytest

from tutor.course.table import Table
from tutor.trace import record
from tutor.ui.drawing.happened import happened
from tutor.ui.drawing.prose import prose
from tutor.ui.drawing.table import table
from tutor.ui.drawing.talk import Asked, Card, Choice, Talk, first_row_of_question, talk
from tutor.ui.drawing.timeline import Place, step_at, timeline

TEXT = """The write **one line up** landed in `x[idx]`.

- one
- two is longer
  and goes on

```
for i in x:

    pass
```"""


def plain(rows: object) -> list[str]:
    return [row.text.rstrip() for row in rows]


def test_prose_knows_paragraphs_lists_and_fences() -> None:
    assert plain(prose(TEXT, 60)) == [
        " The write one line up landed in x[idx].",
        "",
        " - one",
        " - two is longer and goes on",
        "",
        "   for i in x:",
        "",
        "       pass",
    ]


def test_bold_and_code_have_their_ink() -> None:
    inks = {span.text: span.ink for row in prose(TEXT, 60) for span in row.spans}
    assert inks["one line up"] == "strong"
    assert inks["x[idx]"] == "code"


@pytest.mark.parametrize("cells", range(12, 70, 7))
def test_prose_fits(cells: int) -> None:
    assert all(row.width <= cells for row in prose(TEXT, cells))


def test_a_question_offers_its_answers_by_number_and_by_click() -> None:
    asked = Asked("Where?", (Choice("left"), Choice("right")), picked=1)
    rows = talk(Talk("A text.", asked=asked), 40)
    assert plain(rows)[2:5] == [" Where?", "     1  left", " >   2  right"]
    assert {span.click for span in rows[4].spans} == {"answer:2"}


def test_the_outcome_of_an_answer_is_a_sign_and_not_only_a_colour() -> None:
    asked = Asked("Where?", (Choice("left", "wrong"), Choice("right")), reply="No.", open=False)
    rows = plain(talk(Talk("A text.", asked=asked), 40))
    assert "   x 1  left" in rows
    assert rows[-1] == " No."


def test_the_row_of_the_question_is_where_it_is() -> None:
    content = Talk("A text.", (Card("me", "here", (("b2", "0.1"),)),), asked=Asked("Where?", ()))
    assert talk(content, 40)[first_row_of_question(content, 40)].text == " Where?"


def test_evidence_is_a_quotation_with_its_source() -> None:
    rows = plain(talk(Talk("", (Card("a student", "a report", (("b2", "0.0666666667859"),)),)), 60))
    assert " | b2  0.0666666667859" in rows
    assert " | printed by a student, a report" in rows


def test_a_table_stands_in_columns_or_row_by_row() -> None:
    content = Table("Ratios", ("N", "ratio"), ((2, 2.0), (100, 100.0)))
    assert plain(table(content, 40)) == [" Ratios", "   N  ratio", "   2    2.0", " 100  100.0"]
    narrow = plain(table(content, 14))
    assert all(len(row) <= 14 for row in narrow)
    assert any(row.endswith("100.0") for row in narrow)


@pytest.mark.parametrize("cells", [40, 78, 118])
@pytest.mark.parametrize("count", [0, 1, 6, 39_760])
def test_a_timeline_fills_its_place_and_names_the_iteration(cells: int, count: int) -> None:
    for step in (0, 500, 999):
        iteration = step * (count - 1) // 999 if count else None
        row = timeline(Place(iteration, count, step, 1000), cells)
        assert row.width == cells
        assert (f"[{iteration + 1:,}]" if iteration is not None else "|") in row.text


def test_a_click_on_the_timeline_is_a_step() -> None:
    assert step_at(0, 100, 68) == 0
    assert step_at(99, 100, 68) == 67
    assert step_at(500, 100, 68) == 67
    assert [step_at(c, 100, 100) for c in range(100)] == list(range(100))


def test_a_line_that_returns_says_what_it_returned():
    def gives(x):
        return x + 1

    recording = record(gives, 2.5)
    assert happened(recording.state(len(recording) - 1)) == "returns 3.5"
