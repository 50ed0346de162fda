"""What can be looked for in a run, as it is typed, and a search that can be watched and stopped."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.trace.state import Index, State
    from tutor.trace.steps import Steps

_NAN = re.compile(r"(?:the\s+)?(?:first|next)?\s*nan", re.IGNORECASE)
_WRITE = re.compile(r"(?:the\s+)?(?:next|last|previous)?\s*write\s+(?:of|to)\s+(.+)", re.IGNORECASE)
FIRST_NAN = "first NaN"
_MOST_WRITTEN = 3
# While a search keeps one thread busy the screen's gets its turn this often, in seconds.
_TURN = 0.0005

Stop = Callable[[], bool]
Tell = Callable[[float], None]


class Kind(Enum):
    """What is looked for: a condition, a NaN, or a write."""

    WHERE = auto()
    NAN = auto()
    WRITE = auto()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to look for.

    Attributes
    ----------
    text : str
        A condition, or the name of the array that is written.
    idx : tuple of int or None
        The element that is written; None for any.
    """

    kind: Kind
    text: str = ""
    idx: Index | None = None

    @property
    def words(self) -> str:
        """Return what is looked for in a few words."""
        if self.kind is Kind.NAN:
            return "a NaN"
        if self.kind is Kind.WRITE:
            return f"a write of {element_text(self.text, self.idx)}"
        return self.text


def wanted(text: str) -> Wanted:
    """Return what was typed: ``first NaN``, ``next write of W[0, 1]``, or a Python expression.

    Raises
    ------
    ValueError
        If an element is named in a way that cannot be read; the message is a sentence.
    """
    text = text.strip()
    if _NAN.fullmatch(text):
        return Wanted(Kind.NAN)
    write = _WRITE.fullmatch(text)
    if write:
        return Wanted(Kind.WRITE, *element(write[1]))
    return Wanted(Kind.WHERE, text)


def element(text: str) -> tuple[str, Index | None]:
    """Return the array and the element that ``net.W[0, 1]`` names; None without brackets.

    Raises
    ------
    ValueError
        If it names no element; the message is a sentence.
    """
    text = text.strip()
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if tree is None or not text:
        raise ValueError("Write the array and the element, such as W[0, 1] or net.W[0, 1].")
    if isinstance(tree, ast.Subscript) and _idx(tree.slice) is not None:
        return ast.unparse(tree.value), _idx(tree.slice)
    return ast.unparse(tree), None


def _idx(tree: ast.expr) -> Index | None:
    try:
        value = ast.literal_eval(tree)
    except ValueError:
        return None
    numbers = value if isinstance(value, tuple) else (value,)
    return numbers if numbers and all(type(number) is int for number in numbers) else None


def element_text(name: str, idx: Index | None) -> str:
    """Return an element as it is typed: ``W[0, 1]``; the name alone for any element."""
    return name if idx is None else f"{name}[{', '.join(map(str, idx))}]"


def presets(steps: Steps, last: str = "") -> list[str]:
    """Return what is often looked for in a run, what was looked for last before all else."""
    from tutor.ui.drawing.figure import is_array
    from tutor.ui.drawing.values import PAIRS

    pairs = [f"{one} == {other}" for one, other in PAIRS if {one, other} <= set(steps.names)]
    at_end = steps.state(len(steps) - 1).names
    arrays = [name for name, value in at_end.items() if is_array(value)]
    writes = [f"next write of {name}" for name in arrays[:_MOST_WRITTEN]]
    return list(dict.fromkeys([*([last] if last else []), FIRST_NAN, *pairs, *writes]))


def likely_element(state: State) -> str:
    """Return the element that a question about a write is most likely to be about."""
    from tutor.ui.drawing.figure import is_array

    if state.writes:
        return element_text(state.writes[0].name, state.writes[0].index)
    arrays = {name: view for name, view in state.names.items() if is_array(view)}
    for name, view in arrays.items():
        if view.changed:
            return element_text(name, view.changed[0])
    for name, view in arrays.items():
        if state.idx is not None and len(view.shape) == len(state.idx):
            return element_text(name, state.idx)
    return next((element_text(name, (0,) * len(v.shape)) for name, v in arrays.items()), "")


def problem_of(text: str, steps: Steps) -> str:
    """Return why this cannot be looked for in a run, as a sentence; empty if it can."""
    from tutor.trace.find import Condition

    try:
        what = wanted(text)
        if what.kind is Kind.WHERE:
            Condition(what.text).check(steps.names)
    except ValueError as error:  # a ConditionError is one
        return str(error)
    return ""


def find(
    what: Wanted, steps: Steps, here: int, forwards: bool, stop: Stop, tell: Tell
) -> int | None:
    """Return the next step, or the one before, at which it is found; None if there is none.

    Raises
    ------
    ConditionError
        If it cannot be looked for there; the message is a sentence.
    """
    from tutor.trace.find import Condition, first_nan, first_where, last_write, next_write

    if what.kind is Kind.WHERE:
        return first_where(steps, Condition(what.text), here, forwards, stop, tell)
    if what.kind is Kind.WRITE:
        if forwards:
            return next_write(steps, what.text, here, what.idx)
        return last_write(steps, what.text, what.idx, here)
    if forwards:
        return first_nan(steps, here, stop)
    first = first_nan(steps, -1, stop)  # of those before, the one that all others come from
    return first if first is not None and first < here else None


@dataclass(frozen=True, slots=True)
class Sought:
    """What came of a search: a step of each run that it was made in, or why there is none."""

    steps: tuple[int, ...] = ()
    problem: str = ""


class Seek:
    """A search in another thread than the screen's.

    Parameters
    ----------
    words : str
        What is looked for.
    runs : sequence of Steps
        The runs that it is made in; what it finds counts only where these are still shown.
    look : callable
        Given what tells it to stop and what it tells its share to; returns the steps found.
    """

    def __init__(
        self,
        words: str,
        runs: tuple[Steps, ...],
        look: Callable[[Stop, Tell], tuple[int, ...]],
    ) -> None:
        self.words = words
        self.runs = runs
        self.share = 0.0
        self.stopped = False
        self._look = look

    def run(self) -> Sought:
        """Search until it is found, there is no more, or it was told to stop."""
        try:
            with _short_turns():
                return Sought(self._look(lambda: self.stopped, self._tell))
        except ValueError as error:  # a ConditionError is one
            return Sought(problem=str(error))

    def _tell(self, share: float) -> None:
        self.share = share


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let other threads have their turn sooner, so that no key waits for the search."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, _TURN))
    try:
        yield
    finally:
        sys.setswitchinterval(before)
