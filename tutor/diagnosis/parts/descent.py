"""A descent of a function, examined: where it comes to on a parabola with a known lowest point."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.asked import Observed, Student
from tutor.diagnosis.definitions import Definition, Kind
from tutor.diagnosis.names import plain
from tutor.diagnosis.proof import Proof, is_close, proof

Floats = NDArray[np.float64]

_NAMED: Final = re.compile(r"desc|steepest|(^|_)gd$")
_F: Final = {"f", "func", "fn", "function", "fct", "fonction", "loss_func", "cost"}
_X: Final = re.compile(r"x|x_?0|x_?init|init\w*|start\w*|point|p0?|w|theta")
_RATE: Final = re.compile(r"lr|l_r|eta|alpha|rate|\w*learn\w*|step_size")
_STEPS: Final = re.compile(r"\w*(steps?|iter\w*|epochs?|num|times|n|count)\w*")
_LOWEST: Final = 1.2
_POWERS: Final = np.array([0.3, -_LOWEST, 0.5])  # f(x) = 0.3 - 1.2 x + x ** 2 / 2, summed
_LR, _COUNT = 0.1, 25


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a descent began, and where it came to; ``end`` is None where it does not say."""

    definition: Definition
    start: Floats
    asked: Observed
    end: Floats | None

    @property
    def is_right(self) -> bool:
        """Tell whether it came nearer to the lowest point in every direction."""
        if self.end is None:
            return False
        before, after = np.abs(self.start - _LOWEST), np.abs(self.end - _LOWEST)
        return bool(np.all(after < before))


def is_descent(definition: Definition) -> bool:
    """Tell whether a function is called like a descent, and takes f, a place, and known numbers."""
    names = [plain(p) for p in definition.parameters]
    if (
        definition.kind is not Kind.FUNCTION
        or len(names) < 2
        or not _NAMED.search(plain(definition.name))
    ):
        return False
    known = names[0] in _F and bool(_X.fullmatch(names[1]))
    return known and definition.required - 2 <= len(_numbers(names[2:]))


def _numbers(names: list[str]) -> list[Any]:
    """Return values for the parameters after the place, up to the first that says nothing."""
    out: list[Any] = []
    for name in names:
        if _RATE.fullmatch(name) and _LR not in out:
            out.append(_LR)
        elif _STEPS.fullmatch(name) and _COUNT not in out:
            out.append(_COUNT)
        else:
            break
    return out


def ask_descent(student: Student, definition: Definition, rng: np.random.Generator) -> Descent:
    """Let it go down a parabola from a place on either side of its lowest point."""
    start = _LOWEST + np.array([0.8, -0.7]) * rng.uniform(0.9, 1.1, 2)
    numbers = _numbers([plain(p) for p in definition.parameters[2:]])
    answer = student.oracle.ask("differentiate", definition.expression, start, _POWERS, numbers)
    told = Observed.read(answer)
    return Descent(definition, start, told, _place(told.value, start))


def _place(value: Any, start: Floats) -> Floats | None:
    """Return the place among what came back: it alone, or the first of several."""
    items = value if isinstance(value, tuple | list) else [value]
    for item in items:
        if isinstance(item, np.ndarray) and item.shape == start.shape:
            return np.asarray(item, float)
    return None


def faults(found: Descent) -> Iterator[Proof]:
    """Yield what the figures prove."""
    end = found.end
    if end is None or found.is_right:
        return
    line = _line(found.definition)
    for steps in range(1, _COUNT + 1):  # a loop that updates weights may have been cut short
        up = _LOWEST + (found.start - _LOWEST) * (1 + _LR) ** steps
        if is_close(end, up, 1e-2):
            what = f"x[0] after {steps} steps from {found.start[0]:.4g}"
            yield replace(proof("gradient-ascent", what, float(up[0]), float(end[0])), line=line)
            return
    what = f"x[0] at the end of a descent from {found.start[0]:.4g}"
    told = proof("", what, _LOWEST, float(end[0]))
    words = f"It comes no nearer to the lowest point of a parabola, which lies at {_LOWEST}."
    yield replace(told, sentence=words, line=line)


def _line(definition: Definition) -> int:
    """Return the last line of its loop that gives a value to something."""
    loops = [n for n in ast.walk(definition.node) if isinstance(n, ast.For | ast.While)]
    lines = [
        node.lineno
        for loop in loops
        for node in ast.walk(loop)
        if isinstance(node, ast.Assign | ast.AugAssign)
    ]
    return max(lines, default=definition.line)
