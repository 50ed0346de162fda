"""Updates that put new arrays in the place of those the layers read, or that go uphill."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import numpy as np

from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.uses.run import Form, Round, Run, Update
from tutor.diagnosis.uses.use import Case, Use, error

_NEAR = 0.25  # of the slope that a step along the gradient has


def find_updates(case: Case) -> Iterator[Use]:
    """Yield the statements of the file that update weights wrongly."""
    if not case.updates or not case.run.labels:
        return
    yield from _rebinding(case, case.run)
    yield from _climbing(case, case.run)


def _rebinding(case: Case, run: Run) -> Iterator[Use]:
    """Yield updates after which the old array is still held, and the loss is what it was."""
    labels = [a for a in run.labels if a.rebound and a.holders and a.update.form.rebinds]
    lines = {label.update.line for label in labels}
    changes = [r.after - r.before for r in run.rounds if r.lines & lines and r.size > 0]
    if not labels or any(changes):
        return
    accused = {label.update.line: label for label in labels}
    after = case.changed(_in_place(case, [label.update for label in accused.values()]))
    moved = [r.after - r.before for r in after.rounds if r.lines & lines]
    still = [a for a in after.labels if a.rebound and a.holders]
    for label in accused.values():
        held = Evidence("who still holds the old array", "other than nobody", label.holders[0])
        loss = Evidence("change of the loss by a step", 0.0, 0.0)
        evidence = (loss, held) if changes else (held,)
        text = _new_text(label.update)
        repair = Repair(any(moved) if changes else not still, None, text)
        if repair.confirmed:
            update = label.update
            proved = error("rebinds-parameters", *evidence)
            yield case.at(update.module, update.line, proved, repair)


def _new_text(update: Update) -> str:
    sign = "+" if update.form is Form.NEW_UP else "-"
    return f"{update.target} {sign}= {ast.unparse(update.step)}"


def _in_place(case: Case, updates: Sequence[Update]) -> dict[str, str]:
    return _written(case, [(update, _new_text(update)) for update in updates])


def _written(case: Case, changes: Sequence[tuple[Update, str]]) -> dict[str, str]:
    out = {}
    for name, text in case.texts.items():
        own = [(u.node, new) for u, new in changes if u.module == name]
        if own:
            out[name] = text.with_pieces(list(own))
    return out


# -- uphill ---------------------------------------------------------------------------------------


def _climbing(case: Case, run: Run) -> Iterator[Use]:
    """Yield updates that add a step along the right gradient."""
    labels = [label for label in run.labels if label.update.form.climbs and label.moved]
    lines = {label.update.line for label in labels}
    rounds = [r for r in run.rounds if r.lines & lines]
    if not any(map(_uphill, rounds)) or any(r.slope < 0 for r in rounds):
        return
    updates = list({label.update.line: label.update for label in labels}.values())
    after = case.changed(_written(case, [(u, _downhill(u)) for u in updates]))
    first = rounds[0]
    evidence = (
        Evidence(
            "slope of the loss along a step: the step's squared length over the learning rate",
            first.size / first.rate,
            first.slope,
        ),
        Evidence("change of the loss by the first step", "above 0", first.after - first.before),
    )
    lower = [r.slope < 0 for r in after.rounds if r.lines & lines]
    falls = bool(lower) and all(lower)
    accused = min(updates, key=lambda u: (u.module, u.line))
    repair = Repair(falls, None, _downhill(accused))
    if falls:
        proved = error("gradient-ascent", *evidence)
        yield case.at(accused.module, accused.line, proved, repair)


def _uphill(one: Round) -> bool:
    slope, size, rate = one.slope, one.size, one.rate
    if not np.isfinite([slope, size, rate]).all() or not size or rate <= 0:
        return False
    return bool(abs(slope - size / rate) <= _NEAR * size / rate)


def _downhill(update: Update) -> str:
    if update.form is Form.UP:
        return f"{update.target} -= {ast.unparse(update.step)}"
    return f"{update.target} = {update.target} - {ast.unparse(update.step)}"
