"""The calls that every tool is given, and what there is to see in them."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.benchmarks.peers_lines import FUNCTION
from tutor.nets import SimpleNet

SIDE, SHORTER_SIDE = 20, 9
WRITES_EACH = 3


def net_and_array(f: Any, net: Any, x: Any) -> Any:
    return x


def array_and_row(x: Any, row: Any) -> Any:
    return x


def two_names(x: Any, W: Any) -> Any:
    return x


def array(x: Any) -> Any:
    return x


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is called with, made anew each time."""

    name: str
    function: types.FunctionType
    made: Callable[[], tuple[Any, ...]]
    iterations: int = 0

    @property
    def writes(self) -> int:
        """Return how many writes into x the call makes."""
        return WRITES_EACH * self.iterations

    @property
    def script(self) -> str:
        """Return the call as a learner's file: the function, and one line that calls it."""
        tree = ast.parse(inspect.getsource(self.function))
        definition = tree.body[0]
        assert isinstance(definition, ast.FunctionDef)
        definition.decorator_list = []
        if ast.get_docstring(definition) is not None:
            del definition.body[0]  # or a debugger of statements would stop at it
        lines = (
            "from __future__ import annotations",
            "import numpy as np",
            f"from {__name__} import CALLS",
            ast.unparse(definition),
            f"{self.function.__name__}(*CALLS[{self.name!r}].made())",
        )
        return "\n".join(lines) + "\n"

    def __call__(self, function: Callable[..., Any]) -> object:
        return function(*self.made())


def figures(count: int) -> list[str]:
    """Return so many different figures that no display shortens, and none of which is in another.

    A zero at the end is the one thing that displays of arrays leave out.
    """
    return [f"{k / 10_000:.4f}" for k in range(1001, 10_000) if k % 10][:count]


def _filled(*shape: int) -> Any:
    return np.array([float(figure) for figure in figures(int(np.prod(shape)))]).reshape(shape)


def _net() -> tuple[Callable[[Any], float], Any]:
    net = SimpleNet(rng=0)
    x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])
    return (lambda W: net.loss(x, t)), net


def _lesson() -> tuple[Any, ...]:
    f, net = _net()
    return f, net.W


def _square(side: int) -> Callable[[], tuple[Any, ...]]:
    return lambda: (_net()[0], np.random.default_rng(0).random((side, side)))


def _net_with(copied: bool) -> Callable[[], tuple[Any, ...]]:
    def made() -> tuple[Any, ...]:
        f, net = _net()
        return f, net, net.W.copy() if copied else net.W

    return made


def _pair(of: Callable[[Any], Any], copied: bool) -> Callable[[], tuple[Any, ...]]:
    def made() -> tuple[Any, ...]:
        x = _filled(2, 3)
        return x, of(x).copy() if copied else of(x)

    return made


LESSON = Call("SimpleNet 2x3", FUNCTION, _lesson, 6)
LONG = Call(f"x {SIDE}x{SIDE}", FUNCTION, _square(SIDE), SIDE**2)
SHORTER = Call(f"x {SHORTER_SIDE}x{SHORTER_SIDE}", FUNCTION, _square(SHORTER_SIDE), SHORTER_SIDE**2)

# What shares its memory, and the same of a copy: a tool that says the same of both, tells nothing.
PAIRS: dict[str, tuple[Call, Call]] = {
    "x and net.W": (
        Call("x is net.W", net_and_array, _net_with(copied=False)),
        Call("x is a copy of net.W", net_and_array, _net_with(copied=True)),
    ),
    "two names": (
        Call("W is x", two_names, _pair(lambda x: x, copied=False)),
        Call("W is a copy of x", two_names, _pair(lambda x: x, copied=True)),
    ),
    "a row": (
        Call("row is x[0]", array_and_row, _pair(lambda x: x[0], copied=False)),
        Call("row is a copy of x[0]", array_and_row, _pair(lambda x: x[0], copied=True)),
    ),
}
ARRAYS = {
    shape[0] * shape[1]: Call(f"an array {shape}", array, lambda shape=shape: (_filled(*shape),))
    for shape in ((2, 3), (SIDE, SIDE))
}
CALLS = {
    call.name: call
    for call in (
        LESSON,
        LONG,
        SHORTER,
        *ARRAYS.values(),
        *(c for pair in PAIRS.values() for c in pair),
    )
}
