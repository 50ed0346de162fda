"""What a stranger wrote shows all of itself and does nothing."""

import pytest

from tutor.reports.visible import code_line, shortened, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("a\nb\r", "a\\nb\\r"),
        ("\u202eabc", "\\u202eabc"),
        ("\udcff.py", "\\udcff.py"),
        ("ソフト 소프트 é", "ソフト 소프트 é"),
        ("a\u3000b\u00a0c", "a  b c"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_tabs_of_code_are_spaces() -> None:
    assert code_line("\tif x:\ty") == "    if x:   y"


def test_a_long_text_says_how_much_was_cut() -> None:
    assert shortened("x" * 1700, 200) == "x" * 200 + "… (1,500 more characters)"
    assert shortened("x" * 200, 200) == "x" * 200
