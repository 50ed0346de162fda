"""Programs that tests hand in: right ones, wrong ones, and what is added to them."""

from __future__ import annotations

import textwrap

from tutor.diagnosis.findings import Diagnosis
from tutor.diagnosis.submission import read_text
from tutor.diagnosis.trial import diagnose

RIGHT = """\
import numpy as np


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    if y.ndim == 1:
        y, t = y.reshape(1, -1), t.reshape(1, -1)
    if t.size == y.size:
        t = t.argmax(axis=1)
    return -np.sum(np.log(y[np.arange(y.shape[0]), t] + 1e-7)) / y.shape[0]


"""

WRONG = """\
import numpy as np


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()


"""


def at_import(code: str) -> str:
    """Return a right program that ends in some code."""
    return RIGHT + textwrap.dedent(code).strip("\n") + "\n"


def in_softmax(code: str, before: str = "") -> str:
    """Return a program whose softmax is some code."""
    body = textwrap.indent(textwrap.dedent(code).strip("\n"), "    ")
    return f"import numpy as np\n{before}\n\ndef softmax(x):\n{body}\n"


def judged(source: str, name: str = "hand_in.py") -> Diagnosis:
    """Diagnose a source text, in the jail."""
    return diagnose(read_text(source, name))
