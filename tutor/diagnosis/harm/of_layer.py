"""What a loss layer makes of the file's own samples."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.examine import Examined
from tutor.diagnosis.harm.seen import Events, has, shown
from tutor.diagnosis.parts.layer import methods
from tutor.diagnosis.parts.loss_layer import ask_one
from tutor.diagnosis.proof import Proof, is_close


def single_sample(student: Student, one: Examined, events: Events) -> Iterator[Proof]:
    """Yield that the file itself sends one sample through a layer that divides by its length."""
    definition = one.taken.definition
    forward, backward = (f"{definition.name}.{name}" for name in methods(definition))
    calls = [e for e in events if e.get("name") == forward and "moved" in e]
    if not has(one, "single-sample-division") or not any(e["name"] == backward for e in events):
        return
    if student.observe(definition.expression, keep="layer").raised:
        return
    for x, t in (e["args"][1:3] for e in calls if len(e["args"]) > 2):
        if not isinstance(x, np.ndarray) or x.ndim != 1 or not isinstance(t, np.ndarray):
            continue
        ratio = ask_one(student, definition, x.astype(float), t).ratio
        if ratio is not None and is_close(ratio, 1 / x.size, 1e-3):
            what = "backward over the slope, for the file's own sample"
            yield shown("single-sample-division", what, 1 / x.size, ratio)
            return
