"""Runs of a submission, as handed in and put right, recorded in the jail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from tutor.diagnosis.findings import Diagnosis, Finding
from tutor.diagnosis.judge import MAIN, Program
from tutor.diagnosis.place import Module
from tutor.diagnosis.roles import Taken, taken
from tutor.diagnosis.shown.calls import accused, called_at, most_telling
from tutor.diagnosis.shown.parting import changed_line
from tutor.diagnosis.shown.places import as_handed_in
from tutor.diagnosis.shown.repaired import repaired
from tutor.diagnosis.shown.stage import (
    HANDED_IN,
    NO_LINE,
    PutRightEnded,
    Stage,
    Stopped,
    Way,
    parted,
)
from tutor.diagnosis.shown.still import still
from tutor.diagnosis.submission import Submission
from tutor.jail import OracleError
from tutor.trace.saved import DamagedRun, Run, SavedRun

_EVERY_LINE = (1, 2**31)
_WITHOUT_OWN = (Way.MADE_UP, Way.DRIVEN)  # what ended one way may not end all
_NO_CALL = "Line {line} calls no function of this file, so there is no run to step through."
_NOT_REACHED = "Nothing that could be run here reaches {name}, so there is no run to step through."
_NO_REPAIR = "What puts it right is no change of one line, so the run stands alone here."
_LINE_ALONE = "Here the line reads otherwise; no value that was recorded differs."
_ALIKE = "Nothing that was recorded of the two runs differs."
_ENDED = "The run could not be recorded: {error}"
_RIGHT_ENDED = "Put right, the run could not be recorded: {error}"


@dataclass(frozen=True)
class Shown:
    """A finding with the runs that show it: the first one as handed in, the second put right.

    ``sentences`` say what is missing, and why. ``at`` are the steps at which the two part.
    ``has_run`` is false where the only run is no more than the accused line.
    """

    finding: Finding
    runs: tuple[Run, ...] = ()
    sentences: tuple[str, ...] = ()
    at: tuple[int, int] | None = None
    has_run: bool = True


def shown(submission: Submission, diagnosis: Diagnosis, seed: int = 0) -> tuple[Shown, ...]:
    """Record the runs of every error of a diagnosis.

    Parameters
    ----------
    seed : int
        That of the diagnosis.
    """
    return tuple(each_shown(submission, diagnosis, seed))


def each_shown(
    submission: Submission,
    diagnosis: Diagnosis,
    seed: int = 0,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Shown]:
    """Yield the runs of every error of a diagnosis, as they are recorded.

    Parameters
    ----------
    stopped : callable
        Asked between two questions to the jail; once it is true, nothing more is recorded.
    """
    if not submission.has_code or not diagnosis.errors:
        return
    program = Program.of(submission)
    for finding in diagnosis.errors:
        if stopped():
            return
        with suppress(Stopped):
            yield _shown(program, finding, seed, stopped)


def unrun(submission: Submission, diagnosis: Diagnosis) -> tuple[Shown, ...]:
    """Return every error of a diagnosis with the accused line alone; nothing is run for it."""
    if not submission.has_code:
        return ()
    modules = {MAIN: submission.main, **{m.name: m for m in submission.siblings}}
    return tuple(_standing(modules, finding) for finding in diagnosis.errors)


def _shown(
    program: Program, finding: Finding, seed: int, stopped: Callable[[], bool] = lambda: False
) -> Shown:
    parts = taken(iter(program.definitions.values()))
    target, lines = _target(program, finding, parts)
    if not target:
        return _standing(
            program.modules, finding, _NO_CALL.format(line=_own_line(program, finding))
        )
    changed = _repaired(program, finding, parts)
    missing = "" if changed else _NO_REPAIR
    stage = Stage(program, parts, target, seed, stopped)
    problem = _NOT_REACHED.format(name=target.rpartition(":")[2])
    ways = tuple(Way)
    while ways:
        try:
            runs = stage.runs(changed, lines, ways)
        except PutRightEnded as error:
            if Way.OWN in ways:
                ways = _WITHOUT_OWN
            else:
                changed, missing, ways = {}, _RIGHT_ENDED.format(error=error), tuple(Way)
        except (OracleError, DamagedRun) as error:
            problem = _ENDED.format(error=error)
            ways = _WITHOUT_OWN if Way.OWN in ways else ()
        else:
            return (
                _of(program, finding, runs, missing)
                if runs
                else _standing(program.modules, finding, problem)
            )
    return _standing(program.modules, finding, problem)


def _of(program: Program, finding: Finding, runs: tuple[Run, ...], missing: str) -> Shown:
    at = parted(runs)
    if at is None and len(runs) > 1:
        at = changed_line(runs[0].steps, runs[1].steps)
        missing = missing or (_LINE_ALONE if at else _ALIKE)
    counted = tuple(
        replace(run, steps=as_handed_in(run.steps, program.modules.values()))
        for run in runs
        if isinstance(run.steps, SavedRun)
    )
    return Shown(finding, counted, (missing,) if missing else (), at)


def _own_line(program: Program, finding: Finding) -> int:
    return program.modules.get(finding.module, program.submission.main).place(finding.line).line


def _standing(modules: Mapping[str, Module], finding: Finding, sentence: str = "") -> Shown:
    """Return the line alone, and why there is no run."""
    module = modules.get(finding.module, modules[MAIN])
    steps = still(module, finding.definition, max(finding.line, 1))
    sentences = (sentence,) if sentence else ()
    return Shown(finding, (Run(HANDED_IN, steps),), sentences, has_run=False)


def _target(
    program: Program, finding: Finding, parts: Sequence[Taken]
) -> tuple[str, tuple[int, int]]:
    """Return what is recorded, and the lines of the file's own that are run for it."""
    tree = program.submission.main.tree
    target = accused(finding, program.definitions)
    if target:
        return target, _EVERY_LINE
    if finding.module != MAIN:
        return "", NO_LINE
    target = called_at(tree, finding.line, program.definitions, parts)
    return (target, (finding.line,) * 2) if target else (most_telling(parts), _EVERY_LINE)


def _repaired(program: Program, finding: Finding, parts: Sequence[Taken]) -> dict[str, str]:
    name = finding.definition.partition(".")[0]
    role = next((part.role for part in parts if part.definition.name == name), None)
    source = program.modules[finding.module].source
    new = repaired(source, finding, role, program.definitions.get(name))
    return {finding.module: new} if new else {}
