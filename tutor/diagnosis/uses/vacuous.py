"""Gradient checks of nothing: every slope is 0, and so is every gradient beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence, Left, Repair
from tutor.diagnosis.names import Role, plain
from tutor.diagnosis.uses.call import Call, calls_of
from tutor.diagnosis.uses.checks import (
    NUMERICAL,
    Comparison,
    arrays_of,
    comparisons,
    given_above,
    value_of,
)
from tutor.diagnosis.uses.redefined import nets_left
from tutor.diagnosis.uses.text import called
from tutor.diagnosis.uses.use import Case, Use, error

_ZERO = 1e-12


def find_vacuous(case: Case) -> Iterator[Use]:
    """Yield the checks of nothing."""
    found = [c for text in case.texts.values() for c in comparisons(text)]
    yield from _vacuous(case, found)
    yield from _of_zeros(case, found)


def _vacuous(case: Case, found: list[Comparison]) -> Iterator[Use]:
    """Yield checks in which every slope and every gradient is 0."""
    lines = {c.place: [d for d in case.calls if d.place == c.place] for c in case.calls}
    for place, calls in lines.items():
        near = [c for c in found if c.module == place.module and c.is_numerical]
        if not near or not all(map(_is_zero, calls)):
            continue
        gradients = _compared(case, near, calls)
        if gradients is None or gradients > _ZERO:
            continue
        repair, module, line = _filled(case, calls[0])
        if repair is None:
            continue
        slopes = max(float(np.max(np.abs(c.slopes))) for c in calls if c.slopes is not None)
        evidence = (
            Evidence("largest numerical slope", 0.0, slopes),
            Evidence("largest entry of the gradient beside it", 0.0, gradients),
        )
        yield case.at(module, line, error("vacuous-check", *evidence), repair)


def _is_zero(call: Call) -> bool:
    found = call.slopes
    return found is not None and found.shape == call.shape and bool(np.all(np.abs(found) <= _ZERO))


def _compared(case: Case, near: list[Comparison], calls: list[Call]) -> float | None:
    """Return the largest entry of the gradients that the slopes are compared with."""
    shapes = [call.shape for call in calls]
    largest = [
        float(np.max(np.abs(values)))
        for one in near
        for name in one.names
        if not NUMERICAL.search(plain(name))
        for values in arrays_of(value_of(case, one.module, name)).values()
        if values.shape in shapes and values.size
    ]
    return max(largest, default=None)


def _filled(case: Case, call: Call) -> tuple[Repair | None, str, int]:
    """Fill the zeros that f reads with random numbers, and look for slopes."""
    student, place = case.student, call.place
    read = [one for one in student.oracle.ask("reads", f"f{call.number}") if one["zero"]]
    read = [r for r in read if not student.oracle.ask("shares", f"live{call.number}", r["kept"])]
    rng = np.random.default_rng(0)
    for one in sorted(read, key=lambda r: len(str(r["path"]))):
        zeros = np.zeros(one["shape"])
        student.put({one["kept"]: rng.normal(size=one["shape"])})
        slopes, _ = call.central(student)
        student.put({one["kept"]: zeros})
        if np.any(np.abs(slopes) > 1e-8):
            given = given_above(case.texts[place.module], str(one["path"]), place.line)
            text = f"{one['path']} = np.random.randn{tuple(one['shape'])}"
            line = given.lineno if given is not None else place.line
            return Repair(True, nets_left(case), text, Left.NET), place.module, line
    return None, place.module, place.line


def _of_zeros(case: Case, found: list[Comparison]) -> Iterator[Use]:
    """Yield functions that check a net of their own making, whose weights are 0.

    Only the judge calls them; then all the slopes of matrices are 0.
    """
    checks = {one.owner for one in found if one.is_numerical}
    for statement in case.driven:
        name = statement.partition("(")[0]
        calls = [c for c in case.calls_each_way if c.chain[-1].function == name]
        if not any(checks & {place.function for place in call.chain} for call in calls):
            continue
        matrices = [call for call in calls if len(call.shape) == 2]
        if matrices and all(map(_is_zero, matrices)):
            yield from _zeros_filled(case, name, statement)


def _zeros_filled(case: Case, name: str, statement: str) -> Iterator[Use]:
    """Yield the constant 0 that a net is made with, if there are slopes with another number."""
    definition = case.definitions.get(name)
    if definition is None:
        return
    text = case.texts[definition.module]
    nets = {part.definition.name for part in case.parts if part.role is Role.NETWORK}
    made = [n for n in ast.walk(definition.node) if isinstance(n, ast.Call) and called(n) in nets]
    given = [value for call in made for value in (*call.args, *(k.value for k in call.keywords))]
    for node in given:
        if not isinstance(node, ast.Constant) or node.value != 0 or isinstance(node.value, bool):
            continue
        largest = _largest(case, definition, text.with_piece(node, "0.1"), statement)
        if largest > 1e-6:
            line = text.piece(text.statement(node.lineno) or node)
            filled = line.replace(text.piece(node), "0.1", 1)
            repair = Repair(True, nets_left(case), filled, Left.NET)
            evidence = (
                Evidence("largest numerical slope of a matrix", 0.0, 0.0),
                Evidence("the same with weights other than 0", "above 0", largest),
            )
            proved = error("vacuous-check", *evidence)
            yield case.at(text.name, node.lineno, proved, repair, name)
            return


def _largest(case: Case, definition: Definition, source: str, statement: str) -> float:
    """Return the largest slope that a function finds for a matrix as it reads now."""
    student = case.student
    whole = "\n".join(source.split("\n")[definition.line - 1 : definition.end_line])
    before = len(student.events())
    if not student.redefine(definition.name, whole, definition.line, definition.module):
        return 0.0
    student.oracle.ask("drive", [statement])
    student.restore()
    calls = calls_of(student.events()[before:])
    slopes = [call.slopes for call in calls if len(call.shape) == 2]
    return max((float(np.max(np.abs(s))) for s in slopes if s is not None), default=0.0)
