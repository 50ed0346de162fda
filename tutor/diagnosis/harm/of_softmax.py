"""What a softmax does to the file's own logits."""

from __future__ import annotations

import ast

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.examine import Examined
from tutor.diagnosis.harm.seen import Seen, has, shown
from tutor.diagnosis.proof import Proof


def mutated(student: Student, one: Examined, seen: Seen) -> Proof | None:
    """Return that the array that a numerical gradient moves is moved by the softmax as well."""
    x = seen.args[0] if seen.args else None
    if not (has(one, "softmax-mutates-input") and seen.within and seen.shared):
        return None
    if not isinstance(x, np.ndarray) or not seen.moved[0]:
        return None
    what = "how far one call moves the logits that are being differentiated"
    largest = np.max(x, axis=-1), np.max(x)
    shifts = [float(np.max(np.abs(m))) for m in largest]
    predicted = min(shifts, key=lambda shift: abs(shift - seen.moved[0]))
    return shown("softmax-mutates-input", what, predicted, seen.moved[0])


def fixed_rows(student: Student, one: Examined, seen: Seen) -> Proof | None:
    """Return that a softmax made for so many rows was given a batch of another size."""
    x = seen.args[0] if seen.args else None
    if not has(one, "hard-coded-batch") or not seen.raised or not isinstance(x, np.ndarray):
        return None
    definition = one.taken.definition
    now = student.observe(definition.expression, x)
    rows = _rows_of(definition)
    if not now.raised or not rows:
        return None
    what = f"softmax of the file's own {x.shape} batch"
    predicted = f"cannot reshape array of size {len(x)} into shape ({rows},1)"
    return shown(
        "hard-coded-batch", what, f"{now.raised}: {predicted}", f"{now.raised}: {now.text}"
    )


def _rows_of(definition: Definition) -> int:
    """Return the number of rows that a reshape of a definition names; 0 if none does."""
    numbers = [
        node.value
        for call in ast.walk(definition.node)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("reshape")
        for arg in call.args
        for node in ast.walk(arg)
        if isinstance(node, ast.Constant) and isinstance(node.value, int)
    ]
    return max(numbers, default=0)
