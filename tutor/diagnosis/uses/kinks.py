"""Slopes taken at a kink of ReLU, where there are two of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.uses.call import Call, Floats, unit
from tutor.diagnosis.uses.checks import has_check
from tutor.diagnosis.uses.use import Case, Use, error

_MOST = 60  # elements
_FAR, _NEAR = 1e-5, 1e-7  # steps: a kink within both is at the very point
_SAME = 0.05  # how far the two sides of a kink may seem apart from one step to the other
_NOISE = 1e-6  # of the value of f
_GAP = 1e-2  # of the largest slope


def find_kinks(case: Case) -> Iterator[Use]:
    """Yield the calls at a point where f has another slope to either side, if it is a check."""
    if not has_check(case):
        return
    for call in case.calls:
        found = call.slopes
        if found is None or found.shape != call.shape or call.size > _MOST or not call.step:
            continue
        yield from _kink(case, call, found)


def _kink(case: Case, call: Call, found: Floats) -> Iterator[Use]:
    student, live = case.student, f"live{call.number}"
    wide = _sides(case, call, _FAR)
    scale = float(np.max(np.abs(found), initial=0.0))
    gaps = np.abs(wide[0] - wide[1])
    noise = max(_GAP * scale, _NOISE * max(abs(value) for value in call.values))
    if not np.isfinite(gaps).all() or gaps.max() <= noise:
        return
    near = _sides(case, call, _NEAR)
    closer = np.abs(near[0] - near[1])
    gaps = np.where(np.abs(gaps - closer) <= _SAME * gaps, gaps, 0.0)
    if gaps.max() <= noise:
        return
    worst = int(np.argmax(gaps))
    before = np.asarray(student.copies([live])[0], float)
    student.put({live: before + np.random.default_rng(0).uniform(0.01, 0.05, call.shape)})
    moved = _sides(case, call, _NEAR)
    student.put({live: before})
    left = float(np.max(np.abs(moved[0] - moved[1])) / scale)
    right, other = float(near[0][worst]), float(near[1][worst])
    evidence = (
        Evidence("slope to the right minus slope to the left", "other than 0", right - other),
        Evidence("numerical slope: half of both", (right + other) / 2, float(found.ravel()[worst])),
    )
    if left < _GAP:
        repair = Repair(True, left, "")
        proved = error("relu-kink", *evidence)
        use = case.at(call.place.module, call.place.line, proved, repair)
        yield replace(use, is_symptom=call not in case.own_calls)


def _sides(case: Case, call: Call, h: float) -> tuple[Floats, Floats]:
    """Return the slopes to the right and to the left of every element."""
    moves = [(f"live{call.number}", unit(call.shape, i), [h, 0.0, -h]) for i in range(call.size)]
    three = np.array(case.student.losses(f"f{call.number}", call.args(), moves), float)
    return (three[:, 0] - three[:, 1]) / h, (three[:, 1] - three[:, 2]) / h
