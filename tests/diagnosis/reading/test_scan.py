"""Which characters are code, held against Python's own tokenizer."""

from __future__ import annotations

import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.diagnosis.reading.scan import Scanner, code_of

_SNIPPETS = st.sampled_from(
    ["'a'", '"b"', "'''c\nd'''", '"""e\n\n"""', "(1,\n2)", "x", "[\n]", "r'\\\\'", "'\\''", "{}",
     "'#'", "1 + \\\n 2", '""', "'\\\n'", "b'''q'''"]
)  # fmt: skip


@given(st.lists(st.tuples(_SNIPPETS, st.sampled_from(["", "  # it's (", " # '''"])), min_size=1))
def test_it_agrees_with_pythons_tokenizer(parts: list[tuple[str, str]]) -> None:
    source = "".join(f"v = {snippet}{comment}\n" for snippet, comment in parts)
    lines = source.split("\n")
    expected = [list(line) for line in lines]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.STRING, tokenize.COMMENT):
            _blank(expected, token)
    scanner = Scanner()
    for line, kept in zip(lines, expected, strict=True):
        pieces = scanner.feed(line)
        assert "".join(piece.text for piece in pieces) == line
        shown = "".join(p.text if p.is_code else "·" * len(p.text) for p in pieces)
        assert all(
            # A prefix (r, b) counts as code here and as a part of the string there.
            a == b or (b == "·" and a in "rb")
            for a, b in zip(shown, kept, strict=True)
        )
    assert scanner.fresh


def _blank(lines: list[list[str]], token: tokenize.TokenInfo) -> None:
    (row, column), (last, end) = token.start, token.end
    for at in range(row, last + 1):
        line = lines[at - 1]
        first = column if at == row else 0
        stop = end if at == last else len(line)
        line[first:stop] = "·" * (stop - first)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("print 'a b' # c", "print '' "),
        ('x = "it\'s" + y', 'x = "" + y'),
        ("s = '''a''' + 'b'", "s = '' + ''"),
        ("s = 'never closed", "s = '"),
        ("f('\\'', `x`)", "f('', `x`)"),
    ],
)
def test_a_line_without_its_strings(line: str, code: str) -> None:
    assert code_of(line) == code
