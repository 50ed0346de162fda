"""What IPython takes and Python does not, replaced line for line."""

from __future__ import annotations

import ast

import pytest

from tests.diagnosis.conftest import SOFTMAX, notebook
from tutor.diagnosis.place import Place
from tutor.diagnosis.reading.magics import clean, without_magics
from tutor.diagnosis.submission import read_text


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("%matplotlib inline", "pass"),
        ("%load_ext autoreload", "pass"),
        ("    %timeit -n 10 f(x)", "    f(x)"),
        ("%time y = f(x)", "y = f(x)"),
        ("y = %time f(x)", "y = f(x)"),
        ("!pip install numpy", "pass"),
        ("files = !ls", "files = []"),
        ("here = %pwd", "here = None"),
        ("np.dot?", "pass"),
        ("np.dot??", "pass"),
        ("?np.dot", "pass"),
        ("%run common/layers.py", "from common.layers import *"),
        ("%run -i layers.py", "from layers import *"),
        ("a = b != c", "a = b != c"),
        ("a != b", "a != b"),
        ("print('what?')", "print('what?')"),
        ("x = 'a' # why?", "x = 'a' # why?"),
    ],
)
def test_a_line(line: str, instead: str) -> None:
    assert without_magics([line]) == [instead]


def test_a_line_that_goes_on_is_no_magic() -> None:
    lines = [
        "text = '''",
        "%s and",
        "!important",
        "'''",
        "print('%d'",
        "      % 3)",
        "y = 5 \\",
        "  % 3",
    ]
    assert without_magics(lines) == lines


def test_a_shell_command_over_two_lines() -> None:
    assert without_magics(["!pip install \\", "  numpy", "x = 1"]) == ["pass", "", "x = 1"]


def test_pylab_brings_its_names() -> None:
    source = "\n".join(without_magics(["%pylab inline"]))
    names = {alias.asname for node in ast.parse(source).body for alias in node.names}  # type: ignore[attr-defined]
    assert "np" in names


@pytest.mark.parametrize("magic", ["time", "timeit", "capture out", "prun -s cumtime"])
def test_a_cell_around_code_is_unwrapped(magic: str) -> None:
    assert clean([f"%%{magic}", "x = f(1)"]).lines == ("", "x = f(1)")


@pytest.mark.parametrize("magic", ["bash", "html", "latex", "javascript", "R", "unheard_of -x"])
def test_a_cell_of_something_else_is_blank(magic: str) -> None:
    cleaned = clean([f"%%{magic}", "<b>not Python</b>", "at all"])
    assert cleaned.lines == ("", "", "")
    assert cleaned.dropped == f"%%{magic.split()[0]}"


def test_a_cell_magic_nobody_knows_is_unwrapped_if_python_is_in_it() -> None:
    assert clean(["%%unheard_of", "x = f(1)"]).lines == ("", "x = f(1)")


@pytest.mark.parametrize(
    ("head", "name"),
    [("%%writefile net.py", "net"), ("%%file 'common/layers.py'", "common.layers")],
)
def test_a_written_module(head: str, name: str) -> None:
    written = clean([head, "x = 1"]).written
    assert written is not None
    assert (written.name, written.appended) == (name, False)


def test_line_numbers_stay_true_below_magics() -> None:
    text = notebook("%matplotlib inline\n!ls\n\nimport numpy as np\nnp.dot?\n" + SOFTMAX)
    submission = read_text(text, "a.ipynb")
    number = submission.main.source.split("\n").index("def softmax(x):") + 1
    assert submission.main.place(number) == Place("a.ipynb", 9, 1)


def test_an_exported_notebook_runs_without_ipython() -> None:
    text = (
        "# In[1]:\nget_ipython().run_line_magic('matplotlib', 'inline')\n"
        "files = get_ipython().getoutput('ls')\n"
        "get_ipython().run_cell_magic('time', '', 'x = abs(1)\\ny = abs(2)\\n')\n"
        "get_ipython().run_cell_magic('bash', '', 'rm -r x')\n# In[2]:\nz = abs(3)\n"
    )
    submission = read_text(text, "export.py")
    source = submission.main.source
    assert "get_ipython" not in source
    assert "y = abs(2)" in source
    assert "rm -r" not in source
    number = source.split("\n").index("y = abs(2)") + 1
    assert submission.main.place(number) == Place("export.py", 4)
    number = source.split("\n").index("z = abs(3)") + 1
    assert submission.main.place(number) == Place("export.py", 7)
