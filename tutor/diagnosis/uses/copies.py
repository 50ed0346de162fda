"""A differentiator that is handed an array which f never reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts.replacement import replacement
from tutor.diagnosis.proof import gap
from tutor.diagnosis.uses.call import Call, Floats
from tutor.diagnosis.uses.text import called
from tutor.diagnosis.uses.use import Case, Use, error

_H = 1e-5
_FAIR = 1e-3  # relative: between central differences of two steps


def find_copies(case: Case) -> Iterator[Use]:
    """Yield the calls in which f stays the same to the last bit while x is moved."""
    for call in case.calls:
        if _is_still(call):
            yield from _copy(case, call)


def _is_still(call: Call) -> bool:
    values = call.values
    return len(values) >= 2 and np.isfinite(values[0]) and len(set(values)) == 1 and call.step > 0


def _copy(case: Case, call: Call) -> Iterator[Use]:
    student = case.student
    read = student.oracle.ask("reads", f"f{call.number}")
    live = f"live{call.number}"
    if any(student.oracle.ask("shares", live, one["kept"]) for one in read):
        if call.given and not call.shared:
            yield from _own_copy(case, call)
        return  # f reads this very array: it is constant for another reason
    for one in read:
        if tuple(one["shape"]) != call.shape:
            continue
        slopes = student.slopes(f"f{call.number}", call.args(), [one["kept"]], _H)[one["kept"]]
        if np.any(np.abs(slopes) > 1e-9):
            yield _use(case, call, str(one["path"]), str(one["kept"]), slopes)
            return


def _own_copy(case: Case, call: Call) -> Iterator[Use]:
    """Yield a differentiator that moves a copy of its own, where f reads the array itself."""
    definition = case.definitions.get(call.name)
    slopes, picked = call.central(case.student, _H)
    if definition is None or not np.any(np.abs(slopes) > 1e-9):
        return
    evidence = (
        Evidence("difference of the values of f over the call", 0.0, float(np.ptp(call.values))),
        Evidence(
            "largest slope once x itself is moved", "other than 0", float(np.abs(slopes).max())
        ),
    )
    source = replacement(Role.DIFFERENTIATOR, definition)
    student = case.student
    if not student.redefine(definition.name, source, 1, definition.module):
        return
    again = student.observe(definition.expression, f"=f{call.number}", f"=live{call.number}")
    student.restore()
    found = again.array()
    right = found is not None and found.shape == call.shape
    if found is None or not right or not _agrees(found.ravel()[picked], slopes):
        return
    repair = Repair(True, gap(found.ravel()[picked], slopes), "")
    line = _copying(definition)
    proved = error("perturbs-a-copy", *evidence)
    yield case.at(definition.module, line, proved, repair, definition.name)


def _copying(definition: Definition) -> int:
    """Return the line in which a differentiator copies its x."""
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Call) and called(node) in ("copy", "array", "deepcopy"):
            return node.lineno
    return definition.line


def _use(case: Case, call: Call, path: str, kept: str, slopes: Floats) -> Use:
    values = Evidence(
        "difference of the values of f over the call", 0.0, float(np.ptp(call.values))
    )
    moved = Evidence(
        f"largest slope once {path} itself is moved",
        "other than 0",
        float(np.max(np.abs(slopes))),
    )
    place = call.place
    definition = case.definitions.get(call.name)
    target = definition.expression if definition else call.name
    again = case.student.observe(target, f"=f{call.number}", f"={kept}").array()
    left = gap(again, slopes) if again is not None else None
    text = _repaired(case, call, path)
    repair = Repair(left is not None and _agrees(again, slopes), left, text)
    return case.at(place.module, place.line, error("perturbs-a-copy", values, moved), repair)


def _agrees(one: Floats | None, other: Floats) -> bool:
    if one is None or one.shape != other.shape:
        return False
    return bool(np.max(np.abs(one - other)) <= _FAIR * np.max(np.abs(other)))


def _repaired(case: Case, call: Call, path: str) -> str:
    """Return the call with the array that f reads in place of the other one."""
    text = case.texts[call.place.module]
    nodes = text.calls(call.name.rpartition(".")[2], call.place.line)
    if not nodes or len(nodes[0].args) < 2:
        return ""
    node = nodes[0]
    args = [ast.unparse(arg) for arg in node.args]
    args[1] = path
    return f"{called(node)}({', '.join(args)})"
