"""A loop for vectors that the file itself runs over a matrix; one number for a whole vector."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.proof import gap
from tutor.diagnosis.uses.polynomial import MATRIX, VECTOR, Sloped, slopes_at
from tutor.diagnosis.uses.use import Case, Use, error

_FAIR = 1e-3
_STEP = 1e-4


def find_matrices(case: Case) -> Iterator[Use]:
    """Yield the differentiators whose loop over a vector the file runs over a matrix."""
    for name in dict.fromkeys(c.name for c in case.calls if len(c.shape) == 2 and c.shape[0] > 1):
        definition = case.definitions.get(name)
        if definition is not None:
            yield from _matrix(case, definition)


def find_numbers(case: Case) -> Iterator[Use]:
    """Yield the calls that give one number for a vector, though f itself gives one number."""
    for call in case.calls:
        found = call.slopes
        if found is None or found.ndim or call.size < 2 or call.returned[1] not in ((), (1,)):
            continue
        slopes, picked = call.central(case.student)
        if len(picked) < call.size or not np.isfinite(slopes).all():
            continue
        total = float(slopes.sum())
        if abs(total - float(found)) > _FAIR * max(1.0, float(np.abs(slopes).sum())):
            continue
        evidence = (
            Evidence("the one number returned", total, float(found)),
            Evidence(f"numbers returned for {call.size} elements", 1, 1),
        )
        # A right loop with the usual step, beside one with a step a tenth as long.
        left = gap(call.central(case.student, _STEP)[0], slopes)
        repair = Repair(left < _FAIR, left, "")
        yield case.at(
            call.place.module, call.place.line, error("steps-all-coordinates", *evidence), repair
        )


def _matrix(case: Case, definition: Definition) -> Iterator[Use]:
    vector = slopes_at(case.student, definition, VECTOR)
    matrix = slopes_at(case.student, definition, MATRIX)
    named = _named(matrix)
    loop = _loop(definition)
    if not vector.is_right or named is None or loop is None:
        return
    repair = _repair(case, definition, loop)
    if repair is not None and repair.confirmed:
        yield case.at(definition.module, loop.lineno, error(*named), repair, definition.name)


def _named(matrix: Sloped) -> tuple[str, Evidence] | None:
    """Return the pitfall that the slopes of a matrix show, with its figure."""
    result, rows = matrix.asked.result, len(matrix.x)
    if result.raised:
        told = f"{result.raised}: {result.text}"
        evidence = Evidence("slopes of a (2, 3) x", f"IndexError: index {rows}", told)
        return "one-d-loop-on-matrix", evidence
    if matrix.found is None:
        return None
    sums = np.broadcast_to(matrix.true.sum(axis=1, keepdims=True), matrix.x.shape)
    for share in (sums / 2, sums):
        if np.allclose(matrix.found, share, rtol=_FAIR):
            first = Evidence("first slope", float(share[0, 0]), float(matrix.found[0, 0]))
            return "row-view", first
    return None


def _loop(definition: Definition) -> ast.For | ast.While | None:
    loops = [n for n in ast.walk(definition.node) if isinstance(n, ast.For | ast.While)]
    return loops[0] if loops else None


def _repair(case: Case, definition: Definition, loop: ast.For | ast.While) -> Repair | None:
    """Let the loop go over all indices, and measure again."""
    if not isinstance(loop, ast.For):
        return None
    text = case.texts[definition.module]
    x = definition.parameters[1] if len(definition.parameters) > 1 else "x"
    new = f"np.ndindex({x}.shape)"
    source = text.with_piece(loop.iter, new).split("\n")
    first, last = definition.line - 1, definition.end_line
    if not case.student.redefine(
        definition.name, "\n".join(source[first:last]), definition.line, definition.module
    ):
        return None
    after = slopes_at(case.student, definition, MATRIX)
    case.student.restore()
    line = f"for {ast.unparse(loop.target)} in {new}:"
    return Repair(after.is_right, after.error, line)
