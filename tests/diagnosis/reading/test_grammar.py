"""Why Python does not take a text, in one sentence with the place."""

from __future__ import annotations

import sys

import pytest

from tutor.diagnosis.place import Place
from tutor.diagnosis.reading.grammar import is_code, python_2, shown
from tutor.diagnosis.submission import read_text
from tutor.diagnosis.unreadable import Kind, Unreadable


def refused(text: str | bytes, name: str = "net.py") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_text(text, name)
    return caught.value


PYTHON_2 = [
    'print "loss", loss',
    "print loss",
    "if True: print loss",
    "print >>f, 'x', x\nprint x",
    "try:\n    f()\nexcept ValueError, e:\n    pass",
    "try:\n    f()\nexcept (ValueError, TypeError), e:\n    pass",
    'raise ValueError, "no"',
    'exec "x = 1"',
    "s = `x`",
    "if x <> 3: pass",
    "mode = 0777",
    "n = 10L",
    's = ur"a"',
    "def f(a, (b, c)):\n    return a",
]


@pytest.mark.parametrize("line", PYTHON_2)
def test_python_2(line: str) -> None:
    if sys.version_info >= (3, 14) and line.startswith("try") and "(" not in line[8:]:
        pytest.skip("newer Pythons take it")
    error = refused(f"import numpy as np\nx = abs(3)\n\n{line}\n")
    assert error.kind is Kind.PYTHON_2, error.sentence
    assert "Python 2" in error.sentence
    assert error.place is not None
    assert error.place.line >= 4


@pytest.mark.parametrize(
    "line",
    ["x = (1, 2", "def f(x) return x", "printf x", "x = 'print x", "x == = 3  # print x", "a b"],
)
def test_what_is_wrong_in_python_3_is_not_called_python_2(line: str) -> None:
    assert refused(f"import numpy\n{line}\n").kind is Kind.SYNTAX_ERROR
    assert not python_2(line)


def test_a_syntax_error_quotes_the_line_and_python() -> None:
    error = refused("import numpy as np\n\ndef f(x)\n    return x\n")
    assert error.place == Place("net.py", 3)
    assert error.sentence == (
        "net.py, line 3 is not Python, expected ':': `def f(x)`. Put that line right and try again."
    )
    assert str(error) == error.sentence
    assert (error.name, error.path) == ("net.py", "net.py")


def test_curly_quotes_are_named() -> None:
    assert "straight quotes" in refused("import numpy\nprint(“hello”)\n").sentence


def test_merge_markers() -> None:
    text = "import numpy\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n"
    error = refused(text)
    assert error.kind is Kind.MERGE_MARKERS
    assert error.place == Place("net.py", 2)


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000 + ")" * 10_000, "x = " + "-" * 50_000 + "1", "x = " + "1+" * 90_000 + "1\n"],
)
def test_deep_nesting_is_a_sentence(text: str) -> None:
    assert refused(f"import numpy\n{text}").kind in (Kind.TOO_DEEP, Kind.SYNTAX_ERROR)


@pytest.mark.parametrize("line", ["return 3", "await f()", "break", "def f(a, a): pass"])
def test_what_parses_but_does_not_compile(line: str) -> None:
    assert refused(f"import numpy\n{line}\n").kind is Kind.SYNTAX_ERROR


@pytest.mark.parametrize(
    "text", ["W1: 4.1e-10", "[0.1, -0.2]", "array([1., 2.])", "loss = 0.3", "nan", "-3, 4", "x"]
)
def test_figures_are_no_code(text: str) -> None:
    assert not is_code(text)


@pytest.mark.parametrize("text", ["f(3)", "import numpy", "x = np.array([1])", "x += 1", "del x"])
def test_code_is_code(text: str) -> None:
    assert is_code(text)


def test_a_long_line_is_cut_and_the_cut_is_counted() -> None:
    assert shown("a" * 100) == "a" * 70 + "… (30 more characters)"
