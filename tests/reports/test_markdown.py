"""Markdown in which nothing that a student wrote is read as Markdown or HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.reports.given import (
    DIAGNOSES,
    SUBMISSIONS,
    advice,
    diagnosis,
    finding,
    notebook,
    script,
)
from tutor.diagnosis.findings import Diagnosis
from tutor.diagnosis.submission import Submission
from tutor.reports import Item, Options, as_markdown
from tutor.reports.markdown import code, escaped

READER = MarkdownIt("commonmark", {"html": True}).enable("table")
PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "))


def kinds(text: str) -> set[str]:
    tokens = READER.parse(text)
    return {t.type for t in tokens} | {c.type for t in tokens for c in t.children or ()}


def test_headings_the_accused_line_and_a_table_of_evidence() -> None:
    text = as_markdown([Item.of(diagnosis(finding(), advice()), notebook())])
    assert text.startswith("## `report3.py`: one thing is wrong: softmax-whole-batch.\n")
    assert "### 1. `softmax-whole-batch` in `softmax` (cell 3, line 2)" in text
    assert (
        "```\n1 |     exp_a = np.exp(a - np.max(a))\n"
        "2 |     return exp_a / np.sum(exp_a)  # ひどい\n"
        "  |                    ^^^^^^^^^^^^^\n```\n"
    ) in text
    assert (
        "| figure | predicted | measured |\n| --- | --- | --- |\n"
        "| `mean difference of b2` | `0.0666666667` | `0.0666666668` |\n"
    ) in text
    assert "```python\nreturn exp_a / np.sum(exp_a, axis=-1, keepdims=True)\n```" in text


def test_several_have_a_table_in_front() -> None:
    items = [Item.of(diagnosis(finding()), script()), Item.of(diagnosis(advice()), script())]
    text = as_markdown(items)
    assert text.startswith("| submission | verdict | pitfalls | line |\n")
    assert "2 submissions: 1 wrong, 1 with nothing wrong, 0 not judged." in text


def test_a_student_does_not_get_the_line() -> None:
    item = Item.of(diagnosis(finding()), script())
    assert "keepdims" not in as_markdown([item], Options(for_student=True))


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "a|b",
        "`x`",
        "[l](http://e.org)",
        "**b**",
        "![i](x)",
        "www.e.org",
    ],
)
def test_names_and_exceptions_are_shown_as_they_stand(name: str) -> None:
    found = diagnosis(
        finding(definition=name, sentence=name), name=name, reason=name, notes=(name,)
    )
    text = as_markdown([Item.of(found, script())] * 2)
    assert not kinds(text) & {"html_block", "html_inline", "link_open", "image", "em_open"}
    assert "<script" not in READER.render(text)


def test_code_cannot_close_its_fence() -> None:
    submission = script("x = '''\n```\n<b>\n'''\n")
    text = as_markdown([Item.of(diagnosis(finding(line=2)), submission)])
    assert "````\n" in text
    assert not kinds(text) & {"html_block", "html_inline"}


@given(PRINTABLE)
def test_an_escaped_sentence_reads_as_it_was(text: str) -> None:
    text = " ".join(text.split())
    tokens = READER.parse(f"x {escaped(text)}")
    assert len(tokens) == 3
    shown = "".join(child.content for child in tokens[1].children or ())
    assert " ".join(shown.split()) == f"x {text}".strip()


@given(PRINTABLE.filter(str.strip))
def test_a_code_span_in_a_table_reads_as_it_was(text: str) -> None:
    tokens = READER.parse(f"| a | b |\n| --- | --- |\n| {code(text)} | x |\n")
    cells = [t for t in tokens if t.type == "inline"]
    assert len(cells) == 4
    (span,) = cells[2].children or ()
    assert (span.type, span.content) == ("code_inline", text)


@given(st.lists(st.tuples(DIAGNOSES, SUBMISSIONS), max_size=2))
def test_any_diagnosis_is_markdown_without_html_or_links(
    pairs: list[tuple[Diagnosis, Submission | None]],
) -> None:
    text = as_markdown([Item.of(*pair) for pair in pairs])
    assert all(line.isprintable() for line in text.split("\n"))
    assert not kinds(text) & {"html_block", "html_inline", "link_open", "image"}
