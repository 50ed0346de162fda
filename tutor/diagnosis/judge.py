"""One submission judged: its parts measured, its faults named, and each repaired to prove it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutor.diagnosis.accuse import NETS, Accused, Case, accuse
from tutor.diagnosis.asked import Student
from tutor.diagnosis.changes import is_backward
from tutor.diagnosis.definitions import Definition, definitions
from tutor.diagnosis.examine import Examined, examine_all
from tutor.diagnosis.findings import Diagnosis, Finding, Left, ParameterCheck, PartTaken, Repair
from tutor.diagnosis.harm import with_harm
from tutor.diagnosis.lines import likely_line
from tutor.diagnosis.names import plain
from tutor.diagnosis.nets import Mended, mend, suspects_of
from tutor.diagnosis.parts import net_faults
from tutor.diagnosis.parts.network import Network
from tutor.diagnosis.place import Module
from tutor.diagnosis.proof import Proof
from tutor.diagnosis.repairs import Bench, repair
from tutor.diagnosis.roles import Taken, taken, watched
from tutor.diagnosis.steps.driving import drive
from tutor.diagnosis.steps.faults import checks, faults, of_training
from tutor.diagnosis.steps.finder import steps
from tutor.diagnosis.steps.measured import Stepped, measured
from tutor.diagnosis.steps.repairs import mend_step
from tutor.diagnosis.steps.step import Step, marked
from tutor.diagnosis.submission import Submission
from tutor.diagnosis.uses import Use, driven_steps, find_uses, unnamed
from tutor.diagnosis.uses.data import NET
from tutor.diagnosis.uses.run import all_updates, sites_of
from tutor.diagnosis.uses.text import Text
from tutor.diagnosis.verdicts import notes_of, verdict_of
from tutor.diagnosis.written import written
from tutor.pitfalls import CATALOGUE, Severity

MAIN = "__main__"
_UNKNOWN_NAMES = ("NameError", "UnboundLocalError")
_OF_BACKWARD = {"missing-batch-division", "double-batch-division", "gradient-sign"}
_NOT_OF_GRADIENTS = {"random-loss", "zero-init", "gradient-ascent"}
_OF_LARGE = {"softmax-overflow", "softmax-global-max"}  # ordinary numbers do not feel them
_OF_TRAINING = {"gradient-ascent", "zero-init"}


@dataclass(frozen=True, slots=True)
class Program:
    """A submission as it is loaded: modules by the names that they have inside the jail."""

    submission: Submission
    modules: Mapping[str, Module]
    definitions: Mapping[str, Definition]
    texts: Mapping[str, Text]

    @staticmethod
    def of(submission: Submission) -> Program:
        """Read what a submission's modules define."""
        modules = {MAIN: submission.main, **{m.name: m for m in submission.siblings}}
        found: dict[str, Definition] = {}
        for name, module in reversed(modules.items()):
            found.update(definitions(name, module.tree))
        texts = {name: Text(name, m.filename, m.source) for name, m in modules.items()}
        return Program(submission, modules, found, texts)

    def sources(self, found: Sequence[Step]) -> list[dict[str, Any]]:
        """Return the modules as they are sent, the file itself first, its training steps marked."""
        updates = all_updates(self.texts)
        return [
            {
                "name": name,
                "filename": module.filename,
                "source": marked(module.source, found) if name == MAIN else module.source,
                "sites": sites_of(updates, name),
                "package": module.name if module.package else module.name.rpartition(".")[0],
            }
            for name, module in self.modules.items()
        ]


def judge(
    submission: Submission,
    student: Student,
    seed: int = 0,
    definitions_only: bool = False,
    avoid: Collection[str] = (),
) -> Diagnosis:
    """Judge a submission with the help of the jail that its code runs in.

    Parameters
    ----------
    seed : int
        Of the random figures that its parts are asked with.
    definitions_only : bool
        Run nothing of the file but what defines: the rest has failed already.
    avoid : collection of str
        Definitions that are not asked anything: their process did not survive it.
    """
    program = Program.of(submission)
    parts = [p for p in taken(iter(program.definitions.values())) if p.definition.name not in avoid]
    noted = {**unnamed(program.definitions.values()), **watched(parts)}
    found_steps = steps(program.submission.main.tree)
    loaded = student.load(program.sources(found_steps), noted, definitions_only)
    events = student.events()
    examined = [with_harm(student, one, events) for one in examine_all(student, parts, seed)]
    student.examining = ""
    if not definitions_only:
        _drive_steps(student, found_steps, seed)
    stepped = measured(student, found_steps, program.definitions, seed)
    troubles = tuple(student.troubles)
    case = Case(
        examined, program.definitions, events, loaded["failures"], stepped, loaded["missing"]
    )
    uses: list[Use] = []
    if not definitions_only:
        uses += find_uses(student, program.texts, parts, loaded, events, seed)
    findings = [
        finding
        for accused in accuse(case)
        for finding in _findings(student, program, case, accused, uses, seed)
    ]
    findings += _of_steps(student, program, case, findings)
    findings += _of_uses(case, uses, findings)
    kept = tuple(_once(_without_symptoms(findings)))
    verdict, reason = verdict_of(program.submission, loaded, kept, examined, len(stepped), troubles)
    return Diagnosis(
        submission.name,
        verdict,
        reason,
        (*map(_part, parts), *map(_step_part, stepped)),
        kept,
        _checks(examined) or tuple(check for one in stepped for check in checks(one)),
        (*submission.notes, *notes_of(submission, loaded)),
    )


def _drive_steps(student: Student, found: Sequence[Step], seed: int) -> None:
    """Call the functions that give gradients and that the file never calls."""
    came = set(student.oracle.ask("steps_reached"))
    left = [s.node for s in found if s.is_call and not s.owner and s.number not in came]
    calls = list(driven_steps((n for n in left if isinstance(n, ast.FunctionDef)), seed))
    if calls:
        student.oracle.ask("drive", calls)
    drive(student, found, came)


def _without_symptoms(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out crashes and faults without a name where something else explains them.

    What was seen both in a training step and in the use of the parts is told once, by the use;
    what was put right in one place is not told again of where nothing was changed.
    """
    errors = [f for f in findings if f.is_error]
    explained = any(f.pitfall not in ("", "crash") for f in errors)
    repaired = {f.pitfall for f in errors if f.repair is not None}
    out = []
    for at, finding in enumerate(findings):
        later = {f.pitfall for f in findings[at + 1 :] if f.is_error}
        owners = {_owner(f) for f in errors if f.pitfall not in ("", "crash")}
        symptom = finding.pitfall == "crash" and explained and not _is_own(finding)
        if not finding.pitfall and finding.repair is None:
            symptom = _owner(finding) in owners  # no change confirms it, and this explains it
        if finding.is_error and finding.pitfall and finding.repair is None:
            symptom = symptom or finding.pitfall in repaired
        repeated = finding.pitfall in later and finding.pitfall in _OF_TRAINING
        if not symptom and not repeated:
            out.append(finding)
    return out


def _is_own(finding: Finding) -> bool:
    """Tell whether a definition stops by itself, at a name that is nowhere."""
    told = str(finding.evidence[0].measured) if finding.evidence else ""
    own = told.startswith(_UNKNOWN_NAMES) or told.endswith("object is not callable")
    return finding.definition != "<module>" and own


def _owner(finding: Finding) -> str:
    return finding.definition.partition(".")[0]


def _once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield each finding once, though several parts may show it: as an error if one is."""
    kept: dict[tuple[str, str, int], Finding] = {}
    for finding in findings:
        before = kept.setdefault((finding.pitfall, finding.module, finding.line), finding)
        if finding.is_error and not before.is_error:
            kept[finding.pitfall, finding.module, finding.line] = finding
    yield from kept.values()


def _findings(
    student: Student,
    program: Program,
    case: Case,
    accused: Accused,
    uses: Sequence[Use],
    seed: int,
) -> list[Finding]:
    """Return what comes of one accusation: for a net as many findings as lines are wrong."""
    one = accused.examined
    if any(_explains(use, accused) for use in uses):
        return [_plain(accused.proof, accused.name, accused.module, accused.line)]
    if one is not None and accused.proof.pitfall not in _NOT_OF_GRADIENTS:
        found = _through_net(student, program, case, one, accused.proof.pitfall, seed)
        if found:
            return [_mended(m) for m in found]
    finding = _finding(student, program, case, accused, seed)
    if finding.is_error and finding.repair is None and one is not None:
        for net in case.networks():
            if one.taken.definition.name in case.read_by(net.taken.definition):
                found = _through_net(student, program, case, net, finding.pitfall, seed)
                if found:
                    return [_mended(m) for m in found]
    return [finding]


def _explains(use: Use, accused: Accused) -> bool:
    """Tell whether a fault without a name is gone with what put the use of its net right.

    All gradients agree then. A crash is gone wherever it was, a wrong gradient if it was there.
    """
    right = use.repair is not None and use.repair.left is Left.NET
    if not use.is_error or not right or use.proof.pitfall in ("", "crash"):
        return False
    same = use.definition.partition(".")[0] == accused.name.partition(".")[0]
    return accused.proof.pitfall == "crash" or (not accused.proof.pitfall and same)


def _through_net(
    student: Student, program: Program, case: Case, one: Examined, pitfall: str, seed: int
) -> list[Mended]:
    """Return the lines that put a net right; none where it is no net, or right."""
    net = one.measured
    if not isinstance(net, Network) or not net.has_gradient or net.agrees:
        return []
    read = case.read_by(one.taken.definition)
    suspects = suspects_of(one, read, program.definitions)
    sources = {name: module.source for name, module in program.modules.items()}
    return mend(student, one, suspects, sources, pitfall, seed)


def _of_steps(
    student: Student, program: Program, case: Case, findings: Sequence[Finding]
) -> Iterator[Finding]:
    """Yield what the training steps are accused of, where no net and no part explains it."""
    sources = {name: module.source for name, module in program.modules.items()}
    nets = case.networks()
    read = {name for net in nets for name in case.read_by(net.taken.definition)}
    for stepped in case.steps:
        apart = stepped.step.is_call and stepped.step.function not in read
        called = case.called_by(stepped.step)
        known = [f for f in findings if f.is_error and f.pitfall not in _OF_LARGE]
        explained = any(case.passes(stepped.step, f.definition) for f in known)
        told = of_training if explained or (nets and not apart) else faults
        proofs = list(told(stepped))
        if not proofs:
            continue
        definitions = [program.definitions[name] for name in sorted(called)]
        wrong = [p for p in proofs if p.pitfall != "zero-init"]
        found = mend_step(student, stepped, definitions, sources, wrong) if wrong else []
        if found:
            yield from map(_mended, found)
            proofs = [p for p in proofs if p.pitfall in _OF_TRAINING - {found[0].proof.pitfall}]
        for proof in proofs:
            step = stepped.step
            name, module, line = step.definition, step.module, _first_update(step)
            for one in definitions:
                if at := written(one, proof):
                    name, module, line = one.name, one.module, at
            yield _plain(proof, name, module, line)


def _of_uses(case: Case, uses: Sequence[Use], findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what is wrong in the way in which the parts are used.

    What was seen in a part is not said twice, and what only the judge's data show not at all where
    something else is wrong: it may follow from that.
    """
    known = {(f.pitfall, f.definition) for f in findings if f.is_error}
    wrong = {f.definition.partition(".")[0] for f in findings if f.is_error}
    wrong |= {u.definition.partition(".")[0] for u in uses if u.is_error and not u.is_symptom}
    for use in uses:
        if (use.proof.pitfall, use.definition) in known:
            continue
        if use.is_symptom and wrong & _passed_through(case, use.definition):
            continue
        yield _plain(use.proof, use.definition, use.module, use.line, use.repair)


def _passed_through(case: Case, name: str) -> set[str]:
    """Return the definitions that a function's result depends on: any net, if it is given one."""
    names = {name.partition(".")[0]}
    own = case.definitions.get(name.partition(".")[0])
    if own is not None:
        names |= case.read_by(own)
    given = {p for n in names if n in case.definitions for p in case.definitions[n].parameters}
    if own is None or any(re.fullmatch(NET, plain(parameter)) for parameter in given):
        nets = {e.taken.definition.name for e in case.examined if e.taken.role in NETS}
        names |= nets | {n for net in nets for n in case.read_by(case.definitions[net])}
    return names


def _plain(
    proof: Proof, definition: str, module: str, line: int, put_right: Repair | None = None
) -> Finding:
    entry = CATALOGUE.get(proof.pitfall)
    severity = proof.severity or (entry.severity if entry else Severity.ERROR)
    return Finding(
        proof.pitfall,
        severity,
        definition,
        proof.module or module,
        proof.line or line,
        proof.sentence or (entry.sentence if entry else ""),
        proof.evidence,
        put_right,
        entry.lesson if entry else "",
    )


def _mended(mended: Mended) -> Finding:
    proof = mended.proof
    entry = CATALOGUE.get(proof.pitfall)
    return Finding(
        proof.pitfall,
        Severity.ERROR,
        mended.definition.name,
        mended.definition.module,
        mended.line,
        proof.sentence or (entry.sentence if entry else ""),
        proof.evidence,
        mended.repair,
        entry.lesson if entry else "",
    )


def _finding(
    student: Student, program: Program, case: Case, accused: Accused, seed: int
) -> Finding:
    proof = accused.proof
    entry = CATALOGUE.get(proof.pitfall)
    severity = proof.severity or (entry.severity if entry else Severity.ERROR)
    sources = {name: module.source for name, module in program.modules.items()}
    accused = replace(accused, proof=replace(proof, severity=severity))
    line, put_right = accused.line, accused.repair
    if severity is Severity.ERROR and put_right is None:
        bench = Bench(student, case, sources, seed)
        found = repair(bench, accused)
        if found is not None:
            put_right = found.repair
            line = proof.line or found.line or line
            proof = replace(proof, pitfall=found.pitfall)
            entry = CATALOGUE.get(proof.pitfall)
    if line == accused.line and not proof.line and accused.examined is not None:
        line = _likely(program, accused)
    return Finding(
        proof.pitfall,
        severity,
        accused.name,
        accused.module,
        line,
        proof.sentence or (entry.sentence if entry else ""),
        proof.evidence,
        put_right,
        entry.lesson if entry else "",
    )


def _likely(program: Program, accused: Accused) -> int:
    definition = program.definitions[accused.name.partition(".")[0]]
    part = definition.methods.get(accused.name.partition(".")[2], definition)
    if accused.line not in (definition.line, part.line):
        return accused.line
    if part is definition and accused.proof.pitfall in _OF_BACKWARD:
        part = next((m for m in definition.methods.values() if is_backward(m)), definition)
        if not part.returns_something():
            return part.node.body[-1].lineno
    return likely_line(part, program.modules[definition.module].source, accused.proof.pitfall)


def _part(one: Taken) -> PartTaken:
    definition = one.definition
    return PartTaken(one.role.value, definition.name, definition.module, definition.line)


def _step_part(one: Stepped) -> PartTaken:
    step = one.step
    return PartTaken("training step", step.definition, step.module, step.node.lineno)


def _checks(examined: Sequence[Examined]) -> tuple[ParameterCheck, ...]:
    nets = [e.measured for e in examined if isinstance(e.measured, Network)]
    return tuple(check for net in nets for check in net_faults.checks(net))


def _first_update(step: Step) -> int:
    return min((site.line for site in step.sites), default=step.node.lineno)
