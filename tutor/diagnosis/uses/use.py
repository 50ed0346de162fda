"""A pitfall in the way a file uses its parts, and what the search for them has to go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.findings import Evidence, Repair
from tutor.diagnosis.proof import Proof
from tutor.diagnosis.roles import Taken, watched
from tutor.diagnosis.uses.call import Call, calls_of
from tutor.diagnosis.uses.run import Run, Update, all_updates, first_run, objectives, run
from tutor.diagnosis.uses.text import Text
from tutor.pitfalls import Severity


@dataclass(frozen=True, slots=True)
class Use:
    """A pitfall in the use of a part.

    Attributes
    ----------
    definition : str
        The function or method in which the accused line stands, or ``<module>``.
    module : str
        Its module, by the name that it has inside the jail.
    line : int
    proof : Proof
    repair : Repair or None
        None for advice.
    is_symptom : bool
        It was seen only with the judge's own data, and may follow from any other error.
    """

    definition: str
    module: str
    line: int
    proof: Proof
    repair: Repair | None = None
    is_symptom: bool = False

    @property
    def is_error(self) -> bool:
        """Tell whether it makes the file wrong."""
        return self.proof.severity is not Severity.ADVICE


@dataclass(frozen=True)
class Case:
    """A submission that has been loaded.

    Attributes
    ----------
    texts : mapping of str to Text
        Its modules by the name that they have inside the jail, the file itself first.
    definitions : mapping of str to Definition
        All that the modules define at their top level.
    loaded : mapping
        What loading said: ``failures``, ``cut``, ``missing``.
    driven : tuple of str
        Statements of the judge's that call what the file defines and never calls.
    drove : mapping
        What was seen while they ran, see `tutor.diagnosis.inside.using.drive`; empty for none.
    own_events : int
        How many events came before those calls.
    """

    student: Student
    texts: Mapping[str, Text]
    definitions: Mapping[str, Definition]
    parts: Sequence[Taken]
    loaded: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    driven: tuple[str, ...] = ()
    drove: Mapping[str, Any] = field(default_factory=dict)
    own_events: int = 0

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Return the calls of differentiators that the file was seen to make itself."""
        return calls_of(self.events)

    @cached_property
    def calls_each_way(self) -> tuple[Call, ...]:
        """Return them with those that came another way to the same line."""
        return calls_of(self.events, each_way=True)

    @property
    def own_calls(self) -> tuple[Call, ...]:
        """Return those of the calls that were made with the file's own data."""
        return tuple(call for call in self.calls if call.number < self.own_events)

    @cached_property
    def run(self) -> Run:
        """Return what the file's run showed, with an eye on the updates."""
        return first_run(self.updates, self.loaded, self.drove) or self.close_look

    @cached_property
    def close_look(self) -> Run:
        """Return what another run showed that also asks for the loss at each step."""
        return self.changed({})

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Return the statements that look like an update."""
        return all_updates(self.texts)

    def changed(self, sources: Mapping[str, str]) -> Run:
        """Run the file with the source of some modules changed."""
        texts = {
            name: replace(text, source=sources.get(name, text.source))
            for name, text in self.texts.items()
        }
        first = next(iter(texts))
        more = "".join(f"\n{statement}" for statement in self.driven)
        texts[first] = replace(texts[first], source=texts[first].source + more + "\n")
        own = {name for pair in self.pairs for name in pair if name}
        return run(self.student, texts, {**watched(list(self.parts)), **_noted(own)}, self.pairs)

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return which loss and which gradient belong together, by their qualified names."""
        return objectives(self.definitions.values())

    def at(
        self, module: str, line: int, proof: Proof, repair: Repair | None = None, name: str = ""
    ) -> Use:
        """Return a use that stands in a line."""
        return Use(name or self.texts[module].owner(line), module, line, proof, repair)


def _noted(names: set[str]) -> dict[str, str]:
    return dict.fromkeys(names, "call")


def error(pitfall: str, *evidence: Evidence, sentence: str = "") -> Proof:
    """Return a proof of something that makes the file wrong."""
    return Proof(pitfall, evidence, Severity.ERROR, sentence)


def trap(pitfall: str, *evidence: Evidence) -> Proof:
    """Return a proof of something that does no harm where it stands."""
    return Proof(pitfall, evidence, Severity.ADVICE)
