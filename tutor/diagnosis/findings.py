"""What a diagnosis says: the verdict, the findings with their proof, what was taken for what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tutor.pitfalls import Severity

if TYPE_CHECKING:
    from tutor.diagnosis.figures.remark import Remark


class Verdict(Enum):
    """How a submission was judged; the words are those of the JSON report."""

    CLEAN = "CLEAN"
    PITFALL = "PITFALL"
    UNKNOWN_BUG = "UNKNOWN_BUG"
    PARTIAL = "PARTIAL"
    TIMEOUT = "TIMEOUT"
    MEMORY = "MEMORY"
    EXITED = "EXITED"
    CRASHED = "CRASHED"
    RECURSION = "RECURSION"
    NEEDS_INPUT = "NEEDS_INPUT"
    OUTPUT_LIMIT = "OUTPUT_LIMIT"
    BLOCKED = "BLOCKED"
    TAMPERED = "TAMPERED"
    BAD_RETURN = "BAD_RETURN"
    NONDETERMINISTIC = "NONDETERMINISTIC"
    LOAD_ERROR = "LOAD_ERROR"
    MISSING_DEPENDENCY = "MISSING_DEPENDENCY"
    MISSING_FUNCTION = "MISSING_FUNCTION"
    UNREADABLE = "UNREADABLE"
    INTERNAL_ERROR = "INTERNAL_ERROR"

    @property
    def exit_code(self) -> int:
        """Return 0 where nothing is wrong, 1 where something is, 2 where it cannot be judged."""
        if self is Verdict.CLEAN:
            return 0
        return 1 if self in (Verdict.PITFALL, Verdict.UNKNOWN_BUG) else 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure: what was predicted before it was measured, and what was measured."""

    what: str
    predicted: float | str
    measured: float | str


class Left(Enum):
    """Between what a repair leaves an error."""

    GRADIENTS = "the gradients that the repaired code gives, and the slopes"
    FIGURES = "what the repaired part gives, and what it should give"
    NET = "all gradients of a net that the repaired part belongs to, and the slopes"
    TOGETHER = "the same, once the other accused lines are put right too"


@dataclass(frozen=True, slots=True)
class Repair:
    """The accused part alone put right, and what that gave.

    Attributes
    ----------
    confirmed : bool
        It was tried, and what was wrong is right with it.
    max_relative_error : float or None
        What is left then, over the largest of the right figures. None where something else than
        a figure of a gradient confirms it: a training that learns, a call that raises no more.
    line : str
        The repaired line where one line was enough, else empty.
    left : Left
        What ``max_relative_error`` is the error of.
    """

    confirmed: bool
    max_relative_error: float | None = None
    line: str = ""
    left: Left = Left.GRADIENTS


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or a trap.

    ``pitfall`` is empty for a fault that has no name. ``module`` and ``line`` are where the
    accused code stands in the module's source.
    """

    pitfall: str
    severity: Severity
    definition: str
    module: str
    line: int
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    repair: Repair | None = None
    lesson: str = ""

    @property
    def is_error(self) -> bool:
        """Tell whether it makes the file wrong."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class PartTaken:
    """A definition, and the part that it was taken for."""

    part: str
    definition: str
    module: str
    line: int


@dataclass(frozen=True, slots=True)
class ParameterCheck:
    """How far a parameter's gradient is from the numerical one; ``ratio`` where it is constant."""

    parameter: str
    max_relative_error: float
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that is said of one submission; ``remarks`` are about what it had printed."""

    name: str
    verdict: Verdict
    reason: str
    parts: tuple[PartTaken, ...] = ()
    findings: tuple[Finding, ...] = ()
    gradient_check: tuple[ParameterCheck, ...] = ()
    notes: tuple[str, ...] = ()
    isolation: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the findings that make the file wrong."""
        return tuple(finding for finding in self.findings if finding.is_error)
