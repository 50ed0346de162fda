"""Where a run and the repaired one part."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.trace.find import first_parting
from tutor.trace.steps import Steps

_MOST = 500  # pairs of changed lines that are looked at
_WHOLE = 500  # a run as short as that was not cut


def parting(left: Steps, right: Steps) -> tuple[int, int] | None:
    """Return the first pair of steps with other values, or at which another value is returned."""
    found = first_parting(left, right)
    returned = next((pair for pair in _changed(left, right) if _differ(left, right, pair)), None)
    pairs = (found, returned, _one_goes_on(left, right))
    best = min((pair for pair in pairs if pair is not None), default=None)
    return None if best is None else _at_the_line_alone(left, right, best)


def _at_the_line_alone(left: Steps, right: Steps, pair: tuple[int, int]) -> tuple[int, int]:
    """Return the steps at the changed line where what it did is seen one step further on."""
    sources = [{text.strip() for text in steps.source.lines} for steps in (left, right)]
    one, other = pair
    ours, theirs = _text(left, one) in sources[1], _text(right, other) in sources[0]
    if min(pair) < 1 or not (ours or theirs):
        return pair
    before = _text(left, one - 1) in sources[1], _text(right, other - 1) in sources[0]
    if ours and theirs:  # a line that only one of them has ran before
        return (one - 1, other - 1) if before in ((True, False), (False, True)) else pair
    if ours and not before[0]:
        return one - 1, other
    return (one, other - 1) if theirs and not before[1] else pair


def _text(steps: Steps, step: int) -> str:
    return steps.source.line(steps.line_of(step)).strip()


def _one_goes_on(left: Steps, right: Steps) -> tuple[int, int] | None:
    """Return the last step of the run that is over first, and the other's next one."""
    one, other = len(left), len(right)
    if one == other or not 0 < min(one, other) < _WHOLE:
        return None
    shorter = left if one < other else right
    if shorter.state(len(shorter) - 1).exception:  # it was ended, perhaps by the recorder
        return None
    return (one - 1, one) if one < other else (other, other - 1)


def changed_line(left: Steps, right: Steps) -> tuple[int, int] | None:
    """Return the first pair of steps at which a line with another text has run."""
    return next(_changed(left, right), None)


def _changed(left: Steps, right: Steps) -> Iterator[tuple[int, int]]:
    """Yield the pairs of steps in which the lines read otherwise, as far as the runs go alike."""
    ours, theirs = left.source, right.source
    left_over = _MOST
    for step in range(min(len(left), len(right))):
        line, other = left.line_of(step), right.line_of(step)
        if line - ours.first_line != other - theirs.first_line or not left_over:
            return
        if ours.line(line) != theirs.line(other):
            left_over -= 1
            yield step, step


def _differ(left: Steps, right: Steps, pair: tuple[int, int]) -> bool:
    one, other = left.state(pair[0]).result, right.state(pair[1]).result
    return repr(one) != repr(other)
