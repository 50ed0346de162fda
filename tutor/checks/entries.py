"""Single entries of a gradient, measured; and the wrong ones, hunted down by halving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tutor.checks.looks import UNIT, Look, Looker
from tutor.checks.result import Entry

Places: TypeAlias = NDArray[np.intp]
"""Entries of an array, by their place in ``array.ravel()``."""

FINER = 4
"""How much smaller the step of a second look along the same direction is."""

_ALL = 32  # up to so many entries each of them is measured
_SAMPLE = 16
_MOST = 4  # wrong entries that are hunted down, one after the other
_GROUPS = 4
_CLEAR = 0.2  # of a difference: what a half may lack of all of it, or of nothing
_STEADY, _BENT = 0.05, 0.25  # of a difference: what a step may change of it, or bend
_VARY = 3  # times the share that the epsilon takes of all
_SMALL = 0.05  # of the largest group's difference: this is no difference


class Verdict(Enum):
    """What one entry turned out to be."""

    FINE = "fine"
    KINK = "kink"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Measured:
    """An entry and what it turned out to be."""

    place: int
    entry: Entry
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that were measured, and whether no other entry can be wrong."""

    measured: tuple[Measured, ...]
    complete: bool

    def of(self, verdict: Verdict) -> list[Measured]:
        """Return the entries that turned out to be so."""
        return [one for one in self.measured if one.verdict is verdict]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some entries, and the difference along a direction in which only they move."""

    places: Places
    difference: float


def contradicts(look: Look, doubted: Look) -> bool:
    """Whether a look sees nothing where it would have seen a doubted look's difference."""
    return not look.seen and look.tolerance < abs(doubted.unexplained) / 3


def look_again(looker: Looker, doubted: Sequence[Look]) -> list[tuple[Look, ...]]:
    """Look at each tensor with a smaller step, and along another direction with both steps.

    A kink within the step goes away in one of the three nearly always; a wrong entry never.
    """
    probes = []
    for look in doubted:
        name = look.probe.name
        other = looker.direction(name)
        probes.append(looker.probe(name, look.probe.direction, finer=FINER))
        probes += [looker.probe(name, other), looker.probe(name, other, finer=FINER)]
    looks = looker.look(probes)
    return [tuple(looks[i : i + 3]) for i in range(0, len(looks), 3)]


def look_closer(looker: Looker, looks: Sequence[Look]) -> tuple[Look, ...]:
    """Look along the same directions with much smaller steps, to leave all kinks behind."""
    directions = {id(look.probe.direction): look.probe.direction for look in looks}
    name = looks[0].probe.name
    closer = looker.look(
        looker.probe(name, direction, finer=FINER**power)
        for direction in directions.values()
        for power in (2, 3)
    )
    return (*looks, *closer)


def clearest(looks: Sequence[Look]) -> Look:
    """Return the look that shows the smallest difference: a kink adds to what a fault makes."""
    return min((look for look in looks if look.seen), key=lambda look: abs(look.unexplained))


def measure_all(looker: Looker, name: str) -> Found | None:
    """Measure every entry of a small tensor; None if there are too many."""
    count = looker.params[name].size
    return Found(measure(looker, name, range(count)), True) if count <= _ALL else None


def measure_some(looker: Looker, name: str) -> Found:
    """Measure a random sample of entries."""
    places = looker.rng.choice(looker.params[name].size, _SAMPLE, replace=False)
    return Found(measure(looker, name, places.tolist()), False)


def measure(
    looker: Looker, name: str, places: Sequence[int], resolve: float = 0.0
) -> tuple[Measured, ...]:
    """Measure entries one by one; those that differ twice more, with smaller steps.

    Where a difference is being followed, `resolve`, the steps are just large enough for that.
    """
    rms = _rms(looker, name)
    first = _look_at(looker, name, places)
    pairs = zip(places, first, strict=True)
    doubted = [place for place, look in pairs if _differs(looker, look, rms)]
    again = [_look_at(looker, name, doubted, finer, resolve) for finer in _finer(resolve)]
    closer = dict(zip(doubted, zip(*again, strict=True), strict=True))
    return tuple(
        _measured(looker, place, (look, *closer.get(place, ())), rms)
        for place, look in zip(places, first, strict=True)
    )


def _finer(resolve: float) -> tuple[int, ...]:
    return (1, FINER) if resolve else (FINER,)


def split(looker: Looker, look: Look) -> list[Group]:
    """Return the entries in four random groups, those of them that show a difference.

    Where most entries are wrong, each group shows it; where one is, one group does.
    """
    order = looker.rng.permutation(look.probe.direction.size)
    groups = _compared(looker, look, [order[i::_GROUPS] for i in range(_GROUPS)])
    largest = max(abs(group.difference) for group in groups)
    return [group for group in groups if abs(group.difference) > _SMALL * largest]


def is_dense(groups: Sequence[Group]) -> bool:
    """Whether the difference is in most of the groups."""
    return len(groups) > _GROUPS // 2


def hunt(looker: Looker, look: Look, groups: Sequence[Group]) -> Found:
    """Find wrong entries one after the other, until all others agree or there are too many."""
    name = look.probe.name
    given = looker.grads[name].copy()
    found: dict[int, Measured] = {}
    left: Look | None = look
    try:
        for _ in range(_MOST):
            if left is None:
                break
            one = _follow(looker, left, groups)
            groups = ()
            if one.verdict is not Verdict.FINE:
                found[one.place] = one
            if one.verdict is Verdict.WRONG:
                looker.grads[name].flat[one.place] = one.entry.num
            left = _difference_left(looker, name)
    finally:
        looker.grads[name] = given
    return Found(tuple(found.values()), complete=left is None)


def _difference_left(looker: Looker, name: str) -> Look | None:
    (look,) = looker.look([looker.probe(name, looker.direction(name))])
    if not look.seen:
        return None
    (again,) = look_again(looker, [look])
    return None if any(contradicts(one, look) for one in again) else clearest([look, *again])


def _follow(looker: Looker, look: Look, groups: Sequence[Group]) -> Measured:
    """Follow the difference into the half that has it, down to one entry; measure that."""
    groups = groups or _compared(looker, look, [np.arange(look.probe.direction.size)])
    group = max(groups, key=lambda group: abs(group.difference))
    while group.places.size > 1:
        group = _half(looker, look, group)
    place = int(group.places[0])
    return measure(looker, look.probe.name, [place], abs(look.unexplained))[0]


def _half(looker: Looker, look: Look, group: Group) -> Group:
    middle = group.places.size // 2
    a, b = group.places[:middle], group.places[middle:]
    (half,) = _compared(looker, look, [a])
    share = half.difference / group.difference if group.difference else 0.5
    if min(abs(share), abs(share - 1)) <= _CLEAR:
        return half if share > 0.5 else Group(b, group.difference - half.difference)
    # More than one wrong entry, or a kink: nothing follows for the other half.
    halves = _compared(looker, look, [a, b], FINER)
    return max(halves, key=lambda half: abs(half.difference))


def _compared(looker: Looker, look: Look, parts: Sequence[Places], finer: int = 1) -> list[Group]:
    """Return groups of entries with the difference along a look's direction in each."""
    name, direction, probes = look.probe.name, look.probe.direction, []
    for places in parts:
        part = np.zeros_like(direction)
        part.flat[places] = direction.flat[places]
        resolve = abs(look.unexplained)
        probes.append(looker.probe(name, part, finer=finer, resolve=resolve))
    looks = looker.look(probes)
    return [Group(a, one.unexplained) for a, one in zip(parts, looks, strict=True)]


def _rms(looker: Looker, name: str) -> float:
    return float(np.sqrt(np.mean(looker.grads[name] ** 2)))


def _look_at(
    looker: Looker, name: str, places: Sequence[int], finer: int = 1, resolve: float = 0.0
) -> list[Look]:
    rms = _rms(looker, name)
    probes = []
    for place in places:
        direction = np.zeros(looker.params[name].shape, dtype=np.int8)
        direction.flat[place] = UNIT
        probes.append(looker.probe(name, direction, finer=finer, at_least=rms, resolve=resolve))
    return looker.look(probes) if probes else []


def _differs(looker: Looker, look: Look, rms: float) -> bool:
    # The epsilon's share of one entry may be more than that of all: the samples' shares differ,
    # and an entry may be small because the samples nearly cancel.
    slack = _VARY * max(look.share, looker.allowed) * max(look.size, rms)
    return not abs(look.unexplained) <= look.tolerance + slack


def _measured(looker: Looker, place: int, looks: Sequence[Look], rms: float) -> Measured:
    first, *closer = looks
    verdict = _verdict(looker, looks[-2], looks[-1], rms) if closer else Verdict.FINE
    # The first look is the most precise one, unless a kink lay within its step.
    best = next((one for one in closer if abs(one.num - first.num) > 2 * one.tolerance), first)
    shape = looker.params[first.probe.name].shape
    index = tuple(int(i) for i in np.unravel_index(place, shape))
    return Measured(place, Entry(index, best.bp, best.num), verdict)


def _verdict(looker: Looker, look: Look, finer: Look, rms: float) -> Verdict:
    difference = abs(look.unexplained)
    if not all(_differs(looker, one, rms) for one in (look, finer)):
        return Verdict.FINE
    if not difference > finer.tolerance:
        return Verdict.FINE
    return Verdict.WRONG if _is_smooth(look, finer) else Verdict.KINK


def _is_smooth(look: Look, finer: Look) -> bool:
    """Whether the difference is there for any step, and no kink has a part in it.

    A kink within the step bends the loss by twice what it adds to the central difference, and
    adds something else once the step is smaller.
    """
    difference = abs(look.unexplained)
    steady = abs(finer.unexplained - look.unexplained) <= finer.tolerance + _STEADY * difference
    return steady and all(
        abs(one.bend) <= one.tolerance + _BENT * difference for one in (look, finer)
    )
