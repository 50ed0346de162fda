"""Which of the faults that the parts show are held against the file, and which are not.

The parameters' gradients are judged before the layers': a net whose gradients are right has no
wrong part, however a part of it looks by itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tutor.diagnosis.certain import is_certain
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.examine import Examined
from tutor.diagnosis.findings import Repair
from tutor.diagnosis.names import Role, role_of_function
from tutor.diagnosis.parts.differentiator import Differentiator
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.parts.softmax import Softmax
from tutor.diagnosis.proof import Proof
from tutor.diagnosis.steps.measured import Stepped
from tutor.diagnosis.steps.step import Step
from tutor.diagnosis.written import written
from tutor.pitfalls import Severity

_OF_A_BATCH = {
    "softmax-whole-batch",
    "softmax-wrong-axis",
    "softmax-missing-keepdims",
    "softmax-global-max",
    "hard-coded-batch",
}
_HARD = {
    "softmax-overflow",
    "softmax-global-max",
    "epsilon-wrong",
    "integer-result",
    "reshape-discarded",
    "label-one-hot-mixup",
    "all-pairs-index",
    "loss-mutates-prediction",
}
NETS = (Role.NETWORK, Role.FUNCTIONAL_NETWORK)
_ONLY_USED = (Role.SQUARED_LOSS, Role.OPTIMISER, Role.DESCENT)  # of a module that is imported
_WHOLE = (Role.LOSS_LAYER, *NETS)
_LEFT = re.compile(r"dot\((self\.)?[Ww]\d?, |\b[Ww]\d? @ |\b[Ww]\d?\.dot\(")


@dataclass(frozen=True, slots=True)
class Accused:
    """A definition, or the file's own top level, and what is held against it."""

    proof: Proof
    name: str
    module: str
    line: int
    examined: Examined | None = None
    repair: Repair | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known when it is decided what is held against the file."""

    examined: Sequence[Examined]
    definitions: Mapping[str, Definition]
    events: Sequence[Mapping[str, Any]]
    failures: Sequence[Mapping[str, Any]]
    steps: Sequence[Stepped] = ()
    missing: Sequence[str] = ()

    @property
    def has_columns(self) -> bool:
        """Tell whether samples stand in columns: weights are multiplied from the left."""
        texts = (ast.unparse(d.node) for d in self.definitions.values())
        return any(_LEFT.search(text) for text in texts)

    def networks(self) -> list[Examined]:
        """Return the nets that gave a gradient."""
        found = [e for e in self.examined if isinstance(e.measured, Network)]
        return [e for e in found if isinstance(e.measured, Network) and e.measured.has_gradient]

    def read_by(self, definition: Definition) -> set[str]:
        """Return the names that a definition reads, and what those read in turn."""
        seen: set[str] = set()
        waiting = [definition]
        while waiting:
            for name in waiting.pop().reads():
                if name not in seen and name in self.definitions:
                    seen.add(name)
                    waiting.append(self.definitions[name])
        return seen

    def uses(self, definition: Definition) -> bool:
        """Tell whether the file itself has a definition, or one that reads it, or called it."""
        own = [d for d in self.definitions.values() if d.module == "__main__"]
        read = any(definition.name in self.read_by(d) for d in own)
        called = any(e.get("name") == definition.name for e in self.events)
        return definition.module == "__main__" or read or called

    def called_by(self, step: Step) -> set[str]:
        """Return the names of the definitions that a training step calls, directly or not."""
        nodes = [n for statement in step.body for n in ast.walk(statement)]
        names = {n.id for n in nodes if isinstance(n, ast.Name)} & set(self.definitions)
        return names.union(*(self.read_by(self.definitions[name]) for name in names))

    def passes(self, step: Step, name: str) -> bool:
        """Tell whether a training step may go through a definition: it calls it, or its methods."""
        name = name.partition(".")[0]
        own = self.definitions.get(name)
        nodes = (n for statement in step.body for n in ast.walk(statement))
        methods = {n.func.attr for n in nodes
                   if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}  # fmt: skip
        calls_method = own is not None and bool(methods & set(own.methods))
        return calls_method or name in self.called_by(step)


def accuse(case: Case) -> list[Accused]:
    """Return what is held against the file, the parts before the nets made of them."""
    right, wrong = _nets(case)
    acquitted = {name for net in right for name in case.read_by(net.taken.definition)}
    suspected = {name for net in wrong for name in case.read_by(net.taken.definition)}
    for stepped in case.steps:
        (acquitted if stepped.agrees else suspected).update(case.called_by(stepped.step))
    acquitted -= suspected
    out: list[Accused] = []
    for one in case.examined:
        if one.taken.role in NETS:
            continue
        proofs = [_tempered(case, one, p) for p in one.proofs]
        out += [_against(one, p) for p in proofs if _holds(case, one, p, acquitted)]
    out = _causes_only(case, out)
    for net in case.examined:
        if net.taken.role in NETS:
            out += _against_net(case, net, out)
    return out


def _nets(case: Case) -> tuple[list[Examined], list[Examined]]:
    right: list[Examined] = []
    wrong: list[Examined] = []
    for net in case.networks():
        assert isinstance(net.measured, Network)
        (right if net.measured.agrees and not net.errors else wrong).append(net)
    return right, wrong


def _tempered(case: Case, one: Examined, proof: Proof) -> Proof:
    """Turn into advice what does no harm in the way in which the file itself uses the part."""
    name = one.taken.definition.name
    if proof.pitfall == "loss-mutates-prediction":
        inner = [case.read_by(e.taken.definition) for e in case.examined if e.taken.role in _WHOLE]
        harmless = not any(name in read for read in inner)
    elif proof.pitfall == "row-view":
        ranks = [len(e["shape"]) for e in case.events if e.get("name") == name and "shape" in e]
        harmless = bool(ranks) and max(ranks) < 2
    else:
        return proof
    return replace(proof, severity=Severity.ADVICE) if harmless else proof


def _against(one: Examined, proof: Proof) -> Accused:
    definition = one.taken.definition
    return Accused(
        proof,
        definition.name,
        proof.module or definition.module,
        proof.line or definition.line,
        one,
    )


def _holds(case: Case, one: Examined, proof: Proof, acquitted: set[str]) -> bool:
    """Tell whether a part's fault is held against the file that it stands in."""
    name, role = one.taken.definition.name, one.taken.role
    if proof.severity is Severity.ADVICE or proof.seen:
        return True
    if role in _ONLY_USED and not case.uses(one.taken.definition):
        return False
    if proof.pitfall == "crash":
        return _is_sure(case, one, proof) or _happened(case, proof)
    tried_by_net = role is not Role.DIFFERENTIATOR
    if tried_by_net and name in acquitted and proof.pitfall not in _HARD:
        return False
    of_a_loss = role in (Role.LOSS, Role.LOSS_LAYER)
    if of_a_loss and proof.pitfall in ("", "wrong-batch-size") and case.has_columns:
        return False
    if role is Role.SOFTMAX:
        return _softmax_holds(case, one, proof)
    if role is Role.LOSS and not one.is_part and not proof.pitfall:
        return _is_used_as_loss(case, name)
    if role is Role.DIFFERENTIATOR:
        if proof.pitfall in ("", "returns-none", "reshapes-result", "bad-step-size"):
            return role_of_function(name) is Role.DIFFERENTIATOR
        return proof.pitfall != "steps-all-coordinates" or _is_of_vectors(case, one)
    return not (not proof.pitfall and role in (Role.SOFTMAX, Role.LOSS) and not one.is_part)


def _is_of_vectors(case: Case, one: Examined) -> bool:
    """Tell whether a differentiator is meant for vectors: they come, or another is for numbers."""
    name = one.taken.definition.name
    if "grad" not in name.lower():
        return False
    if not (isinstance(one.measured, Differentiator) and one.measured.moves_all):
        return True
    seen = [e["shape"] for e in case.events if e.get("name") == name and "shape" in e]
    names = {
        e.taken.definition.name
        for e in case.examined
        if isinstance(e.measured, Differentiator) and e.measured.moves_all
    }
    for_numbers = [n for n in names if "grad" not in n.lower()]
    return any(len(shape) > 0 and np.prod(shape) > 1 for shape in seen) or bool(for_numbers)


def _softmax_holds(case: Case, one: Examined, proof: Proof) -> bool:
    if not proof.pitfall:
        return False  # named like a softmax, and something else
    if proof.pitfall not in _OF_A_BATCH:
        return True
    if proof.pitfall == "softmax-wrong-axis" and case.has_columns:
        return False
    seen = [e for e in case.events if e.get("name") == one.taken.definition.name]
    shapes = [e["shapes"][0] for e in seen if e.get("shapes")]
    ranks = [len(shape) - 1 for shape in shapes if isinstance(shape, list | tuple)]
    found = one.measured
    one_sample = bool(ranks) and max(ranks) < 2  # only ever asked for one, which it may do right
    return not (one_sample and isinstance(found, Softmax) and found.takes_one)


def _is_used_as_loss(case: Case, name: str) -> bool:
    return any(name in d.reads() for d in case.definitions.values() if d.name != name)


def _is_sure(case: Case, one: Examined, proof: Proof) -> bool:
    """Tell whether code would raise whatever it is given; a module that is missing excuses it."""
    told = str(proof.evidence[0].measured)
    role, definition = one.taken.role, one.taken.definition
    if not proof.line:
        return False
    return is_certain(told, role, definition, proof.line, bool(case.missing))


def _happened(case: Case, proof: Proof) -> bool:
    """Tell whether the file's own run raised at the same line."""
    return proof.line > 0 and any(f["line"] == proof.line for f in case.failures)


def _causes_only(case: Case, found: list[Accused]) -> list[Accused]:
    """Leave out what only shows a fault of a part that it is made of."""
    errors = {a.name for a in found if a.proof.severity is not Severity.ADVICE}
    out = []
    for accused in found:
        definition = case.definitions.get(accused.name)
        inner = case.read_by(definition) & errors - {accused.name} if definition else set()
        if inner and accused.proof.severity is not Severity.ADVICE:
            causes = [a.proof.pitfall for a in found if a.name in inner]
            if accused.proof.pitfall in {*causes, "", "crash"} or _is_of_inner(accused, found):
                continue
        out.append(accused)
    return out


def _apart(blamed: Iterable[Accused]) -> tuple[str, ...]:
    """Return what a net may be accused of though a part is: where no part gives a wrong shape."""
    shapes = {"bias-gradient", "missing-transpose", "crash", ""}
    return () if shapes & {a.proof.pitfall for a in blamed} else ("gradients-miswired",)


def _is_differentiator(accused: Accused) -> bool:
    one = accused.examined
    return one is not None and one.taken.role is Role.DIFFERENTIATOR


def _is_of_inner(accused: Accused, found: Iterable[Accused]) -> bool:
    """Tell whether a loss layer is said to have the wrong softmax, which is accused itself."""
    inner = {a.examined.taken.role for a in found if a.examined and a.proof.severity is None}
    return accused.proof.pitfall.startswith("softmax-") and Role.SOFTMAX in inner


def _against_net(case: Case, net: Examined, found: Iterable[Accused]) -> list[Accused]:
    """Return what a net is accused of itself, where none of its parts explains it."""
    read = case.read_by(net.taken.definition)
    blamed = [a for a in found if a.name in read and a.proof.severity is not Severity.ADVICE]
    blamed = [a for a in blamed if not _is_differentiator(a)]  # the slopes are the judge's own
    out = []
    named = [p for p in net.proofs if p.pitfall]
    for proof in named or net.proofs:
        alone = ("zero-init", "random-loss", *_apart(blamed))
        if blamed and proof.pitfall not in alone:
            continue
        if proof.pitfall == "crash" and not (_is_sure(case, net, proof) or _happened(case, proof)):
            continue
        out.append(_located(_against(net, proof), net))
    return out


def _located(accused: Accused, net: Examined) -> Accused:
    """Point at the method that is accused, where the proof names no line."""
    found = net.measured
    if accused.proof.line or not isinstance(found, Network):
        return accused
    method = {"zero-init": "__init__", "random-loss": found.loss}.get(
        accused.proof.pitfall, found.gradient or found.loss
    )
    definition = net.taken.definition.methods.get(method)
    if definition is None:
        own = net.taken.definition
        return replace(accused, line=written(own, accused.proof) or accused.line)
    line = written(definition, accused.proof) or definition.line
    return replace(accused, name=definition.name, line=line)
