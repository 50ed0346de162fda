"""Properties that hold for whatever is handed in."""

from __future__ import annotations

import ast
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnosis.conftest import SOFTMAX, code_cell, notebook, text_cell
from tutor.diagnosis.place import Module, Place
from tutor.diagnosis.submission import Submission, read_text
from tutor.diagnosis.unreadable import Kind, Unreadable

_LINES = st.sampled_from(
    ["x{n} = abs({n})", "", "# {n}", "def f{n}(x):\n    return x + {n}", "%matplotlib inline",
     "!pip install x", "s{n} = '''{n}\n%a\n'''", "y{n} = (1,\n  {n})", "np.dot?",
     "%time z{n} = {n}", "class C{n}:\n\tpass", "\x0cw{n} = {n}  # 誤差"]
)  # fmt: skip
_HEADS = st.sampled_from(["", "%%time\n", "%%capture out\n", "%%bash\n", "\n\n"])
_CELL = st.tuples(_HEADS, st.lists(_LINES, max_size=5))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(_CELL, st.just(None)), min_size=1, max_size=6))
def test_every_line_of_a_notebook_maps_to_the_line_it_was(
    drawn: list[tuple[str, list[str]] | None],
) -> None:
    n = 0
    cells: list[dict[str, object]] = []
    sources: list[str] = []
    for cell in drawn:
        if cell is None:
            cells.append(text_cell("words"))
            continue
        head, lines = cell
        n += 1
        sources.append(head + "\n".join(line.replace("{n}", str(n)) for line in lines))
        cells.append(code_cell(sources[-1]))
    # The last code cell makes sure that there is something to read.
    sources.append("last = abs(1)")
    submission = read_text(notebook(*cells, code_cell(sources[-1])), "a.ipynb")
    ast.parse(submission.main.source)
    read = submission.main.source.removesuffix("\n").split("\n")
    assert len(submission.main.places) in (0, len(read))
    seen = set()
    for number, line in enumerate(read, 1):
        place = submission.main.place(number)
        assert place.cell is not None
        written = sources[place.cell - 1].split("\n")[place.line - 1]
        assert line in (written, "pass", "") or f"%time {line}" == written
        seen.add(place)
    assert len(seen) == len(read)


def check_reads_or_refuses(data: bytes, name: str) -> None:
    try:
        found: Submission | Unreadable = read_text(data, name)
    except Unreadable as error:
        found = error
    if isinstance(found, Unreadable):
        assert found.sentence.endswith(".")
        assert found.kind is not Kind.INTERNAL
    else:
        compile(found.main.source, name, "exec", dont_inherit=True)
        assert found.has_code or found.outputs


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.py", "a.ipynb", "standard input"]))
def test_random_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    check_reads_or_refuses(data, name)


_PIECES = st.sampled_from(
    ["def f(x):", "    return x", "\treturn x", "        y = 1", ">>> ", "... ", "In [1]: ",
     "Out[1]: ", "```",
     "```python", "print 'x'", "%time", "%%bash", "!ls", "x?", "'''", '"', "(", ")", "\\",
     "0.5 0.25", "W1:3e-10", "loss = 0.5", "<<<<<<< a", "=======", ">>>>>>> b", "é", "\u3000", "（",
     "await f()", "return 3", "from __future__ import division", "get_ipython().magic('x')", "\0",
     "\x0c", "\r", "array([1.,", "2.])", "x = abs(1)", "from . import a", "lambda (a, b): 1"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_PIECES, st.sampled_from(["\n", "", " "])), max_size=12))
def test_scraps_of_code_are_read_or_refused(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + end for piece, end in pieces)
    check_reads_or_refuses(text.encode(), "a.py")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_PIECES, max_size=4).map("\n".join), min_size=1, max_size=5))
def test_scraps_in_cells_are_read_or_refused(cells: list[str]) -> None:
    check_reads_or_refuses(notebook(*cells).encode(), "a.ipynb")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("code"),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["cells", "cell_type", "source", "outputs", "text", "data", "metadata",
                         "worksheets", "input", "output_type", "traceback", "kernelspec"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(_JSON)
def test_json_of_any_shape_is_read_or_refused(value: object) -> None:
    check_reads_or_refuses(json.dumps({"cells": value, "metadata": value}).encode(), "a.ipynb")


def test_a_python_file_is_taken_as_it_stands() -> None:
    submission = read_text(SOFTMAX, "net.py")
    assert submission.main == Module("net", "net.py", SOFTMAX)
    assert submission.place("net", 4) == Place("net.py", 4)
    assert submission.modules == (submission.main,)
    assert submission.main.tree.body
    assert submission.main.text(4) == "def softmax(x):"
    assert submission.main.text(99) == ""


def test_places_print_as_a_person_says_them() -> None:
    assert str(Place("report3.ipynb", 4, 3)) == "report3.ipynb, cell 3, line 4"
    assert str(Place("net.py", 12)) == "net.py, line 12"


def test_a_warning_of_the_compiler_is_kept_quiet(recwarn: object) -> None:
    read_text("import re\nx = '\\d'\ny = x is 'a'\n", "net.py")
    assert not list(recwarn)  # type: ignore[call-overload]
