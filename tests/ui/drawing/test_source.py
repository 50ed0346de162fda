from __future__ import annotations

import keyword

import pytest

from tutor.trace.recording import Recording
from tutor.trace.state import Source
from tutor.ui.drawing.highlight import highlight
from tutor.ui.drawing.listing import listing

LINES = (
    "    def f(x):",
    "        # twice",
    '        return 2 * x if x else """a',
    '        b"""',
)


def test_highlighting_keeps_the_text_without_its_common_indent() -> None:
    text = ["".join(span.text for span in row) for row in highlight(LINES)]
    assert text == [line[4:] for line in LINES]


def test_each_word_has_its_ink() -> None:
    inks = {span.text: span.ink for row in highlight(LINES) for span in row}
    assert inks["def"] == inks["return"] == "keyword"
    assert keyword.iskeyword("return")
    assert inks["f"] == "function"
    assert inks["# twice"] == "comment"
    assert inks["2"] == "number"
    assert inks['"""a'] == "string"


@pytest.mark.parametrize("lines", [("if (", "x"), ("'''", "y"), ("    a", "  b")])
def test_source_that_does_not_tokenize_keeps_its_text(lines: tuple[str, ...]) -> None:
    text = "\n".join("".join(span.text for span in row) for row in highlight(lines))
    assert text.split() == "\n".join(lines).split()


@pytest.mark.parametrize("cells", [20, 34, 60, 120])
def test_a_listing_shows_every_character_of_the_source(cells: int, mutated: Recording) -> None:
    shown = listing(mutated.source, cells)
    assert all(row.width <= cells for row in shown.rows)
    body = "".join(row.text for row in shown.rows).replace(" ", "")
    for line in mutated.source.lines:
        assert line.replace(" ", "") in body


def test_the_line_that_ran_is_marked_by_a_sign_too(mutated: Recording) -> None:
    shown = listing(mutated.source, 60)
    for step in range(len(mutated)):
        state = mutated.state(step)
        marked = [row for row in shown.at(state.line, state.end_line) if row.text.startswith(">")]
        (row,) = marked
        assert row.ground == "current"
        assert str(state.line) in row.text
        assert state.source.line(state.line).strip()[:10] in row.text


def test_a_function_without_source_says_so() -> None:
    shown = listing(Source("f", "?", 1, ()), 60)
    assert "could not be had" in shown.rows[0].text
