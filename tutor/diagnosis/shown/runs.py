"""Runs of a submission, as handed in and put right, recorded in the jail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

import numpy as np

from tutor.diagnosis.asked import Student
from tutor.diagnosis.findings import Diagnosis, Finding
from tutor.diagnosis.judge import MAIN, Program
from tutor.diagnosis.roles import Taken, taken
from tutor.diagnosis.shown.calls import accused, called_at, made_up, most_telling
from tutor.diagnosis.shown.parting import changed_line, parting
from tutor.diagnosis.shown.repaired import repaired
from tutor.diagnosis.shown.still import still
from tutor.diagnosis.submission import Submission
from tutor.diagnosis.trial import SECONDS, judges_program
from tutor.diagnosis.uses.data import Data
from tutor.diagnosis.uses.driver import driven
from tutor.diagnosis.uses.text import Text
from tutor.jail import Oracle, OracleError
from tutor.trace.saved import DamagedRun, Run, load

_EACH: Final = 3.0
_EVERY_LINE, _NO_LINE = (1, 2**31), (0, 0)
HANDED_IN: Final = "as handed in"
PUT_RIGHT: Final = "put right"
_NO_CALL = "Line {line} calls no function of this file, so there is no run to step through."
_NOT_REACHED = "Nothing that could be run here reaches {name}, so there is no run to step through."
_NO_REPAIR = "What puts it right is no change of one line, so the run stands alone here."
_ENDED = "The run could not be recorded: {error}"


@dataclass(frozen=True)
class Shown:
    """A finding with the runs that show it: the first one as handed in, the second put right.

    ``sentences`` say what is missing, and why; then a run may be no more than the accused line.
    ``at`` are the steps at which the two part.
    """

    finding: Finding
    runs: tuple[Run, ...] = ()
    sentences: tuple[str, ...] = ()
    at: tuple[int, int] | None = None


def shown(submission: Submission, diagnosis: Diagnosis, seed: int = 0) -> tuple[Shown, ...]:
    """Record the runs of every error of a diagnosis.

    Parameters
    ----------
    seed : int
        That of the diagnosis.
    """
    if not submission.has_code or not diagnosis.errors:
        return ()
    program = Program.of(submission)
    return tuple(_shown(program, finding, seed) for finding in diagnosis.errors)


def _shown(program: Program, finding: Finding, seed: int) -> Shown:
    parts = taken(iter(program.definitions.values()))
    target, lines = _target(program, finding, parts)
    if not target:
        return _standing(program, finding, _NO_CALL.format(line=finding.line))
    changed = _repaired(program, finding, parts)
    stage = _Stage(program, parts, target, seed)
    problem = _NOT_REACHED.format(name=target.rpartition(":")[2])
    for ways in (tuple(_Way), (_Way.MADE_UP, _Way.DRIVEN)):  # what ended one may not end all
        try:
            runs = stage.runs(changed, lines, ways)
        except (OracleError, DamagedRun) as error:
            problem = _ENDED.format(error=error)
            continue
        if not runs:
            break
        at = _parting(runs)
        if at is None and len(runs) > 1:
            at = changed_line(runs[0].steps, runs[1].steps)
        return Shown(finding, runs, () if changed else (_NO_REPAIR,), at)
    return _standing(program, finding, problem)


def _standing(program: Program, finding: Finding, sentence: str) -> Shown:
    """Return the line alone, and why there is no run."""
    module = program.modules[finding.module]
    steps = still(module, finding.definition, max(finding.line, 1))
    return Shown(finding, (Run(HANDED_IN, steps),), (sentence,))


def _parting(runs: Sequence[Run]) -> tuple[int, int] | None:
    return parting(runs[0].steps, runs[1].steps) if len(runs) > 1 else None


def _target(
    program: Program, finding: Finding, parts: Sequence[Taken]
) -> tuple[str, tuple[int, int]]:
    """Return what is recorded, and the lines of the file's own that are run for it."""
    tree = program.submission.main.tree
    target = accused(finding, program.definitions)
    if target:
        return target, _EVERY_LINE
    if finding.module != MAIN:
        return "", _NO_LINE
    target = called_at(tree, finding.line, program.definitions, parts)
    return (target, (finding.line,) * 2) if target else (most_telling(parts), _EVERY_LINE)


def _repaired(program: Program, finding: Finding, parts: Sequence[Taken]) -> dict[str, str]:
    name = finding.definition.partition(".")[0]
    role = next((part.role for part in parts if part.definition.name == name), None)
    source = program.modules[finding.module].source
    new = repaired(source, finding, role, program.definitions.get(name))
    return {finding.module: new} if new else {}


class _Way(Enum):
    """What is run so that the function is reached."""

    OWN = "the file's own statements"
    MADE_UP = "calls with a few numbers"
    DRIVEN = "calls of what the file leaves uncalled"


@dataclass(frozen=True)
class _Stage:
    """Where a function of a submission is run and recorded.

    ``target`` names the function inside the jail.
    """

    program: Program
    parts: Sequence[Taken]
    target: str
    seed: int

    def runs(
        self, changed: Mapping[str, str], lines: tuple[int, int], ways: Sequence[_Way]
    ) -> tuple[Run, ...]:
        """Return the run as handed in, and put right if there are changed sources.

        The file's own run comes first, then made-up calls of the part, then those of what the
        file leaves uncalled: the first in which the two part, or else that is there at all.

        Parameters
        ----------
        lines : (int, int)
            First and last of the file's own that are run.
        """
        found: tuple[Run, ...] = ()
        with ExitStack() as stack:
            sides = [(self._loaded(stack, {}), HANDED_IN)]
            if changed:
                sides.append((self._loaded(stack, changed), PUT_RIGHT))
            for way in ways:
                runs = self._recorded(sides, way, lines)
                found = found or runs
                if runs and (not changed or _parting(runs) is not None):
                    return runs
        return found

    def _loaded(self, stack: ExitStack, changed: Mapping[str, str]) -> Student:
        sources: list[dict[str, Any]] = self.program.sources([])
        for source in sources:
            source["source"] = changed.get(source["name"], source["source"])
        oracle = Oracle(judges_program(), seconds=SECONDS, seconds_each=_EACH)
        student = Student(stack.enter_context(oracle))
        student.load(sources, {})
        return student

    def _recorded(
        self, sides: Sequence[tuple[Student, str]], way: _Way, lines: tuple[int, int]
    ) -> tuple[Run, ...]:
        own = lines if way is _Way.OWN else _NO_LINE
        calls = tuple(self._calls(sides[0][0], way))
        if way is not _Way.OWN and not calls:
            return ()
        runs = []
        for student, title in sides:
            raw = student.oracle.ask("recorded", self.target, own, calls, title)
            if raw is None:
                break
            runs.append(replace(load(np.asarray(raw, np.uint8).tobytes()).runs[0], title=title))
        return tuple(runs)

    def _calls(self, student: Student, way: _Way) -> Iterator[str]:
        if way is _Way.MADE_UP:
            yield from made_up(self.parts, self.target, Data.of(self.seed))
        elif way is _Way.DRIVEN:
            modules = self.program.modules.items()
            texts = {name: Text(name, module.filename, module.source) for name, module in modules}
            yield from driven(student, texts, self.parts, self.seed)
