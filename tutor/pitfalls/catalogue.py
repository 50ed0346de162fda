"""Every pitfall by its name: the wrong variants, the right part, and what gives it away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import chain
from types import MappingProxyType

from tutor.pitfalls.compiled import Code
from tutor.pitfalls.entries.activations import ACTIVATIONS
from tutor.pitfalls.entries.affine import AFFINES
from tutor.pitfalls.entries.checks import COMPARISONS
from tutor.pitfalls.entries.crashes import CRASHES
from tutor.pitfalls.entries.exponentials import EXPONENTIALS
from tutor.pitfalls.entries.handovers import HANDOVERS
from tutor.pitfalls.entries.loops import LOOPS
from tutor.pitfalls.entries.loss import LOSSES
from tutor.pitfalls.entries.losslayer import LOSS_LAYERS
from tutor.pitfalls.entries.networks import ASSEMBLIES
from tutor.pitfalls.entries.numericals import NUMERICAL_OF_NETS
from tutor.pitfalls.entries.points import USES
from tutor.pitfalls.entries.quotient import STEPS_AND_QUOTIENTS
from tutor.pitfalls.entries.softmax import SOFTMAXES
from tutor.pitfalls.entries.stepping import WRITES
from tutor.pitfalls.entries.targets import TARGETS
from tutor.pitfalls.entries.training import TRAININGS
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Variant, edits_of, text_of, variant_called

_PITFALLS = chain(
    STEPS_AND_QUOTIENTS,
    WRITES,
    LOOPS,
    USES,
    NUMERICAL_OF_NETS,
    COMPARISONS,
    SOFTMAXES,
    EXPONENTIALS,
    LOSSES,
    TARGETS,
    LOSS_LAYERS,
    AFFINES,
    ACTIVATIONS,
    ASSEMBLIES,
    HANDOVERS,
    CRASHES,
    TRAININGS,
)

CATALOGUE: Mapping[str, Pitfall] = MappingProxyType(
    {pitfall.slug: pitfall for pitfall in _PITFALLS}
)
"""Every pitfall, by its slug; from the differentiator to training."""


class UnknownPitfall(LookupError):
    """There is no pitfall of that name; the message says which one comes nearest."""


def find(slug: str) -> Pitfall:
    """Return the pitfall of that name.

    Raises
    ------
    UnknownPitfall
        If there is none.
    """
    if slug in CATALOGUE:
        return CATALOGUE[slug]
    nearest = get_close_matches(slug, CATALOGUE, n=1)
    hint = f"Did you mean '{nearest[0]}'?" if nearest else "`gradtutor pitfalls` lists all of them."
    raise UnknownPitfall(f"There is no pitfall called '{slug}'. {hint}")


def chosen(name: str) -> tuple[Pitfall, Variant]:
    """Return a pitfall and one of its spellings: ``"relu-mask"`` or ``"relu-mask: inverted"``.

    Raises
    ------
    LookupError
        If there is no such pitfall, or none of its variants is called so.
    """
    slug, _, variant = name.partition(":")
    pitfall = find(slug.strip())
    return pitfall, variant_called(pitfall, variant.strip())


def program(*names: str) -> str:
    """Return a whole student's file in which these pitfalls stand; right if there are none.

    Parameters
    ----------
    names : str
        Slugs, each in its commonest spelling, or in another: ``"relu-mask: inverted"``.

    Raises
    ------
    LookupError
        If there is no such pitfall or variant.
    EditError
        If two of them want the same line.
    """
    return text_of(map(chosen, names))


def code_of(*names: str) -> Code:
    """Return the same file compiled, its definitions as attributes; it raises what `program` does.

    It costs about a tenth of a millisecond once the same was asked for before.
    """
    return Code(edits_of(map(chosen, names)), " + ".join(names) or "right")


def hypotheses(part: Part) -> Iterator[tuple[Pitfall, Variant]]:
    """Yield every spelling of every pitfall that is a wrong variant of one part."""
    for pitfall in CATALOGUE.values():
        if pitfall.part is part:
            for variant in pitfall.variants:
                yield pitfall, variant
