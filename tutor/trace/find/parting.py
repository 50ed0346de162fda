"""The first step at which two runs in lockstep part."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutor.trace.find.runs import searchable
from tutor.trace.find.trail import BLANK, Ints, Searchable, Trail, same_value
from tutor.trace.state import Source
from tutor.trace.steps import Steps

Rows = NDArray[np.float64]


def first_parting(left: Steps, right: Steps) -> tuple[int, int] | None:
    """Return the first pair of steps at which two runs in lockstep part, or None.

    They part where they run different lines, where a name that both have was given another
    value (exactly; a NaN is as a NaN), or where they write other elements or other values.
    Where the sources differ, as before and after a repair, a line is compared with the one that
    stands in its place; a line that only one of them has is passed over unless it writes.
    """
    if not len(left) or not len(right):
        return None
    pairs = _paired(left, right)
    best = pairs.lines_part()
    best = min(best, _writes_part(left, right, pairs, best))
    for name in (name for name in pairs.left.names if name in pairs.right.names):
        best = min(best, _name_parts(name, pairs, best))
    if best >= len(pairs) and len(pairs.ours) == len(pairs.theirs):
        return None
    return pairs.pair(best)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Two runs side by side: pair ``k`` are the steps ``ours[k]`` and ``theirs[k]``.

    ``expected`` is the line that the right run is expected to be at, for each of ``ours``.
    """

    left: Searchable
    right: Searchable
    ours: Ints
    theirs: Ints
    expected: Ints
    found: Ints

    def __len__(self) -> int:
        return min(len(self.ours), len(self.theirs))

    def lines_part(self) -> int:
        """Return the first pair of different lines, or how many pairs there are."""
        count = len(self)
        apart = np.flatnonzero(self.expected[:count] != self.found[:count])
        return int(apart[0]) if len(apart) else count

    def pair(self, number: int) -> tuple[int, int]:
        """Return the steps of a pair; where one run has ended, its last step."""
        ours = self.ours[min(number, len(self.ours) - 1)]
        return int(ours), int(self.theirs[min(number, len(self.theirs) - 1)])


def _paired(left: Steps, right: Steps) -> _Pairs:
    one, other = searchable(left), searchable(right)
    ours, theirs = one.lines(), other.lines()
    place = _corresponding(left.source, right.source)
    if place is None:
        every = np.arange(len(ours)), np.arange(len(theirs))
        return _Pairs(one, other, *every, ours, theirs)
    known, wanted = np.array(list(place), np.int64), np.array(list(place.values()), np.int64)
    order = np.argsort(known)
    known, wanted = known[order], wanted[order]
    kept = np.flatnonzero(np.isin(ours, known))
    expected = wanted[np.searchsorted(known, ours[kept])]
    theirs_kept = np.flatnonzero(np.isin(theirs, wanted))
    return _Pairs(one, other, kept, theirs_kept, expected, theirs[theirs_kept])


def _corresponding(left: Source, right: Source) -> dict[int, int] | None:
    """Return the line of the right source that stands in the place of each of the left's.

    None where the sources are one, or cannot be had.
    """
    if left.lines == right.lines and left.first_line == right.first_line:
        return None
    if not left.lines or not right.lines:
        return None
    ours = [line.split("#")[0].strip() for line in left.lines]
    theirs = [line.split("#")[0].strip() for line in right.lines]
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    place: dict[int, int] = {}
    for kind, first, end, at, until in matcher.get_opcodes():
        if kind in ("equal", "replace"):
            lines = zip(range(first, end), range(at, until), strict=False)
            place |= {left.first_line + i: right.first_line + j for i, j in lines}
    return place


def _name_parts(name: str, pairs: _Pairs, best: int) -> int:
    """Return the first pair before one at which a name was given different values."""
    ours, theirs = pairs.left.trail(name), pairs.right.trail(name)
    turns = np.unique(np.concatenate([_turns(ours, pairs.ours), _turns(theirs, pairs.theirs)]))
    turns = turns[turns < best]
    mine, other = ours.rows(pairs.ours[turns]), theirs.rows(pairs.theirs[turns])
    rows = zip(turns.tolist(), mine.tolist(), other.tolist(), strict=True)
    for turn, row, beside in rows:
        if _differ(ours.at(row), theirs.at(beside)):
            return int(turn)
    return best


def _turns(trail: Trail, steps: Ints) -> Ints:
    """Return the pairs at which a name was given a value."""
    given = np.diff(trail.bindings, prepend=-1) != 0
    return np.asarray(np.searchsorted(steps, trail.steps[given], "left"))


def _differ(one: object, other: object) -> bool:
    if one is BLANK or other is BLANK:
        return False
    return not same_value(_read(one), _read(other))


def _read(value: object) -> object:
    return value.to_numpy() if hasattr(value, "to_numpy") else value


def _writes_part(left: Steps, right: Steps, pairs: _Pairs, best: int) -> int:
    """Return the first pair before one at which the writes of elements differ."""
    ours, theirs = _writes(left, pairs.ours), _writes(right, pairs.theirs)
    if ours.shape[1] != theirs.shape[1]:
        width = max(ours.shape[1], theirs.shape[1])
        ours, theirs = _widened(ours, width), _widened(theirs, width)
    count = min(len(ours), len(theirs))
    same = (ours[:count] == theirs[:count]) | (np.isnan(ours[:count]) & np.isnan(theirs[:count]))
    apart = np.flatnonzero(~same.all(axis=1))
    if len(apart):
        return min(best, int(ours[apart[0], 0]), int(theirs[apart[0], 0]))
    longer = ours if len(ours) > count else theirs
    return min(best, int(longer[count, 0])) if len(longer) > count else best


def _writes(steps: Steps, pairs: Ints) -> Rows:
    """Return the writes that change something: pair, new value, index, sorted within a pair."""
    table = steps.writes()
    table = table[~((table["old"] == table["new"]) & ~np.isin(table["step"], pairs))]
    pair = np.searchsorted(pairs, table["step"], "left")
    rows = np.column_stack([pair, table["new"], table["index"]]).astype(np.float64)
    order = np.lexsort((*rows.T[:0:-1], rows[:, 0]))
    return np.asarray(rows[order])


def _widened(rows: Rows, width: int) -> Rows:
    return np.pad(rows, ((0, 0), (0, width - rows.shape[1])), constant_values=-1)
