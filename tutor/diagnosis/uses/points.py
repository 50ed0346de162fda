"""Points that stand in the columns, handed to a differentiator that takes them by rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.proof import Proof, is_close
from tutor.diagnosis.uses.call import Call, Floats
from tutor.diagnosis.uses.text import Text, called
from tutor.diagnosis.uses.use import Case, Use, error, trap

_FEW = 5  # columns that are tried
_H = 1e-5
_FAIR = 1e-3
_UNEVEN = "(lambda p: float(0.5 * p[0] ** 2 + 0.2 * p[1] ** 2 + 0.3 * p[0] * p[1]))"
_STACKS = ("array", "vstack", "stack", "asarray", "row_stack")


def find_points(case: Case) -> Iterator[Use]:
    """Yield the calls with ``np.array([X, Y])``: two rows, a point in each column."""
    for call in case.calls:
        if len(call.shape) == 2 and call.shape[1] > 2 >= call.shape[0] and call.given:
            node = _stacked(case.texts[call.place.module], call)
            if node is not None and call.name in case.definitions:
                yield from _points(case, call, node)
    for name in _driven(case):
        yield from _field(case, name)


def _stacked(text: Text, call: Call) -> ast.Call | None:
    """Return the call whose second argument stacks one-dimensional arrays."""
    for node in text.calls(call.name, call.place.line):
        if len(node.args) >= 2 and _stacks(_defined(text, node.args[1], node.lineno)):
            return node
    return None


def _defined(text: Text, node: ast.expr, line: int) -> ast.expr:
    """Return what a name was last given above a line; another expression as it is."""
    if not isinstance(node, ast.Name):
        return node
    given = [
        s
        for s in text.statements()
        if isinstance(s, ast.Assign)
        and s.lineno < line
        and any(isinstance(t, ast.Name) and t.id == node.id for t in s.targets)
    ]
    return max(given, key=lambda s: s.lineno).value if given else node


def _stacks(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or called(node) not in _STACKS or not node.args:
        return False
    held = node.args[0]
    if not isinstance(held, ast.List | ast.Tuple) or len(held.elts) != 2:
        return False
    return not any(isinstance(item, ast.List | ast.Tuple | ast.Constant) for item in held.elts)


def _points(case: Case, call: Call, node: ast.Call) -> Iterator[Use]:
    student, name = case.student, f"points{call.number}"
    x = np.asarray(student.copies([f"x{call.number}"])[0], float)
    middle = x.shape[1] // 2
    few = x[:, middle : middle + _FEW] + 0.01  # off the symmetry axes of a grid
    student.keep({name: few})
    true = _by_columns(student, call, few)
    if true is None:
        return
    target = case.definitions[call.name].expression
    found = student.observe(target, f"=f{call.number}", few).array()
    turned = student.observe(target, f"=f{call.number}", few.T.copy()).array()
    scale = float(np.max(np.abs(true))) or 1.0
    what = "slope in the first of the points"
    if found is not None and found.shape == true.shape:
        if np.max(np.abs(found - true)) <= _FAIR * scale:
            evidence = Evidence(what, float(true[0, 0]), float(found[0, 0]))
            yield _use(case, call, trap("points-transposed", evidence), None)
            return
        worst = np.unravel_index(int(np.argmax(np.abs(found - true))), true.shape)
        evidence = Evidence(what, float(true[worst]), float(found[worst]))
    else:
        told = "none" if found is None else str(found.shape)
        evidence = Evidence("shape of the slopes", str(true.shape), told)
    if turned is None or turned.T.shape != true.shape:
        return
    left = float(np.max(np.abs(turned.T - true)) / scale)
    f, points = (ast.unparse(arg) for arg in node.args[:2])
    repair = Repair(left < _FAIR, left, f"{call.name}({f}, {points}.T).T")
    if repair.confirmed:
        yield _use(case, call, error("points-transposed", evidence), repair)


# -- in a function that is never called -----------------------------------------------------------


def _driven(case: Case) -> set[str]:
    """Return the functions that only the judge calls."""
    return {statement.partition("(")[0] for statement in case.driven}


def _field(case: Case, name: str) -> Iterator[Use]:
    """Yield a call with f and a stack of coordinates, if it is right with the stack turned."""
    text = next(iter(case.texts.values()))
    function = text.function(name)
    for node in ast.walk(function or ast.Pass()):
        if not isinstance(node, ast.Call) or len(node.args) != 2:
            continue
        target = case.definitions.get(called(node))
        if target is None or not _stacks(_defined(text, node.args[1], node.lineno)):
            continue
        few = np.array([[0.5, 2.0, -1.0, 1.5], [1.0, 0.3, 0.8, -0.4]])
        true = np.array([few[0] + 0.3 * few[1], 0.4 * few[1] + 0.3 * few[0]])
        found, turned = (
            case.student.observe(target.expression, f"={_UNEVEN}", points).array()
            for points in (few, few.T.copy())
        )
        if turned is None or not is_close(turned.T, true, _FAIR) or is_close(found, true, _FAIR):
            continue
        told = float("nan") if found is None else float(found.flat[0])
        evidence = Evidence("slope in the first of the points", float(true[0, 0]), told)
        f, points = (text.piece(arg) for arg in node.args)
        left = float(np.max(np.abs(turned.T - true)) / np.max(np.abs(true)))
        repair = Repair(True, left, f"{called(node)}({f}, {points}.T).T")
        yield case.at(text.name, node.lineno, error("points-transposed", evidence), repair, name)


def _by_columns(student: Student, call: Call, few: Floats) -> Floats | None:
    """Return the slopes of f at each column; None if f does not take a point or ignores it."""
    out = np.empty_like(few)
    for column, point in enumerate(few.T):
        for row in range(len(few)):
            both = []
            for h in (_H, -_H):
                moved = point.copy()
                moved[row] += h
                value = student.observe(f"f{call.number}", moved).number()
                if value is None:
                    return None
                both.append(value)
            out[row, column] = (both[0] - both[1]) / (2 * _H)
    return out if np.any(out) else None


def _use(case: Case, call: Call, proved: Proof, repair: Repair | None) -> Use:
    return case.at(call.place.module, call.place.line, proved, repair)
