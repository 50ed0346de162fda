"""A net whose gradient is wrong: the lines that put it right, one after the other.

Every definition that the net reads is tried, its own methods first. A change counts if more
parameters agree with it than before, entry by entry, and none that agreed is lost; the net is
right when all agree. So two faults are found as two.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.diagnosis.asked import Student
from tutor.diagnosis.changes import apply, is_backward, is_within, whole
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.edits import Edit, edits, named
from tutor.diagnosis.examine import Examined, examine
from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.parts.net_faults import gap_of
from tutor.diagnosis.parts.network import Network, agree, ask_gradient_again
from tutor.diagnosis.proof import Proof

_ROUNDS = 3
OF_THE_LOSS = {
    "loss-not-averaged",
    "squashed-twice",
    "softmax-whole-batch",
    "softmax-wrong-axis",
    "wrong-operand",
    "wrong-batch-size",
    "regularisation-mismatch",
    "hard-coded-batch",
}
_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Mended:
    """A line that was wrong: where, what stands there now, and the proof that it was."""

    definition: Definition
    line: int
    proof: Proof
    repair: Repair


@dataclass(slots=True)
class _Sources:
    """The sources of the modules as they read with the changes made so far."""

    student: Student
    texts: dict[str, str]
    made: list[tuple[Definition, str]]

    def apply(self, definition: Definition, part: Definition, edit: Edit) -> bool:
        """Run a definition with a part of it changed; False if it does not run."""
        return apply(self.student, definition, part, edit, self.texts[definition.module])

    def back(self) -> None:
        """Take every change back but those that were accepted."""
        self.student.restore()
        for definition, text in self.made:
            self.student.redefine(definition.name, text, definition.line, definition.module)


def mend(
    student: Student,
    net: Examined,
    suspects: Sequence[Definition],
    sources: Mapping[str, str],
    pitfall: str,
    seed: int,
) -> list[Mended]:
    """Look for the lines that put a net right; an empty list if they are not found.

    Parameters
    ----------
    suspects : sequence of Definition
        The definitions that may be wrong, the most suspected first.
    sources : mapping
        The modules' sources by their name inside the jail.
    pitfall : str
        What the figures of the whole net say, empty if they say nothing.
    """
    state = _Sources(student, dict(sources), [])
    found: list[Mended] = []
    end = time.monotonic() + _SECONDS
    now = net
    try:
        for _ in range(_ROUNDS):
            step = _one(state, now, suspects, pitfall if not found else "", seed, end)
            if step is None:
                return []
            mended, now = step
            found.append(mended)
            if isinstance(now.measured, Network) and now.measured.agrees:
                return found
    finally:
        student.restore()
    return []


def _one(
    state: _Sources,
    net: Examined,
    suspects: Sequence[Definition],
    pitfall: str,
    seed: int,
    end: float,
) -> tuple[Mended, Examined] | None:
    """Return the change with which most parameters agree that did not before."""
    best: tuple[int, Definition, Definition, Edit, Examined] | None = None
    before = _agreeing(net)
    for definition, part, edit in _candidates(suspects, state.texts, pitfall):
        if time.monotonic() > end:
            break
        if state.apply(definition, part, edit):
            after = _after(state.student, net, part, seed)
            gained = _gain(before, after)
            if after is not None and gained > (best[0] if best else 0):
                best = (gained, definition, part, edit, after)
        state.back()
        if best and isinstance(best[4].measured, Network) and best[4].measured.agrees:
            break
    if best is None:
        return None
    _, definition, part, edit, after = best
    text = whole(definition, part, state.texts[definition.module], edit.source)
    state.made.append((definition, text))
    state.back()
    return _mended(net, after, part, edit, pitfall), after


def _after(student: Student, net: Examined, part: Definition, seed: int) -> Examined | None:
    """Measure the net with a change: only its gradient, where its loss cannot have changed."""
    found = net.measured
    if is_backward(part) and isinstance(found, Network):
        again = ask_gradient_again(student, found)
        return None if again is None else replace(net, measured=again, proofs=())
    return examine(student, net.taken, seed)


def _candidates(
    suspects: Sequence[Definition], texts: Mapping[str, str], pitfall: str
) -> Iterator[tuple[Definition, Definition, Edit]]:
    """Yield changes: those of backward passes first, then of what the loss is made of."""
    parts = [
        (definition, part)
        for definition in suspects
        for part in (list(definition.methods.values()) or [definition])
        if part.module == definition.module and is_within(part, definition)
    ]
    for definition, part in sorted(parts, key=lambda pair: not is_backward(pair[1])):
        if part.name.endswith("__init__"):
            continue
        if not is_backward(part) and pitfall not in OF_THE_LOSS:
            continue  # it would be bent until it fits a gradient that is wrong
        for edit in edits(part, texts[definition.module], pitfall):
            yield definition, part, edit


def _agreeing(net: Examined) -> set[tuple[int, str]]:
    found = net.measured
    if not isinstance(found, Network):
        return set()
    return {
        (len(batch.x), name)
        for batch, name, gradient, slopes in found.pairs()
        if agree(gradient, slopes) and slopes.any()
    }


def _gain(before: set[tuple[int, str]], after: Examined | None) -> int:
    now = _agreeing(after) if after is not None else set()
    return len(now) - len(before) if before <= now else 0


def _mended(
    before: Examined, after: Examined, part: Definition, edit: Edit, pitfall: str
) -> Mended:
    found, then = before.measured, after.measured
    assert isinstance(found, Network)
    assert isinstance(then, Network)
    changed = sorted(_agreeing(after) - _agreeing(before))
    name = changed[-1][1] if changed else ""
    was = {n: gap_of(g, s) for _, n, g, s in found.pairs()}
    now = {n: gap_of(g, s) for _, n, g, s in then.pairs()}
    what = f"relative error of the gradient of {name}"
    evidence: tuple[Evidence, ...] = (Evidence(what, 0.0, was.get(name, 0.0)),)
    proofs = [p for p in before.errors if p.pitfall]
    slug = pitfall or named(edit)
    if proofs and proofs[0].pitfall == slug:
        evidence = proofs[0].evidence
    return Mended(
        part,
        edit.line,
        Proof(slug, evidence, module=part.module, line=edit.line),
        Repair(
            True, max(now.get(n, 0.0) for _, n in changed) if changed else None, edit.text.strip()
        ),
    )


def suspects_of(
    net: Examined, read: set[str], definitions: Mapping[str, Definition]
) -> list[Definition]:
    """Return the definitions that a net's gradient passes through, its own class last."""
    own = net.taken.definition
    others = [definitions[name] for name in sorted(read) if name in definitions]
    return [own, *(d for d in others if d is not own)]
