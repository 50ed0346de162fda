"""A net whose gradient is wrong: the lines that put it right, one after the other.

Every definition that the net reads is tried, its own methods first. A change counts if more
parameters agree with it than before, entry by entry, and none that agreed is lost; the net is
right when all agree. So two faults are found as two.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tutor.diagnosis.asked import Student
from tutor.diagnosis.changes import (
    anew,
    change,
    held,
    is_backward,
    is_within,
    whole,
    writes_gradient,
)
from tutor.diagnosis.definitions import Definition, definitions
from tutor.diagnosis.edits import Edit, general, named, spelt, targeted
from tutor.diagnosis.examine import Examined, examine
from tutor.diagnosis.findings import Evidence, Left, Repair
from tutor.diagnosis.glance import Agreeing, agreeing, glance, telling
from tutor.diagnosis.left import error_left
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts.functional import is_functional
from tutor.diagnosis.parts.net_faults import ratio
from tutor.diagnosis.parts.network import Network, agree, ask_gradient_again
from tutor.diagnosis.parts.patterns import unnamed
from tutor.diagnosis.proof import Proof, is_close, proof
from tutor.diagnosis.rehearsal import Change, Rehearsal

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
_MOST = 2500  # questions that the trials for one net may ask
_Trial = tuple[Definition, Definition, Edit]


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
    suspects: list[Definition]
    made: dict[str, tuple[Definition, str]] = field(default_factory=dict)
    added: list[tuple[str, int, int]] = field(default_factory=list)
    trials: Rehearsal = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the program as it is."""
        self.trials = Rehearsal(self.student)

    def with_change(self, definition: Definition, part: Definition, edit: Edit) -> list[Change]:
        """Return the changes that were accepted and one more."""
        accepted = [anew(made, text) for made, text in self.made.values()]
        return [*accepted, change(definition, part, edit, self.texts[definition.module])]

    def accept(self, definition: Definition, part: Definition, edit: Edit) -> None:
        """Leave a change in; the next ones are changes of the text with it."""
        module = definition.module
        text = whole(definition, part, self.texts[module], edit.source)
        lines = self.texts[module].split("\n")
        rest = lines[definition.end_line :]
        new = "\n".join([*lines[: definition.line - 1], text, *rest])
        self.added.append((module, edit.line, new.count("\n") - self.texts[module].count("\n")))
        self.texts[module] = new
        self.made[definition.name] = (definition, text)
        now = definitions(module, ast.parse(new))
        self.suspects = [now.get(d.name, d) if d.module == module else d for d in self.suspects]

    def line(self, module: str, line: int) -> int:
        """Return where a line of the text as it reads now stands in the student's own."""
        return line - sum(n for m, at, n in self.added if m == module and at < line)


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
    state = _Sources(student, dict(sources), list(suspects))
    found: list[Mended] = []
    now = net
    try:
        for _ in range(_ROUNDS):
            step = _one(state, now, pitfall if not found else "", seed)
            if step is None:
                return []
            mended, now = step
            found = _joined(found, mended)
            if isinstance(now.measured, Network) and now.measured.agrees:
                return confirmed(found, error_left(now.measured))
    finally:
        state.trials.close()
    return []


def confirmed(found: Sequence[Mended], error: float | None) -> list[Mended]:
    """Say of each line what is left of all gradients, once all of the lines are put right."""
    left = Left.NET if len(found) == 1 else Left.TOGETHER
    return [replace(one, repair=Repair(True, error, one.repair.line, left)) for one in found]


def _one(
    state: _Sources,
    net: Examined,
    pitfall: str,
    seed: int,
) -> tuple[Mended, Examined] | None:
    """Return the change with which most parameters agree that did not before."""
    best: tuple[int, Definition, Definition, Edit, Examined] | None = None
    before = _agreeing(net)
    for definition, part, edit in _candidates(state, pitfall):
        if state.trials.asked > _MOST:
            break
        least = best[0] if best else 0
        after = _after(state, net, (definition, part, edit), before, seed)
        gained = _gain(before, after)
        if after is not None and gained > least:
            best = (gained, definition, part, edit, after)
        if best and isinstance(best[4].measured, Network) and best[4].measured.agrees:
            break
    if best is None:
        return None
    _, definition, part, edit, after = best
    line = state.line(definition.module, edit.line)
    state.accept(definition, part, edit)
    return _mended(net, after, part, replace(edit, line=line), pitfall), after


def _joined(found: list[Mended], new: Mended) -> list[Mended]:
    """Return the lines found so far with one more; the same fault twice in a part is told once."""
    for at, one in enumerate(found):
        if (one.proof.pitfall, one.definition.name) == (new.proof.pitfall, new.definition.name):
            lines = [line for line in (one.repair.line, new.repair.line) if line]
            both = Repair(True, None, "\n".join(lines))
            return [*found[:at], replace(one, repair=both), *found[at + 1 :]]
    return [*found, new]


def _after(
    state: _Sources, net: Examined, trial: _Trial, before: Agreeing, seed: int
) -> Examined | None:
    """Measure the net with a change: only its gradient, where its loss cannot have changed.

    None if a glance tells that no parameter can agree with it that did not.
    """
    found, changes = net.measured, state.with_change(*trial)
    run = state.trials.run
    if not isinstance(found, Network) or not found.loss:
        return run(changes, "whole", lambda s: examine(s, net.taken, seed))
    one = telling(found)
    known = {key for key in before if key[0] == len(one.batches[0].x)}
    if is_backward(trial[1]):
        first = run(changes, "one batch", lambda s: ask_gradient_again(s, one))
        if first is None or not known < agreeing(first):
            return None
        again = run(changes, "gradient", lambda s: ask_gradient_again(s, found))
        return None if again is None else replace(net, measured=again, proofs=())
    if net.taken.role is Role.NETWORK:
        near = run(changes, "glance", lambda s: glance(s, one, seed))
        if near is None or not known < near:
            return None
    return run(changes, "whole", lambda s: examine(s, net.taken, seed))


def _candidates(state: _Sources, pitfall: str) -> Iterator[tuple[Definition, Definition, Edit]]:
    """Yield changes that undo the pitfall, then all others, of backward passes first."""
    parts = [
        (definition, part)
        for definition in state.suspects
        for part in (list(definition.methods.values()) or [definition])
        if part.module == definition.module
        and is_within(part, definition)
        and not part.name.endswith("__init__")
    ]
    parts.sort(key=lambda pair: not is_backward(pair[1]))
    for changes in (targeted, general):
        for definition, part in parts:
            of_the_loss = pitfall in OF_THE_LOSS
            both = not of_the_loss and is_functional(part)
            if not (is_backward(part) or of_the_loss or both):
                continue  # it would be bent until it fits a gradient that is wrong
            text = state.texts[definition.module]
            for edit in changes(part, text, pitfall, held(definition)):
                if not both or writes_gradient(edit.old):
                    yield definition, part, edit


def _agreeing(net: Examined) -> Agreeing:
    return agreeing(net.measured) if isinstance(net.measured, Network) else set()


def _gain(before: Agreeing, after: Examined | None) -> int:
    now = _agreeing(after) if after is not None else set()
    return len(now) - len(before) if before <= now else 0


def _mended(
    before: Examined, after: Examined, part: Definition, edit: Edit, pitfall: str
) -> Mended:
    found = before.measured
    assert isinstance(found, Network)
    changed = sorted(_agreeing(after) - _agreeing(before))
    name = changed[-1][1] if changed else ""
    proofs = [p for p in before.errors if p.pitfall]
    slug = pitfall or named(edit)
    told = ""
    if proofs and proofs[0].pitfall == slug:
        evidence = proofs[0].evidence
    elif slug:
        evidence = _foretold(found, slug, changed)
    else:
        one = _in_words(found, name)
        evidence, told = one.evidence, one.sentence
    return Mended(
        part,
        edit.line,
        Proof(slug, evidence, None, told, part.module, edit.line),
        Repair(True, None, spelt(edit)),
    )


def _foretold(net: Network, slug: str, changed: Sequence[tuple[int, str]]) -> tuple[Evidence, ...]:
    """Return a figure that a pitfall foretells of the gradients that its repair puts right."""
    size, name = changed[-1]
    pairs = [(g, s) for b, n, g, s in net.pairs() if (len(b.x), n) == (size, name)]
    factors = {
        "missing-batch-division": float(size),
        "double-batch-division": 1 / size,
        "bias-gradient": 1 / size,
        "gradient-sign": -1.0,
    }
    found = ratio(*pairs[0]) if pairs else None
    if slug in factors and found is not None and is_close(found, factors[slug], 1e-2):
        what = f"gradient of {name} over the slope, batch of {size}"
        return (Evidence(what, factors[slug], found),)
    names = ", ".join(dict.fromkeys(n for _, n in changed))
    wrong = ", ".join(dict.fromkeys(n for _, n, g, s in net.pairs() if not agree(g, s)))
    return (Evidence("parameters whose gradients are wrong because of it", names, wrong),)


def _in_words(net: Network, name: str) -> Proof:
    """Return how the gradient of a parameter differs from the slopes, in the larger batch."""
    batch = net.batches[-1]
    gradient, slopes = batch.gradients[name], batch.slopes[name]
    others = {n: g for n, g in batch.gradients.items() if n != name}
    if gradient.shape != slopes.shape:
        told = str(slopes.shape), str(gradient.shape)
        return proof("", f"shape of the gradient of {name}", *told)
    return unnamed(f"the gradient of {name}", gradient, slopes, net.weights.get(name), others)


def suspects_of(net: Examined, read: set[str], known: Mapping[str, Definition]) -> list[Definition]:
    """Return the definitions that a net's gradient passes through, its own class last."""
    own = net.taken.definition
    others = [known[name] for name in sorted(read) if name in known]
    return [own, *(d for d in others if d is not own)]
