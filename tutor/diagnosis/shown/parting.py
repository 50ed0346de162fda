"""Where a run and the repaired one part."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.trace.find import first_parting
from tutor.trace.steps import Steps

_MOST = 500  # pairs of changed lines that are looked at


def parting(left: Steps, right: Steps) -> tuple[int, int] | None:
    """Return the first pair of steps with other values, or at which another value is returned."""
    found = first_parting(left, right)
    returned = next((pair for pair in _changed(left, right) if _differ(left, right, pair)), None)
    return min((pair for pair in (found, returned) if pair is not None), default=None)


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
