"""The judge's end of the questions that are answered inside the jail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Oracle(Protocol):
    """Answers questions by name: a jail, or in tests the very process."""

    def ask(self, name: str, *values: object) -> Any:
        """Return what a question of `tutor.diagnosis.inside` gives."""


@dataclass(frozen=True, slots=True)
class Question:
    """A call of a student's definition: an expression that names it, and its arguments.

    A string that begins with ``=`` among the arguments is an expression too.
    """

    target: str
    args: tuple[Any, ...] = ()
    keep: str = ""

    def sent(self) -> tuple[str, tuple[Any, ...], str]:
        """Return it as it goes over."""
        return self.target, self.args, self.keep


@dataclass(frozen=True, slots=True)
class Observed:
    """What one call gave.

    Attributes
    ----------
    value : object
        Numbers, arrays and lists, tuples and dicts of them; None where it raised.
    raised, text : str
        The class and the text of the exception, empty where there was none.
    module, line : str, int
        Where in the student's source it was raised.
    changed : tuple of int
        The arguments that were another after the call than before it.
    outcome : str
        What the exception ended: see `tutor.diagnosis.inside.outcomes.outcome`.
    drift : float
        How far the answer to the same call was from this one, where it was made again.
    """

    value: Any = None
    raised: str = ""
    text: str = ""
    module: str = ""
    line: int = 0
    changed: tuple[int, ...] = ()
    outcome: str = ""
    drift: float = 0.0

    @staticmethod
    def read(answer: Mapping[str, Any]) -> Observed:
        """Return an answer that came over."""
        names = ("value", "raised", "text", "module", "line", "outcome")
        found = {name: answer[name] for name in names if name in answer}
        return Observed(**found, changed=tuple(answer.get("changed", ())))

    def array(self) -> NDArray[Any] | None:
        """Return the value as an array of floats, or None if it is none."""
        if self.raised or not isinstance(self.value, np.ndarray | np.generic | int | float):
            return None
        found = np.asarray(self.value)
        return found.astype(float) if found.dtype.kind in "fiub" else None

    @property
    def is_cut(self) -> bool:
        """Tell whether it was ended, since it had used up its time."""
        return self.raised == "Cut"

    def number(self) -> float | None:
        """Return the value as one number, or None if it is none."""
        found = self.array()
        return float(found.reshape(())) if found is not None and found.size == 1 else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a differentiator did for one x."""

    result: Observed
    points: NDArray[np.float64]
    asked: int
    after: NDArray[Any]
    shared: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """A call that ended more than itself, while a part of some name was being examined."""

    part: str
    observed: Observed


@dataclass(slots=True)
class Student:
    """A student's program in the jail, with questions in the judge's own terms.

    Attributes
    ----------
    examining : str
        The name of the definition that is being examined.
    troubles : list of Trouble
        The calls so far that ran out of time or memory, ended the program, were refused.
    nets : dict
        What is known of the file's nets, see `tutor.diagnosis.known`.
    """

    oracle: Oracle
    loaded: Mapping[str, Any] = field(default_factory=dict)
    examining: str = ""
    troubles: list[Trouble] = field(default_factory=list)
    nets: dict[str, Any] = field(default_factory=dict)

    def observe(self, target: str, *args: object, keep: str = "") -> Observed:
        """Call a definition once."""
        return self._read(self.oracle.ask("observe", target, args, keep))

    def several(self, questions: Sequence[Question]) -> list[Observed]:
        """Call many times in one go; the first call is made once more at the end.

        How far that is from the first is the ``drift`` of the first of what is returned.
        """
        sent = [question.sent() for question in (*questions, *questions[:1])]
        *found, again = [self._read(answer) for answer in self.oracle.ask("several", sent)]
        if found:
            found[0] = replace(found[0], drift=_distance(found[0].array(), again.array()))
        return found

    def _read(self, answer: Mapping[str, Any]) -> Observed:
        observed = Observed.read(answer)
        if observed.outcome:
            self.troubles.append(Trouble(self.examining, observed))
        return observed

    def losses(
        self, target: str, args: Sequence[object], moves: Sequence[tuple[str, object, list[float]]]
    ) -> list[list[float]]:
        """Return a loss for each step of each move of an array: see the question's own page."""
        found: list[list[float]] = self.oracle.ask("losses", target, tuple(args), list(moves))
        return found

    def differentiate(
        self, target: str, x: NDArray[Any], powers: NDArray[Any], order: str = "fx"
    ) -> Asked:
        """Let a differentiator take the slopes of a polynomial at x."""
        answer = self.oracle.ask("differentiate", target, x, powers, (), order)
        return Asked(
            self._read(answer),
            np.asarray(answer["points"], float),
            int(answer["asked"]),
            answer["after"],
            bool(answer["shared"]),
        )

    def remake(
        self, name: str, target: str, sizes: Sequence[int], options: Mapping[str, Any]
    ) -> Observed:
        """Make an object as the student's own run did, with smaller sizes and more options."""
        return self._read(self.oracle.ask("remake", name, target, tuple(sizes), dict(options)))

    def keep(self, values: Mapping[str, object]) -> None:
        """Keep values in the jail, for questions to name."""
        self.oracle.ask("keep", dict(values))

    def put(self, values: Mapping[str, NDArray[Any]]) -> None:
        """Write values into the student's arrays, in place."""
        self.oracle.ask("put", dict(values))

    def copies(self, paths: Sequence[str]) -> list[Any]:
        """Return copies of arrays of the student's."""
        found: list[Any] = self.oracle.ask("copies", list(paths))
        return found

    def parameters(self, target: str) -> list[Mapping[str, Any]]:
        """Return the arrays that an object holds: ``path``, ``shape``, ``dtype``, ``at``."""
        found: list[Mapping[str, Any]] = self.oracle.ask("parameters", target)
        return found

    def slopes(
        self,
        target: str,
        args: Sequence[object],
        paths: Sequence[str],
        h: float,
        weights: NDArray[Any] | None = None,
    ) -> dict[str, NDArray[np.float64]]:
        """Return central differences of a loss for every element of some arrays, by their path."""
        swings = self.oracle.ask("swings", target, tuple(args), tuple(paths), h, weights)
        with np.errstate(invalid="ignore"):  # where a loss is infinite
            return {
                path: np.asarray((both[0] - both[1]) / (2 * h), float)
                for path, both in zip(paths, swings, strict=True)
            }

    def load(
        self,
        sources: Sequence[Mapping[str, Any]],
        watched: Mapping[str, str],
        definitions_only: bool = False,
    ) -> Mapping[str, Any]:
        """Run the student's modules; see `tutor.diagnosis.inside.load`."""
        self.loaded = self.oracle.ask("load", list(sources), dict(watched), definitions_only)
        return self.loaded

    def events(self) -> list[Mapping[str, Any]]:
        """Return what the watched parts were seen to be used for while the file ran."""
        found: list[Mapping[str, Any]] = self.oracle.ask("events")
        return found

    def redefine(self, name: str, source: str, line: int, module: str) -> bool:
        """Replace a definition; False if the new one does not run."""
        return "raised" not in self.oracle.ask("redefine", name, source, line, module)

    def redefine_method(self, owner: str, name: str, source: str, line: int, module: str) -> bool:
        """Replace a method of a class; False if the new one does not run."""
        answer = self.oracle.ask("redefine_method", owner, name, source, line, module)
        return "raised" not in answer

    def restore(self) -> None:
        """Put every replaced definition back."""
        self.oracle.ask("restore")


def _distance(one: NDArray[Any] | None, other: NDArray[Any] | None) -> float:
    """Return the largest difference of two answers; 0 where one of them is no figure."""
    if one is None or other is None:
        return 0.0
    if one.shape != other.shape:
        return float("inf")
    far = np.abs(one - other)[~(np.isnan(one) & np.isnan(other))]
    return float(np.nan_to_num(np.max(far, initial=0.0), nan=np.inf))
