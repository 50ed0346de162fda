"""What an instrumented function will report: its lines, its straight stretches, its loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What a site records when its line has run."""

    ENTRY = "entry"
    LINE = "line"
    RAISE = "raise"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class IndexPart:
    """One part of a subscript that can be worked out later: a recorded name or a constant."""

    name: str | None = None
    constant: int = 0


@dataclass(frozen=True, slots=True)
class Assign:
    """A name that a line gives a value; ``column`` holds the values, one an occurrence.

    ``from_call`` names the called function where the value is just what it returned.
    """

    name: str
    column: int
    from_call: str | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """An element write ``base[index] = ...``; ``column`` holds the values read back.

    ``text`` is what stands before the brackets. ``base`` is the name written through, or None
    where the line must say it each time.
    ``index`` is one recorded name, or the parts of a tuple; None likewise. ``is_augmented`` tells
    of ``base[index] += ...``, which writes into an array that lies there and puts no other in.
    """

    text: str
    column: int
    base: str | None
    index: IndexPart | tuple[IndexPart, ...] | None
    is_augmented: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """One statement, as a place where the run can stand."""

    number: int
    kind: Kind
    line: int
    end_line: int
    assigns: tuple[Assign, ...] = ()
    stores: tuple[Store, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Sites that run one after the other: reported by one mark, after the last of them."""

    number: int
    sites: tuple[int, ...]
    loops: tuple[int, ...]


@dataclass(slots=True)
class Loop:
    """A loop of the traced function.

    ``blocks`` are those that a pass can run, ``heads`` those that begin a pass, ``tests`` the
    heads that are nothing but the loop's test.
    """

    number: int
    parent: int | None
    line: int
    heads: set[int] = field(default_factory=set)
    blocks: set[int] = field(default_factory=set)
    tests: set[int] = field(default_factory=set)
    stores: bool = False
    calls: bool = False


@dataclass(slots=True)
class Layout:
    """Everything the instrumented code can report.

    ``columns`` is how many columns the code writes; ``names`` are the recorded names in the
    order in which the source gives them a value.
    """

    sites: list[Site] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    columns: int = 0

    def new_column(self, name: str | None = None) -> int:
        """Return a fresh column, for a name's values where one is given."""
        if name is not None and name not in self.names:
            self.names.append(name)
        self.columns += 1
        return self.columns - 1

    def iteration_loops(self) -> set[int]:
        """Return the innermost loops in which elements are written and functions are called."""
        able = {loop.number for loop in self.loops if loop.stores and loop.calls}
        return {n for n in able if not any(self._inside(m, n) for m in able if m != n)}

    def _inside(self, inner: int, outer: int) -> bool:
        parent = self.loops[inner].parent
        while parent is not None:
            if parent == outer:
                return True
            parent = self.loops[parent].parent
        return False
