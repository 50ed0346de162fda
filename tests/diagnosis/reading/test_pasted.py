"""A pasted text: sessions, copied notebooks, Markdown, figures."""

from __future__ import annotations

import pytest

from tests.diagnosis.conftest import SOFTMAX
from tutor.diagnosis.place import Place
from tutor.diagnosis.submission import Submission, read_text
from tutor.diagnosis.unreadable import Kind, Unreadable


def code(submission: Submission) -> list[str]:
    return [line for line in submission.main.source.split("\n") if line.strip()]


def printed(submission: Submission) -> list[str]:
    return [output.text for output in submission.outputs]


def place(submission: Submission, text: str) -> Place:
    lines = submission.main.source.split("\n")
    return submission.main.place(lines.index(text) + 1)


SESSION = """\
Python 3.11.7 (main) on linux
>>> import numpy as np
>>> def f(x):
...     return np.sum(x**2)
...
>>> x = np.array([3.0, 4.0])
>>> f(x)
25.0
>>> np.array([[1, 2],
...           [3, 4]])
array([[1, 2],
       [3, 4]])
>>> for i in range(2):
...     print(i)
...
0
1
"""


def test_a_session() -> None:
    submission = read_text(SESSION)
    assert code(submission) == [
        "import numpy as np",
        "def f(x):",
        "    return np.sum(x**2)",
        "x = np.array([3.0, 4.0])",
        "f(x)",
        "np.array([[1, 2],",
        "          [3, 4]])",
        "for i in range(2):",
        "    print(i)",
    ]
    assert place(submission, "    return np.sum(x**2)") == Place("standard input", 4)
    assert printed(submission)[1:] == ["25.0", "array([[1, 2],\n       [3, 4]])", "0\n1"]


def test_a_session_whose_dots_were_lost() -> None:
    text = (
        ">>> def f(x):\n        if x > 0:\n            return x\n"
        "        else:\n            return 0\n"
        "\n>>> W = g(1,\n  2)\n>>> print(W)\n[[1. 2.]\n [3. 4.]]\n"
    )
    submission = read_text(text)
    assert code(submission)[-3:] == ["W = g(1,", "  2)", "print(W)"]
    assert code(submission)[3] == "        else:"
    assert printed(submission) == ["[[1. 2.]\n [3. 4.]]"]


def test_what_went_wrong_in_a_session_is_left_out() -> None:
    text = (
        ">>> x = = 3\n  File '<stdin>', line 1\n    x = = 3\n        ^\n"
        "SyntaxError: invalid syntax\n>>> x = abs(3)\n>>> y = x\n"
    )
    submission = read_text(text)
    assert code(submission) == ["x = abs(3)", "y = x"]
    assert submission.notes[0].startswith("standard input, line 1 is not Python")
    assert "SyntaxError" in printed(submission)[0]


def test_a_quoted_and_indented_session() -> None:
    submission = read_text("> >>> x = abs(3)\n> >>> x\n> 3\n")
    assert code(submission) == ["x = abs(3)", "x"]
    submission = read_text("    >>> def f(x):\n    ...     return x\n    >>> f(3)\n    3\n")
    assert code(submission) == ["def f(x):", "    return x", "f(3)"]


NOTEBOOK = """\
In [1]:

%matplotlib inline
import numpy as np

In [3]:
def f(x):
    return x[0]**2 + x[1]**2
print(numerical_gradient(f, np.array([3, 4])))
[25000 35000]

In [4]:
f(np.array([3.0, 4.0]))
Out[4]:
25.0
In [ ]:
"""


def test_a_notebook_copied_from_the_page() -> None:
    submission = read_text(NOTEBOOK)
    assert code(submission) == [
        "pass",
        "import numpy as np",
        "def f(x):",
        "    return x[0]**2 + x[1]**2",
        "print(numerical_gradient(f, np.array([3, 4])))",
        "f(np.array([3.0, 4.0]))",
    ]
    assert printed(submission) == ["[25000 35000]", "25.0"]
    assert place(submission, "    return x[0]**2 + x[1]**2") == Place("standard input", 8)


def test_an_ipython_terminal() -> None:
    text = (
        "In [1]: import numpy as np\n\nIn [2]: def f(x):\n   ...:     return x**2\n   ...: \n\n"
        "In [3]: f(3)\nOut[3]: 9\n\nIn [4]: print(f(2))\n4\n"
    )
    submission = read_text(text)
    assert code(submission)[1:] == ["def f(x):", "    return x**2", "f(3)", "print(f(2))"]
    assert printed(submission) == ["9", "4"]


POST = f"""\
# My gradient check does not agree

I train on 60000 pictures of digits and do not know what is wrong with it, please help me:

```python
{SOFTMAX}```

It prints:

```
W1:9.2121465976e-05
b2:0.0666666667859
```

and then 0.0987166666667 0.098

~~~bash
pip install numpy
~~~

```py
>>> softmax(np.array([1.0]))
array([1.])
```
"""


def test_a_forum_post() -> None:
    submission = read_text(POST, "post.md")
    assert code(submission)[0] == "import numpy as np"
    assert code(submission)[-1] == "softmax(np.array([1.0]))"
    assert place(submission, "def softmax(x):") == Place("post.md", 9)
    assert printed(submission) == [
        "W1:9.2121465976e-05\nb2:0.0666666667859",
        "and then 0.0987166666667 0.098",
        "array([1.])",
    ]


def test_code_that_markdown_shows_by_its_margin() -> None:
    text = (
        "Why does this fail?\n\n"
        + "".join(f"    {line}\n" for line in SOFTMAX.split("\n"))
        + "\nThank you\n"
    )
    assert "def softmax(x):" in code(read_text(text))


def test_code_with_its_figures_under_it() -> None:
    submission = read_text(SOFTMAX + "print(softmax(a))\n[0.01821127 0.24519181 0.73659691]\n")
    assert code(submission)[-1] == "print(softmax(a))"
    assert printed(submission) == ["[0.01821127 0.24519181 0.73659691]"]


@pytest.mark.parametrize(
    "text",
    [
        "W1:9.2121465976e-05\nb1:0.000717251479244\nW2:0.00188098131822\nb2:0.0666666667859\n",
        "[[ 0.21924763  0.14356247 -0.36281009]\n [ 0.32887144  0.2153437  -0.54421514]]\n",
        "train acc, test acc | 0.0987166666667, 0.098\ntrain acc, test acc | 0.0986, 0.0958\n",
        "array([6.00000000e+00, 8.00000000e+00])\n",
        "loss = 0.92806853663411326\n",
        "0.18245 0.1849\n",
    ],
)
def test_figures_alone(text: str) -> None:
    submission = read_text(text)
    assert not submission.has_code
    assert submission.main.source == ""
    assert printed(submission) == [text.strip("\n")]
    assert submission.outputs[0].line == 1


def test_a_traceback_alone_is_output() -> None:
    text = (
        "Traceback (most recent call last):\n  File \"net.py\", line 3, in <module>\n"
        "    loss = net.loss(x, t)\nTypeError: unsupported operand\n"
    )  # fmt: skip
    submission = read_text(text)
    assert not submission.has_code
    assert "TypeError" in printed(submission)[0]


@pytest.mark.parametrize("text", ["Please help me with my net, I am lost.\n", "hello\n", "# 3\n"])
def test_words_alone_hold_no_code(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_text(text)
    assert caught.value.kind in (Kind.NO_CODE, Kind.SYNTAX_ERROR)


def test_a_docstring_with_a_session_is_python_as_it_stands() -> None:
    text = 'def f(x):\n    """Square.\n\n    >>> f(3)\n    9\n    """\n    return x**2\n'
    assert read_text(text).main.source == text


def test_a_broken_file_is_no_prose_with_code_in_it() -> None:
    text = (
        "import numpy as np\n\ndef grad(f, x):\n    g = np.zeros_like(x\n    return g\n\n"
        "class Net:\n\n    def loss(self, x):\n        return np.sum(x)\n"
    )
    with pytest.raises(Unreadable, match="line 4"):
        read_text(text, "net.py")
