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
    evidence = Evidence(what, float(other[worst]), float(one[worst]))
    case.student.keep({f"live{call.number}": case.student.copies([f"x{call.number} * 1.0"])[0]})
    slopes, picked = call.central(case.student)
    left = float(np.max(np.abs(other[picked] - slopes)) / (np.max(np.abs(slopes)) or 1.0))
    repair = Repair(left < _FAIR, left, _as_floats(case, call))
    return case.at(call.place.module, call.place.line, error("integer-array", evidence), repair)


def _as_floats(case: Case, call: Call) -> str:
    text = case.texts[call.place.module]
    nodes = text.calls(call.name, call.place.line)
    if not nodes or len(nodes[0].args) < 2:
        return ""
    f, x = (text.piece(arg) for arg in nodes[0].args[:2])
    return f"{call.name}({f}, {x}.astype(float))"
