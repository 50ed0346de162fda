"""What the catalogue says of one pitfall."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tutor.pitfalls.compiled import Code
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.listing import edited_sources, file_of
from tutor.pitfalls.part import Part
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature


class Severity(Enum):
    """What a pitfall does to the file that it is found in."""

    ERROR = "error"
    """The file's own gradients, loss or training come out wrong."""

    ADVICE = "advice"
    """A trap that does no harm there."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One spelling of a pitfall.

    Attributes
    ----------
    name : str
        Tells it from the other spellings of the same pitfall.
    edits : tuple of Edit
        What makes the right file wrong.
    signature : Signature or None
        Its own, where it differs from the pitfall's.
    severity : Severity or None
        Likewise.
    """

    name: str
    edits: tuple[Edit, ...]
    signature: Signature | None = None
    severity: Severity | None = None

    @property
    def owner(self) -> str:
        """The function or class of the listing that is wrong; the first, if there are two."""
        return self.edits[0].owner


@dataclass(frozen=True, slots=True)
class Pitfall:
    """One mistake that learners make, executable.

    Attributes
    ----------
    slug : str
        Its name everywhere: in reports, in links to lessons, in tests.
    part : Part
        What it is a wrong variant of.
    sentence : str
        What the code does and what comes of it, for the learner.
    severity : Severity
        What it is as long as no run of the file shows more or less harm.
    variants : tuple of Variant
        Its spellings, the commonest first.
    signature : Signature
        The figure that gives it away.
    lesson : str
        The slug of the lesson that teaches it; empty while there is none.
    """

    slug: str
    part: Part
    sentence: str
    severity: Severity
    variants: tuple[Variant, ...]
    signature: Signature
    lesson: str = ""

    @property
    def wrong(self) -> Callable[..., Any]:
        """The wrong function or class, in its commonest spelling."""
        return self.callable(self.variants[0])

    @property
    def right(self) -> Callable[..., Any]:
        """The right one that it stands in for: they are called alike."""
        definition: Callable[..., Any] = getattr(Code(), self.variants[0].owner)
        return definition

    def callable(self, variant: Variant) -> Callable[..., Any]:
        """Return the wrong function or class of one spelling, in a file of its own."""
        definition: Callable[..., Any] = getattr(self.code(variant), variant.owner)
        return definition

    def code(self, variant: Variant | None = None) -> Code:
        """Return a whole file, compiled, that is wrong in this one way."""
        variant = variant or self.variants[0]
        return Code(variant.edits, f"{self.slug} ({variant.name})")

    def source(self, variant: Variant | None = None) -> str:
        """Return the wrong function or class as text."""
        variant = variant or self.variants[0]
        return edited_sources(variant.edits)[variant.owner]

    def signature_of(self, variant: Variant | None = None) -> Signature:
        """Return the signature of one spelling."""
        variant = variant or self.variants[0]
        return variant.signature or self.signature

    def severity_of(self, variant: Variant | None = None) -> Severity:
        """Return the severity of one spelling."""
        variant = variant or self.variants[0]
        return variant.severity or self.severity

    def predicted(self, setting: Setting, variant: Variant | None = None) -> float:
        """Return the figure that a setting must show, before anything is run."""
        return self.signature_of(variant).predict(setting)

    def measured(self, setting: Setting, variant: Variant | None = None) -> float:
        """Run the wrong code in a setting, and return the figure that comes out."""
        variant = variant or self.variants[0]
        return self.signature_of(variant).measured(self.code(variant), setting)


def variant_called(pitfall: Pitfall, name: str) -> Variant:
    """Return the spelling of that name, the commonest for an empty one.

    Raises
    ------
    LookupError
        If there is none; the message lists what there is.
    """
    for variant in pitfall.variants:
        if name in ("", variant.name):
            return variant
    names = ", ".join(variant.name for variant in pitfall.variants)
    raise LookupError(f"{pitfall.slug} has no variant called '{name}'. There are: {names}.")


def edits_of(chosen: Iterable[tuple[Pitfall, Variant]]) -> tuple[Edit, ...]:
    """Return the edits of several pitfalls, each once."""
    return tuple(dict.fromkeys(edit for _, variant in chosen for edit in variant.edits))


def text_of(chosen: Iterable[tuple[Pitfall, Variant]]) -> str:
    """Return the whole file in which several pitfalls stand; EditError if they collide."""
    return file_of(edits_of(chosen))
