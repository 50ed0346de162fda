"""A training step whose gradient is wrong: the lines that put it right, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.changes import apply, is_backward, writes_gradient
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.edits import Edit, general, named, spelt, targeted
from tutor.diagnosis.findings import Repair
from tutor.diagnosis.nets import OF_THE_LOSS, Mended, confirmed
from tutor.diagnosis.proof import Proof
from tutor.diagnosis.steps.compared import Compared
from tutor.diagnosis.steps.measured import Stepped, compare, compare_again, replaced
from tutor.diagnosis.steps.network import definition as as_definition
from tutor.diagnosis.steps.step import Step

_ROUNDS: Final = 2
_MOST: Final = 150  # changes that are tried for one step


@dataclass(slots=True)
class _Trials:
    """A step, and the program as it reads with the changes that were accepted so far."""

    student: Student
    stepped: Stepped
    texts: dict[str, str]
    step: Step
    made: list[tuple[Definition, Edit]] = field(default_factory=list)
    tried: int = 0

    def now(self, step: Step) -> Compared | None:
        """Return the gradients beside the slopes as the program is now."""
        changed = replace(self.stepped, probe=replace(self.stepped.probe, step=step))
        return compare(changed, self.stepped.values)

    def may_gain(self, step: Step, before: Compared, least: int) -> bool:
        """Tell whether more weights than so many agree now, if the loss is what it was before."""
        changed = replace(self.stepped, probe=replace(self.stepped.probe, step=step))
        again = compare_again(changed, before)
        return again is not None and int(again.right.sum()) > least

    def back(self) -> None:
        """Take back every change but those that were accepted."""
        self.student.restore()
        for definition, edit in self.made:
            apply(self.student, definition, definition, edit, self.texts[definition.module])


def mend_step(
    student: Student,
    stepped: Stepped,
    called: Sequence[Definition],
    sources: Mapping[str, str],
    proofs: Sequence[Proof],
) -> list[Mended]:
    """Look for the lines that put a step right; an empty list if they are not found.

    Parameters
    ----------
    called : sequence of Definition
        The definitions that the step calls, and those that these call.
    sources : mapping
        The modules' sources by their name inside the jail.
    proofs : sequence of Proof
        What the step's figures say.
    """
    pitfall = next((p.pitfall for p in proofs if p.pitfall), "")
    trials = _Trials(student, stepped, dict(sources), stepped.step)
    right = int(stepped.best.right.sum())
    found: list[Mended] = []
    try:
        for _ in range(_ROUNDS):
            best = _best(trials, called, pitfall if not found else "", right)
            if best is None:
                return []
            right, definition, edit, step, left = best
            one = _mended(stepped, definition, edit, proofs if not found else ())
            found.append(one)
            if step is None:
                trials.made.append((definition, edit))
                trials.back()
            else:
                trials.step = step
                trials.texts[definition.module] = _text(trials, definition, edit)
            if right == len(stepped.best.right):
                return confirmed(found, left)
    finally:
        student.restore()
    return []


_Best = tuple[int, Definition, Edit, Step | None, float | None]


def _best(trials: _Trials, called: Sequence[Definition], pitfall: str, right: int) -> _Best | None:
    """Return the change with which most weights agree, more than ``right``."""
    best: _Best | None = None
    whole = len(trials.stepped.best.right)
    before = None if pitfall in OF_THE_LOSS else trials.now(trials.step)
    for definition, edit, step in _candidates(trials, called, pitfall):
        if trials.tried == _MOST or (best is not None and best[0] == whole):
            break
        trials.tried += 1
        if step is None and not apply(
            trials.student, definition, definition, edit, trials.texts[definition.module]
        ):
            continue
        least, now = best[0] if best else right, step or trials.step
        after = None
        if before is None or trials.may_gain(now, before, least):
            after = trials.now(now)
        count = int(after.right.sum()) if after is not None else 0
        if count > least:
            left = _left(after) if after is not None and count == whole else None
            best = (count, definition, edit, step, left)
        if step is None:
            trials.back()
    return best


def _candidates(
    trials: _Trials, called: Sequence[Definition], pitfall: str
) -> Iterator[tuple[Definition, Edit, Step | None]]:
    """Yield changes of the step's own lines, then of what it calls."""
    own = as_definition(trials.step)
    source = trials.texts[own.module]
    others = sorted(called, key=lambda d: not is_backward(d))
    others = [d for d in others if not d.methods and d.name != own.name]
    for changes in (targeted, general):
        for definition in others:
            for edit in changes(definition, trials.texts[definition.module], pitfall):
                if is_backward(definition) or pitfall in OF_THE_LOSS or writes_gradient(edit.old):
                    yield definition, edit, None
        if trials.step.is_call:
            yield from ((own, edit, None) for edit in changes(own, source, pitfall))
            continue
        for edit in changes(own, source, pitfall):
            if pitfall in OF_THE_LOSS or writes_gradient(edit.old):
                step = replaced(trials.step, source, own, edit.source)
                if step is not None:
                    yield own, edit, step


def _left(after: Compared) -> float | None:
    """Return the largest error of the gradients along their directions, relative to their size."""
    far = np.abs(after.gradients - after.slopes) / np.maximum(after.norms, np.abs(after.slopes))
    found = float(np.max(np.nan_to_num(far, nan=np.inf), initial=0.0))
    return found if np.isfinite(found) else None


def _text(trials: _Trials, definition: Definition, edit: Edit) -> str:
    lines = trials.texts[definition.module].split("\n")
    return "\n".join([*lines[: definition.line - 1], edit.source, *lines[definition.end_line :]])


def _mended(
    stepped: Stepped,
    definition: Definition,
    edit: Edit,
    proofs: Sequence[Proof],
) -> Mended:
    first = proofs[0] if proofs else None
    slug = (first.pitfall if first else "") or named(edit)
    evidence = first.evidence if first else ()
    place = Proof(slug, evidence, module=definition.module, line=edit.line)
    return Mended(definition, edit.line, place, Repair(True, None, spelt(edit)))
