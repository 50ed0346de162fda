"""A differentiator that is handed an array of integers, in which no small step can be taken."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.uses.call import Call
from tutor.diagnosis.uses.use import Case, Use, error

_FAIR = 1e-3


def find_integers(case: Case) -> Iterator[Use]:
    """Yield the calls whose slopes come out otherwise than those of the same numbers as floats."""
    for call in case.calls:
        definition = case.definitions.get(call.name)
        if not call.dtype.startswith(("int", "uint")) or definition is None:
            continue
        found = call.slopes
        given = f"=x{call.number}.astype(float)"
        floats = case.student.observe(definition.expression, f"=f{call.number}", given).array()
        if found is None or floats is None or found.shape != floats.shape:
            continue
        scale = float(np.max(np.abs(floats), initial=0.0)) or 1.0
        if np.max(np.abs(found - floats), initial=0.0) > 0.1 * scale:
            yield _use(case, call, found, floats)


def _use(case: Case, call: Call, found: object, floats: object) -> Use:
    one, other = np.ravel(np.asarray(found, float)), np.ravel(np.asarray(floats, float))
    worst = int(np.argmax(np.abs(one - other)))
    what = f"slope {worst} of the array of integers"
    evidence = Evidence(what, _truncated(case, call, worst), float(one[worst]))
    case.student.keep({f"live{call.number}": case.student.copies([f"x{call.number} * 1.0"])[0]})
    slopes, picked = call.central(case.student)
    left = float(np.max(np.abs(other[picked] - slopes)) / (np.max(np.abs(slopes)) or 1.0))
    repair = Repair(left < _FAIR, left, _as_floats(case, call))
    return case.at(call.place.module, call.place.line, error("integer-array", evidence), repair)


def _truncated(case: Case, call: Call, at: int) -> float:
    """Return the slope that an array of integers shows: x + h and x - h are cut toward zero."""
    definition = case.definitions[call.name]
    point = np.array([1.5, 2.5])
    asked = case.student.differentiate(definition.expression, point, np.array([0.0, 1.0]))
    if asked.points.shape[1:] != point.shape:
        return float("nan")
    moves = asked.points - point
    h = float(f"{np.max(np.abs(moves)):.9g}")  # without what rounding added
    live = f"live{call.number}"
    x = np.asarray(case.student.copies([f"x{call.number}"])[0])
    values = []
    for move in (h, -h) if np.any(moves < 0) else (h, 0.0):
        moved = x.copy()
        moved.flat[at] = int(x.flat[at] + move)
        case.student.put({live: moved})
        values.append(case.student.observe(f"f{call.number}", *call.args()).number() or 0.0)
    case.student.put({live: x})
    return float(np.trunc((values[0] - values[1]) / (2 * h if np.any(moves < 0) else h)))


def _as_floats(case: Case, call: Call) -> str:
    text = case.texts[call.place.module]
    nodes = text.calls(call.name, call.place.line)
    if not nodes or len(nodes[0].args) < 2:
        return ""
    f, x = (text.piece(arg) for arg in nodes[0].args[:2])
    return f"{call.name}({f}, {x}.astype(float))"
