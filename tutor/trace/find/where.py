"""The next step at which a condition becomes true."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tutor.trace.find.condition import PLACE, Condition, ConditionError
from tutor.trace.find.runs import searchable
from tutor.trace.find.trail import BLANK, Ints, Searchable, Trail
from tutor.trace.steps import Steps

_AT_ONCE = 2048  # places looked at before it is asked whether to go on


def _never() -> bool:
    return False


def _nobody(share: float) -> None:
    pass


def first_where(
    steps: Steps,
    condition: Condition,
    start: int,
    forwards: bool = True,
    stop: Callable[[], bool] = _never,
    told: Callable[[float], None] = _nobody,
) -> int | None:
    """Return the next step at which a condition becomes true: there, and not the step before.

    It is asked only where one of its names may have become another value.

    Parameters
    ----------
    steps : Steps
    condition : Condition
        False wherever one of its names has no value, or where it raises.
    start : int
        The search begins after this step, or before it where it goes backwards. -1 to begin
        with the first step, ``len(steps)`` to begin with the last.
    forwards : bool
        Which way.
    stop : callable
        Asked now and then; the search ends with None when it says so.
    told : callable
        Given the share of the search that is done, from 0 to 1, now and then.

    Raises
    ------
    ConditionError
        If the run has no such name, or the condition raises wherever it was asked.
    """
    condition.check(steps.names)
    run = searchable(steps)
    trails = {name: _trail(name, steps, run) for name in sorted(condition.names)}
    asked = _Asked(condition, {n: t for n, t in trails.items() if t is not None})
    places = _places([*asked.trails.values()], len(steps))
    with np.errstate(all="ignore"):  # a comparison with a NaN is an answer, not a fault
        for row, share in _search(asked, places, start, forwards):
            if row is not None:
                return int(places[row])
            told(share)
            if stop():
                return None
    asked.complain()
    return None


def _search(
    asked: _Asked, places: Ints, start: int, forwards: bool
) -> Iterator[tuple[int | None, float]]:
    """Yield the place that was found, or now and then None, with the share that is done."""
    first = int(np.searchsorted(places, start, "right" if forwards else "left"))
    rows = range(first - 1, len(places)) if forwards else range(first - 1, -2, -1)
    before = None
    for done, row in enumerate(rows):
        now = row >= 0 and asked.holds(row, places)
        if forwards and now and before is False:
            yield row, 1.0
        if not forwards and before and not now:
            yield row + 1, 1.0
        before = now
        if done % _AT_ONCE == _AT_ONCE - 1:
            yield None, done / len(rows)


class _Asked:
    """A condition, asked at places of a run."""

    def __init__(self, condition: Condition, trails: dict[str, Trail]) -> None:
        self.condition = condition
        self.trails = trails
        self._rows: dict[str, list[int]] = {}
        self._begin = self._end = 0
        self._held: dict[str, tuple[int, object]] = {}
        self._raised: Exception | None = None
        self._answered = False

    def holds(self, row: int, places: Ints) -> bool:
        """Tell whether it is true at one of the places; false where a name is blank."""
        if not self._begin <= row < self._end:
            self._look_up(row, places)
        values: dict[str, object] = {}
        for name in self.trails:
            value = values[name] = self._value(name, row)
            if value is BLANK:
                return False
        try:
            answer = self.condition.holds(values)
        except Exception as error:  # whatever somebody's expression may raise
            self._raised = self._raised or error
            return False
        self._answered = True
        return answer

    def complain(self) -> None:
        """Raise if there was no place at which it could be asked."""
        if self._raised is not None and not self._answered:
            error = self._raised
            said = f"{type(error).__name__}: {error}"
            raise ConditionError(
                f"{self.condition.text} raised at every step that was looked at, first with "
                f"{said.rstrip('.')}. Try it on the values of one step."
            )

    def _value(self, name: str, row: int) -> object:
        at = self._rows[name][row - self._begin]
        held = self._held.get(name)
        if held is None or held[0] != at:
            held = self._held[name] = at, self.trails[name].at(at)
        return held[1]

    def _look_up(self, row: int, places: Ints) -> None:
        """Find the entries of all trails for the places around one."""
        self._begin = row - row % _AT_ONCE
        some = places[self._begin : self._begin + _AT_ONCE]
        self._end = self._begin + len(some)
        self._rows = {name: trail.rows(some).tolist() for name, trail in self.trails.items()}


def _places(trails: list[Trail], count: int) -> Ints:
    """Return the steps at which a condition may have become true."""
    start = np.zeros(min(count, 1), np.int64)
    return np.unique(np.concatenate([start, *(trail.steps for trail in trails)]))


def _trail(name: str, steps: Steps, run: Searchable) -> Trail | None:
    if name in run.names:
        return run.trail(name)
    return _of_place(name, steps, run) if name in PLACE else None


def _of_place(name: str, steps: Steps, run: Searchable) -> Trail:
    """Return the trail of what a step is: its number, its line, its iteration, its element."""
    every = np.arange(len(steps))
    if name == "step":
        return Trail(every, every, int)
    if name == "line":
        lines = run.lines().tolist()
        return Trail(every, every, lines.__getitem__)
    passes = range(steps.passes)
    starts = [steps.iteration_start(i) for i in passes]
    after = [steps.iteration_end(i) + 1 for i in passes]
    turns = np.unique(np.array([0, *starts, *after], np.int64))
    turns = turns[turns < len(steps)]
    found = [steps.iteration_of(step) for step in turns.tolist()]

    def value(row: int) -> object:
        iteration = found[row]
        if iteration is None:
            return BLANK
        index = iteration if name == "iteration" else steps.iteration_index(iteration)
        return BLANK if index is None else index

    return Trail(turns, np.arange(len(turns)), value)
