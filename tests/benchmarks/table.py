"""What was measured, as rows, and the table that shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import Enum

_HEADS = ("what", "measured", "target", "met", "how")


class Bound(Enum):
    """Which side of its target a figure should be on."""

    AT_MOST = "<="
    UNDER = "<"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should reach."""

    bound: Bound
    value: float

    def is_met_by(self, value: float) -> bool:
        match self.bound:
            case Bound.AT_MOST:
                return value <= self.value
            case Bound.UNDER:
                return value < self.value
            case Bound.AT_LEAST:
                return value >= self.value


def at_most(value: float) -> Target:
    return Target(Bound.AT_MOST, value)


def under(value: float) -> Target:
    return Target(Bound.UNDER, value)


def at_least(value: float) -> Target:
    return Target(Bound.AT_LEAST, value)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    ``unit`` is ``x`` for a ratio of two times of one run; ``how`` says what was done where the
    name does not.
    """

    what: str
    value: float
    unit: str
    target: Target | None = None
    how: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.target.is_met_by(self.value)


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one benchmark, and the machine's load while it ran."""

    title: str
    rows: tuple[Row, ...]
    load: str


def as_text(sections: Iterable[Section], head: Sequence[str]) -> str:
    """Return the table, under lines that say what machine and what versions it is of."""
    lines = list(head)
    for section in sections:
        cells = [_HEADS, *(_cells(row) for row in section.rows)]
        widths = [max(len(row[i]) for row in cells) for i in range(len(_HEADS) - 1)]
        lines += ["", f"{section.title}  (load {section.load})"]
        lines += [_line(row, widths) for row in cells]
    return "\n".join(lines)


def as_json(sections: Iterable[Section], environment: dict[str, str]) -> str:
    """Return everything in the table as JSON."""
    found = [
        {
            "title": section.title,
            "load": section.load,
            "rows": [
                {**asdict(row), "target": _target(row), "met": row.met} for row in section.rows
            ],
        }
        for section in sections
    ]
    return json.dumps({"environment": environment, "sections": found}, indent=2)


def _cells(row: Row) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "NO"}[row.met]
    return (row.what, f"{number(row.value)} {row.unit}", _target(row), met, row.how)


def _target(row: Row) -> str:
    return "" if row.target is None else f"{row.target.bound.value} {number(row.target.value)}"


def number(value: float) -> str:
    """Return a figure with three digits that count, whole numbers as they are."""
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return (
        f"{value:.1f}"
        if abs(value) >= 20
        else f"{value:.3f}"
        if abs(value) < 10
        else f"{value:.2f}"
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    what, measured, *rest = (f"{c:<{w}}" for c, w in zip(cells, widths, strict=False))
    measured = f"{cells[1]:>{widths[1]}}"
    return "  ".join(("", what, measured, *rest, cells[-1])).rstrip()
