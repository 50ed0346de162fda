"""Characters that look like others, outside strings and comments."""

from __future__ import annotations

import pytest

from tutor.diagnosis.place import Place
from tutor.diagnosis.reading.characters import with_plain_characters, without_tabs
from tutor.diagnosis.submission import read_text
from tutor.diagnosis.unreadable import Kind, Unreadable


@pytest.mark.parametrize("space", ["\u00a0", "\u3000", "\u2003", "\u202f"])
def test_spaces_from_a_blog(space: str) -> None:
    text = f"def f(x):\n{space}{space}return{space}x + 1  # a{space}b\ns = f('{space}')\n"
    submission = read_text(text, "net.py")
    assert submission.main.source == f"def f(x):\n  return x + 1  # a{space}b\ns = f('{space}')\n"
    assert submission.notes == (
        "net.py: a full-width or non-breaking space was read as a plain one (in 1 line).",
    )


def test_what_python_takes_is_left_alone() -> None:
    text = "s = abs(1)  # a\u3000b\nt = 'a\u200bb'\n"
    submission = read_text(text, "net.py")
    assert submission.main.source == text
    assert submission.notes == ()


def test_full_width_punctuation_and_invisible_characters() -> None:
    text = "x = abs（1，2）\u200b\ny：int = ３\n"
    assert read_text(text, "net.py").main.source == "x = abs(1,2)\ny:int = 3\n"


def test_a_string_over_several_lines_keeps_its_characters() -> None:
    lines = ["s = '''（", "（ \u3000", "'''（"]
    assert with_plain_characters(lines)[0] == ["s = '''（", "（ \u3000", "'''("]


def test_line_numbers_stay_true() -> None:
    submission = read_text("x = 1\n\u3000\ndef f（x）:\n  return x\n", "net.py")
    assert submission.main.place(4) == Place("net.py", 4)
    assert submission.main.text(4) == "  return x"


def test_mixed_tabs_are_read_if_there_is_one_way_to_read_them() -> None:
    text = "def f(x):\n    if x:\n\treturn 1\n    return 2\n"
    submission = read_text(text, "net.py")
    assert submission.main.source == "def f(x):\n    if x:\n        return 1\n    return 2\n"
    assert "tabs and spaces" in submission.notes[0]


def test_mixed_tabs_that_may_mean_two_things_are_refused() -> None:
    text = "def f(x):\n    if x:\n        y = 1\n\treturn y\n    return 2\n"
    four, eight = ("\n".join(without_tabs(text.split("\n"), width)) for width in (4, 8))
    assert four != eight
    with pytest.raises(Unreadable, match="tabs and spaces") as caught:
        read_text(text, "net.py")
    assert caught.value.kind is Kind.SYNTAX_ERROR


@pytest.mark.parametrize("break_", ["\x0c", "\x0b", "\u2028", "\x85", "\x1c"])
def test_only_a_line_feed_ends_a_line(break_: str) -> None:
    text = f"x = abs(1)\n# a{break_}b\ndef f(x)\n"
    with pytest.raises(Unreadable) as caught:
        read_text(text, "net.py")
    assert caught.value.place == Place("net.py", 3)
