"""The same place in a run that was recorded anew."""

from __future__ import annotations

from bisect import bisect_right

from tutor.trace import Cursor
from tutor.trace.steps import Steps


def same_place(old: Cursor, new: Steps) -> int:
    """Return the step of a new run that stands where a reader stands in the old one.

    The same iteration (or the last, if there are fewer), and in it the same line by its text,
    as often as it had come there. Where the line is gone, the one that is nearest by its number
    within the function; where nothing is left, the first step.
    """
    steps, step = old.outermost, old.outer_step
    if not len(new) or not len(steps):
        return 0
    first, after = _stretch(steps, step)
    wanted = _text(steps, step)
    times = sum(_text(steps, at) == wanted for at in range(first, step + 1))
    begin, end = _same_stretch(steps, step, new)
    alike = [at for at in range(begin, end) if _text(new, at) == wanted]
    if alike:
        return alike[min(times, len(alike)) - 1]
    at = _offset(steps, step)
    share = (step - first) / max(after - first, 1)
    near = begin + share * (end - begin)
    return min(range(begin, end), key=lambda k: (abs(_offset(new, k) - at), abs(k - near)))


def _text(steps: Steps, step: int) -> str:
    return "".join(steps.source.line(steps.line_of(step)).split())


def _offset(steps: Steps, step: int) -> int:
    return steps.line_of(step) - steps.source.first_line


def _stretch(steps: Steps, step: int) -> tuple[int, int]:
    """Return the steps of the iteration that a step is in, or of what lies between two."""
    iteration = steps.iteration_of(step)
    if iteration is not None:
        return steps.iteration_start(iteration), steps.iteration_end(iteration) + 1
    return _between(steps, _before(steps, step))


def _same_stretch(old: Steps, step: int, new: Steps) -> tuple[int, int]:
    if not new.passes:
        return 0, len(new)
    iteration = old.iteration_of(step)
    if iteration is not None:
        same = min(iteration, new.passes - 1)
        return new.iteration_start(same), new.iteration_end(same) + 1
    before = _before(old, step)
    is_last = before == old.passes - 1
    begin, end = _between(new, new.passes - 1 if is_last else min(before, new.passes - 1))
    return (begin, end) if begin < end else (0, len(new))


def _before(steps: Steps, step: int) -> int:
    """Return the last iteration that begins before a step, -1 for none."""
    return bisect_right(range(steps.passes), step, key=steps.iteration_start) - 1


def _between(steps: Steps, iteration: int) -> tuple[int, int]:
    """Return the steps between the end of an iteration and the beginning of the next."""
    begin = steps.iteration_end(iteration) + 1 if iteration >= 0 else 0
    is_last = iteration + 1 >= steps.passes
    return begin, len(steps) if is_last else steps.iteration_start(iteration + 1)
