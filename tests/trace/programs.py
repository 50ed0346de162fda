"""Small functions written at random, as source text, and imported from a file."""

from __future__ import annotations

import importlib.util
import itertools
import tempfile
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from hypothesis import strategies as st

_HELD = tempfile.TemporaryDirectory(prefix="programs")  # removed when the tests end
_FOLDER = Path(_HELD.name)
_NUMBERS = itertools.count()

SIZE = 6
HEAD = [
    "def program(f, x):",
    "    r = x.reshape(-1)",
    "    y = x.copy()",
    "    z = r[1:4]",
    "    v = y[0]",
    "    a = 1.5",
    "    k = 0",
]

_constants = st.integers(-3, 3)
_places = st.integers(-SIZE, SIZE - 1)


@st.composite
def simple(draw: Any) -> str:
    """Return one statement that holds no other."""
    c, i, j = draw(_constants), draw(_places), draw(st.integers(0, SIZE - 1))
    return draw(
        st.sampled_from(
            [
                f"a = a / 2 + {c}",
                "a = float(r[k])",
                "b = r[k]",
                f"k = (k + {abs(c) + 1}) % {SIZE}",
                f"r[k] = {c}",
                f"r[{i}] += {c}",
                f"r[{i}] = r[{j}]",
                f"x[{j // 3}, {j % 3}] = {c} + 0.5",
                f"x[{j // 3}][{j % 3}] -= 1",
                f"r[{j}:] = {c}",
                f"r[::2] += {c}",
                f"x[:, {j % 3}] = {c}",
                f"r[r > {c}] = {c}",
                f"r[[{j}, {i}]] = {c}",
                f"y += {c}",
                f"y = y + {c}",
                f"y[{j // 3}, {j % 3}] += 2",
                "y = x",
                "y = x.T.copy()",
                "y.fill(2)",
                f"z[{j % 3}] -= 1",
                f"z = r[{j % 3}:{j % 3 + 3}]",
                f"v = x[{j // 3}]",
                "v[k % 3] = 4",
                f"r[{j}], r[{i}] = r[{i}], r[{j}]",
                f"b = r[{j}] = {c}",
                "a = f(x)",
                f"r[k] = f(x) - {c}",
                "y[0, 0] = (f(x) - f(y)) / 2",
                f"np.add(r, {c}, out=r)",
                f"np.put(x, [{j}], [{c}])",
                "old = r[k]",
                "x[0, 1] = r[k] if a > 0 else 0",
                "it = (k, k % 2)",
                "pass",
            ]
        )
    )


@st.composite
def block(draw: Any, depth: int, looped: bool) -> list[str]:
    """Return some statements, indented from zero."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        kinds = ["simple"] * 4 + (["for", "while", "if", "try", "index", "with"] if depth else [])
        lines += draw(statement(draw(st.sampled_from(kinds)), depth, looped))
    if looped and draw(st.integers(0, 5)) == 0:
        lines += ["if a > 1:", "    " + draw(st.sampled_from(["break", "continue"]))]
    return lines


@st.composite
def statement(draw: Any, kind: str, depth: int, looped: bool) -> list[str]:
    if kind == "simple":
        return [draw(simple())]

    def inner(loop: bool = looped) -> list[str]:
        return ["    " + line for line in draw(block(depth - 1, loop))]

    n = draw(st.integers(0, 4))
    if kind == "for":
        return [f"for i{depth} in range({n}):", *inner(True)]
    if kind == "while":
        count = f"w{depth}"
        return [f"{count} = 0", f"while {count} < {n}:", f"    {count} += 1", *inner(True)]
    if kind == "index":
        return [
            "for q in np.ndindex(2, 3):",
            "    old = x[q]",
            "    x[q] = old + 1",
            *inner(True),
            "    x[q] = old",
        ]
    if kind == "with":
        return ["with np.errstate(all='ignore'):", *inner()]
    if kind == "try":
        bad = draw(st.sampled_from(["r[99] = 1", "a = r[99]", "a = f(None)", "raise IndexError"]))
        tail = ["finally:", *inner(False)] if draw(st.booleans()) else []
        return [
            "try:",
            *inner(),
            f"    {bad}",
            "except (IndexError, TypeError):",
            *inner(),
            *tail,
        ]
    other = ["else:", *inner()] if draw(st.booleans()) else []
    return [f"if a > {n - 2}:", *inner(), *other]


@st.composite
def programs(draw: Any) -> str:
    """Return the text of a function ``program(f, x)``, x of shape (2, 3)."""
    body = draw(block(2, False)) + draw(block(1, False))
    end = draw(st.sampled_from(["return y", "return a, k", "y = r[99]", "x[0, 0] = f(None)"]))
    return "\n".join([*HEAD, *("    " + line for line in [*body, end])]) + "\n"


def loaded(text: str) -> FunctionType:
    """Return ``program`` of some source text, imported from a file of its own."""
    name = f"program_{next(_NUMBERS)}"
    path = _FOLDER / f"{name}.py"
    path.write_text("import numpy as np\n\n\n" + text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.program  # type: ignore[no-any-return]


def f(x: Any) -> float:
    """A loss that stays small and fails where there is no array."""
    if x is None:
        raise TypeError("no array")
    return float(np.sum(x) % 7.0)


@st.composite
def arrays(draw: Any) -> Any:
    """Return an array of shape (2, 3) of one of the usual kinds and layouts."""
    numbers = draw(st.lists(st.integers(-5, 5), min_size=6, max_size=6))
    x = np.array(numbers, draw(st.sampled_from(["f8", "f8", "f4", "i8"]))).reshape(2, 3)
    return draw(st.sampled_from([x, x, np.stack([x, x])[0]]))
