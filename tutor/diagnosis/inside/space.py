"""The names that questions are asked of: the student's modules, and what was made of them."""

from __future__ import annotations

import re
import traceback
from functools import lru_cache
from types import CodeType, TracebackType
from typing import Any

import numpy as np

MAIN = "__main__"
_IN_MODULE = re.compile(r"([\w.]+):(?=[^\W\d])(.*)", re.DOTALL)

modules: dict[str, dict[str, Any]] = {}
"""The namespaces of the student's modules, by name; the file itself is ``__main__``."""

kept: dict[str, Any] = {}
"""What the judge has had made and goes on asking: a net, a layer."""

files: dict[str, str] = {}
"""Which of the student's modules a file name of a traceback is."""


def evaluate(expression: str, names: dict[str, Any] | None = None) -> Any:
    """Return what an expression of the judge's means among the student's names.

    ``common.layers:Affine`` is a name of a module of the student's other than the file itself.
    """
    found = _IN_MODULE.match(expression)
    module, rest = found.groups() if found else (MAIN, expression)
    scope = {**modules.get(module, {}), **kept, **(names or {})}
    return eval(compiled(rest), scope)


@lru_cache(maxsize=1024)
def compiled(expression: str) -> CodeType:
    """Return an expression's code: most are evaluated again and again."""
    return compile(expression.strip(), "<string>", "eval", dont_inherit=True)


def last_line(trace: TracebackType | None) -> tuple[str, int]:
    """Return the module and the line of the student's that ran last, or ("", 0)."""
    own = [frame for frame in traceback.extract_tb(trace) if frame.filename in files]
    return (files[own[-1].filename], own[-1].lineno or 0) if own else ("", 0)


def copied(value: Any) -> Any:
    """Return a copy of arrays, and of lists and dicts of them."""
    if isinstance(value, np.ndarray):
        return np.array(value)
    if isinstance(value, list | tuple):
        return type(value)(copied(item) for item in value)
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


def is_same(one: Any, other: Any) -> bool:
    """Tell whether two values are alike to the last bit."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(is_same(one[key], other[key]) for key in one)
    return one is other or bool(one == other)
