"""The accused part alone put right: the proof that it, and nothing else, was wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.diagnosis.accuse import Accused, Case
from tutor.diagnosis.asked import Student
from tutor.diagnosis.changes import change, held, is_backward, is_within
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.edits import Edit, general, named, spelt, targeted
from tutor.diagnosis.examine import Examined, examine
from tutor.diagnosis.findings import Left, Repair
from tutor.diagnosis.glance import glance, telling
from tutor.diagnosis.harm import with_harm
from tutor.diagnosis.left import error_left, is_of_gradients
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts.loss_layer import LossLayer
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.parts.replacement import replacement
from tutor.diagnosis.rehearsal import Change, Rehearsal
from tutor.pitfalls import Severity

_MOST = 3000  # questions that the trials for one accusation may ask
_RATIOS = {
    "gradient-sign",
    "missing-batch-division",
    "double-batch-division",
    "wrong-batch-size",
}


@dataclass(frozen=True, slots=True)
class Repaired:
    """The line that is accused and what came of changing it."""

    line: int
    repair: Repair
    pitfall: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a repair is tried on.

    Attributes
    ----------
    case : Case
        What is known of the file: its definitions, its nets, what its own run showed.
    sources : mapping of str to str
        The modules' sources, by their name inside the jail.
    """

    student: Student
    case: Case
    sources: Mapping[str, str]
    seed: int

    def examine(self, one: Examined) -> Examined | None:
        """Measure a part as it is now, the file's own use of it included."""
        after = examine(self.student, one.taken, self.seed)
        return None if after is None else with_harm(self.student, after, self.case.events)

    def repaired(self, after: Examined, line: str) -> Repair:
        """Return the repair of a part that is right now, with what is left to the right one.

        Where a net of the file is made of the part, and right with it, that is the largest error
        of its gradients; else that of the part's own figures.
        """
        name = after.taken.definition.name
        for net in self.case.networks():
            if name in self.case.read_by(net.taken.definition):
                now = examine(self.student, net.taken, self.seed)
                if now is not None and isinstance(now.measured, Network) and now.measured.agrees:
                    return Repair(True, error_left(now.measured), line, Left.NET)
        found = error_left(after.measured)
        left = Left.GRADIENTS if is_of_gradients(after.measured) else Left.FIGURES
        finite = found if found is not None and math.isfinite(found) else None
        return Repair(True, finite, line, left)


def repair(bench: Bench, accused: Accused) -> Repaired | None:
    """Look for the one change of a line that puts an accused definition right.

    Changes that undo the pitfall come first, then the right part in the place of the accused one,
    then any other change: of a fault that has a name, such a one only shows the line.

    Returns
    -------
    Repaired or None
        None if nothing confirms it.
    """
    one = accused.examined
    if one is None or accused.proof.severity is Severity.ADVICE:
        return None
    definition = bench.case.definitions[accused.name.partition(".")[0]]
    trials = Rehearsal(bench.student)
    named_one = bool(accused.proof.pitfall)
    ways: list[Callable[[], Repaired | None]] = [
        lambda: _edited(bench, trials, accused, definition, targeted, shown=True),
        lambda: _swapped(bench, accused, definition, one),
        lambda: _edited(bench, trials, accused, definition, general, shown=not named_one),
    ]
    if not named_one:
        ways = [ways[1]] if _is_wrong_net(one) else [ways[2], ways[1]]
    return next((found for found in (way() for way in ways) if found is not None), None)


def _is_wrong_net(one: Examined) -> bool:
    """Tell whether it is a net with a wrong gradient: then `mend` has tried its lines."""
    net = one.measured
    return isinstance(net, Network) and net.has_gradient and not net.agrees


_Edits = Callable[[Definition, str, str, Sequence[str]], Iterator[Edit]]


def _edited(
    bench: Bench,
    trials: Rehearsal,
    accused: Accused,
    definition: Definition,
    changes: _Edits,
    *,
    shown: bool,
) -> Repaired | None:
    """Return the first change of a line with which the part is right."""
    source, pitfall = bench.sources[definition.module], accused.proof.pitfall
    try:
        for part in _parts(definition, accused):
            for edit in changes(part, source, pitfall, held(definition)):
                if trials.asked > _MOST:
                    return None
                after = _after(bench, trials, accused, change(definition, part, edit, source))
                if after is not None and _is_right(after, accused):
                    put_right = bench.repaired(after, spelt(edit) if shown else "")
                    return Repaired(edit.line, put_right, pitfall or _name(edit))
    finally:
        trials.close()
    return None


def _after(bench: Bench, trials: Rehearsal, accused: Accused, made: Change) -> Examined | None:
    """Measure the accused part with a change; None if a glance tells that it is not right now."""
    one = accused.examined
    assert one is not None
    net = one.measured
    must_agree = isinstance(net, Network) and len({p.pitfall for p in one.errors}) < 2
    if must_agree and one.taken.role is Role.NETWORK and isinstance(net, Network) and net.loss:
        last = telling(net)
        near = trials.run([made], "glance", lambda s: glance(s, last, bench.seed))
        if not near or not last.batches[0].gradients.keys() <= {name for _, name in near}:
            return None
    return trials.run([made], "part", lambda s: replace(bench, student=s).examine(one))


def _parts(definition: Definition, accused: Accused) -> list[Definition]:
    """Return the definition, or those of its methods that may be to blame, likeliest first."""
    if not definition.methods:
        return [definition]
    own = accused.name.partition(".")[2]
    if own in definition.methods:
        return [definition.methods[own]]
    parts = [p for p in definition.methods.values() if is_within(p, definition)]
    parts = [p for p in parts if not p.name.endswith("__init__")]
    backward = [p for p in parts if is_backward(p)]
    forward = [p for p in parts if not is_backward(p)]
    return [*forward, *backward] if _is_of_forward(accused) else [*backward, *forward]


def _name(edit: Edit) -> str:
    """Return the pitfall that a change undoes, but none that one ratio would have shown."""
    found = named(edit)
    return "" if found in _RATIOS else found


def _is_of_forward(accused: Accused) -> bool:
    told = accused.proof.evidence[0].what if accused.proof.evidence else ""
    return told.startswith("forward") or accused.proof.pitfall in ("sigmoid-sign", "squashed-twice")


def _is_right(after: Examined, accused: Accused) -> bool:
    """Tell whether the fault is gone and no new one has come."""
    before = accused.examined
    assert before is not None
    mine = {p.pitfall for p in before.errors}
    now = {p.pitfall for p in after.errors}
    told = {p.pitfall for p in after.proofs if p.seen or not accused.proof.seen}
    if accused.proof.pitfall in now | told or now - mine - {"softmax-global-max"}:
        return False
    found = after.measured
    if isinstance(found, Network):
        return found.agrees or (bool(now) and len(now) < len(mine))
    if isinstance(found, LossLayer):
        return found.is_right
    return after.is_part


def _swapped(
    bench: Bench, accused: Accused, definition: Definition, one: Examined
) -> Repaired | None:
    """Put the right part in the place of the accused one."""
    source = replacement(one.taken.role, definition)
    if not source:
        return None
    if not bench.student.redefine(definition.name, source, 1, definition.module):
        return None
    after = bench.examine(one)
    is_right = after is not None and _is_right(after, accused)
    put_right = bench.repaired(after, "") if after is not None and is_right else None
    bench.student.restore()
    return None if put_right is None else Repaired(0, put_right, accused.proof.pitfall)
