"""What a check found, tensor by tensor, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tutor.checks.figures import pair, place, short
from tutor.checks.pattern import Kind, Pattern


class Outcome(Enum):
    """What can be said of one gradient."""

    AGREES = "agrees"
    EPSILON = "epsilon"
    """It differs as the epsilon in log(y + epsilon) makes it; backprop leaves that out."""
    UNSURE = "unsure"
    """It differs by so much as the epsilon takes only from a net that is sure of what is wrong."""
    KINK = "kink"
    """A kink, such as ReLU's at 0, lies so near that the slope has two values there."""
    WRONG = "wrong"
    VACUOUS = "vacuous"
    """Both are 0: nothing was put to the test."""
    NOISE = "noise"
    """The loss is too rough, or the slope too small, to tell."""
    NOT_FINITE = "not finite"
    RANDOM = "random"
    """The loss is another one each time it is asked for."""


AGREEING = frozenset({Outcome.AGREES, Outcome.EPSILON, Outcome.KINK})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a parameter array, and the two slopes there.

    Attributes
    ----------
    index : tuple of int
    bp : float
        What backprop says.
    num : float
        What the loss does, by central differences. nan if it was not measured.
    """

    index: tuple[int, ...]
    bp: float
    num: float


@dataclass(frozen=True, slots=True)
class TensorCheck:
    """What was found of the gradient of one parameter array.

    Attributes
    ----------
    name : str
    outcome : Outcome
    max_relative_error : float
        The largest of the entries that were measured one by one; where none was, the difference
        of the slopes along a random direction over the size of the gradient. nan if neither.
    bp, num : float
        The two slopes along the random direction that was looked along last.
    resolution : float
        The smallest difference that would have been seen, as a share of the gradient's size.
    entries : tuple of Entry
        The entries that were measured one by one, the worst first.
    wrong : int
        How many of them are wrong; the first so many of `entries`.
    complete : bool
        Whether the entries named are all that are wrong.
    size : int
        How many entries the array has.
    pattern : Pattern or None
        How bp and num differ, of the entries that were measured.
    """

    name: str
    outcome: Outcome
    max_relative_error: float = float("nan")
    bp: float = float("nan")
    num: float = float("nan")
    resolution: float = float("nan")
    entries: tuple[Entry, ...] = ()
    wrong: int = 0
    complete: bool = False
    size: int = 0
    pattern: Pattern | None = None

    @property
    def worst(self) -> Entry | None:
        """The entry where bp and num are farthest apart, if entries were measured."""
        return self.entries[0] if self.entries else None

    @property
    def pattern_text(self) -> str:
        """How backprop and slope differ, in a sentence; empty where they do not, or anyhow."""
        silent = (Kind.NONE, Kind.AGREES)
        return "" if self.pattern is None or self.pattern.kind in silent else str(self.pattern)

    def __str__(self) -> str:
        """Return a sentence for the learner."""
        return _SENTENCES[self.outcome].format(self=self, **_words(self))


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """What was found of all gradients of a net.

    Attributes
    ----------
    tensors : tuple of TensorCheck
        In the order of the parameters.
    passes : int
        Forward passes: how often the loss was computed.
    loss : float
        The loss at the point that was checked.
    """

    tensors: tuple[TensorCheck, ...]
    passes: int
    loss: float

    @property
    def agrees(self) -> bool:
        """Whether every gradient was put to the test and stood it, kinks and epsilon aside."""
        return all(one.outcome in AGREEING for one in self.tensors)

    @property
    def ok(self) -> bool:
        """Whether the gradients agree; the check itself is true in a condition when it is."""
        return self.agrees

    def __bool__(self) -> bool:
        return self.agrees

    @property
    def wrong(self) -> tuple[TensorCheck, ...]:
        """The gradients that are wrong."""
        return tuple(one for one in self.tensors if one.outcome is Outcome.WRONG)

    def __iter__(self) -> Iterator[TensorCheck]:
        return iter(self.tensors)

    def __getitem__(self, name: str) -> TensorCheck:
        for one in self.tensors:
            if one.name == name:
                return one
        raise KeyError(name)

    def __str__(self) -> str:
        """Return a line a tensor, and what it took."""
        lines = [str(one) for one in self.tensors]
        return "\n".join([*lines, f"Checked in {self.passes} forward passes."])

    def __repr__(self) -> str:
        found = ", ".join(f"{one.name} {one.outcome.value}" for one in self.tensors)
        return f"<GradientCheck: {found}>"

    def _repr_html_(self) -> str:
        """Return a small table, for a notebook."""
        from tutor.checks.table import html_table

        return html_table(self)


_SENTENCES = {
    Outcome.AGREES: "{name} agrees: a difference of {resolution} of its size would have shown.",
    Outcome.EPSILON: (
        "{name} agrees but for a relative {error}, which is the epsilon in the log: the loss has "
        "log(y + epsilon), backprop leaves the epsilon out."
    ),
    Outcome.UNSURE: (
        "{name} cannot be told: backprop says {bp}, the slope is {num}. The epsilon in log(y + "
        "epsilon) takes that much where a net is sure of what is wrong, and a fault may do so too. "
        "Check at small weights, or say the smallest_y of a right class."
    ),
    Outcome.KINK: (
        "{name} agrees but for a kink{at}: a ReLU stands so near to 0 that the loss has one slope "
        "on either side."
    ),
    Outcome.WRONG: "{name} is wrong{where}: backprop says {bp}, the slope is {num}.{more}",
    Outcome.VACUOUS: (
        "{name} was not put to the test: backprop says 0 and the loss does not change either. "
        "Check at a point where it has a slope."
    ),
    Outcome.NOISE: (
        "{name} cannot be told: the loss is too rough for its slope, a difference below "
        "{resolution} of its size would not show. Compute in float64, or check at larger gradients."
    ),
    Outcome.NOT_FINITE: (
        "{name} cannot be checked: the loss or the gradient is not finite (nan or inf){at}."
    ),
    Outcome.RANDOM: (
        "{name} cannot be checked: the loss is another one each time. Fix the batch, the dropout "
        "mask or the seed while checking."
    ),
}


def _words(one: TensorCheck) -> dict[str, str]:
    worst = one.worst
    at = f" at {place(worst.index)}" if worst else ""
    bp, num = pair(worst.bp, worst.num) if worst else pair(one.bp, one.num)
    return {
        "name": one.name,
        "at": at,
        "where": at if one.complete and one.wrong == 1 else _where(one),
        "bp": bp,
        "num": num,
        "error": short(one.max_relative_error),
        "resolution": short(one.resolution),
        "more": _more(one),
    }


def _where(one: TensorCheck) -> str:
    if one.worst is None:
        return ""
    at = f", most at {place(one.worst.index)}"
    if one.complete:
        return f" in {'all ' if one.wrong == one.size else ''}{one.wrong} entries{at}"
    share = f"{one.wrong} of the" if len(one.entries) > one.wrong else "all"
    return f" in {share} {len(one.entries)} entries looked at{at}"


def _more(one: TensorCheck) -> str:
    if one.pattern is None or one.pattern.kind in (Kind.NONE, Kind.AGREES, Kind.SPARSE):
        return " All other entries agree." if one.complete and one.wrong < one.size else ""
    return f" {one.pattern}"
