"""What a repair was, and what came of it, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from tutor.diagnosis.findings import Diagnosis, Finding, Left, PartTaken, Repair
from tutor.reports.figures import figure
from tutor.reports.options import Options
from tutor.reports.visible import shortened
from tutor.reports.words import Words

# How a syntax tree spells a statement that is left out.
_LEFT_OUT: Final = "pass"
# What no right one is ever put in the place of.
_NEVER_SWAPPED: Final = ("training step", "network", "network without a class")
# Parts whose own figures are gradients.
_OF_GRADIENTS: Final = ("layer", "loss layer", "differentiator")


def put_right(text: str, words: Words) -> Iterator[str]:
    """Yield the repaired lines as they are shown."""
    if text == _LEFT_OUT:
        yield words("repair.left_out")
        return
    for line in text.split("\n"):
        yield f"{' ' * (len(line) - len(line.lstrip()))}{shortened(line.lstrip())}"


def gave(
    found: Finding,
    name: str,
    whole: Diagnosis,
    options: Options,
    words: Words,
    *,
    in_line: bool = True,
) -> str:
    """Return what came of a repair, a sentence.

    Parameters
    ----------
    name : str
        The accused definition as it is shown.
    in_line : bool
        The repaired line stands where the accused one does.
    """
    repair = found.repair
    if repair is None:
        return words("repair.none")
    if not repair.confirmed:
        return words("repair.failed")
    part = _part_of(found, whole)
    together = ".together" if repair.left is Left.TOGETHER and repair.line and in_line else ""
    if repair.line and in_line:
        by = "kept" if options.for_student else "line"
    else:
        by = "part" if part is not None and not repair.line else "use"
    outcome = _outcome(repair, part, name, whole, words)
    return words(f"repair.by.{by}{together}", definition=name, outcome=outcome)


def _part_of(found: Finding, whole: Diagnosis) -> PartTaken | None:
    """Return the part that an accused definition is, or is a method of."""
    names = (found.definition, found.definition.partition(".")[0])
    parts = [p for p in whole.parts if p.definition in names and p.part not in _NEVER_SWAPPED]
    return next(iter(parts), None)


def _outcome(
    repair: Repair, part: PartTaken | None, name: str, whole: Diagnosis, words: Words
) -> str:
    """Return what came of a repair: the end of a sentence."""
    error = _error_left(repair, words)
    if error is None:
        known = repair.left is Left.FIGURES
        return words("repair.gave.right" if known else "repair.gave.gone", definition=name)
    parameters = [one.parameter for one in whole.gradient_check]
    # Of two nets it is not said whose gradients were looked at.
    counted = len(parameters) > 1 and len(set(parameters)) == len(parameters)
    if repair.left is Left.FIGURES:
        what = "figures"
    elif repair.left in (Left.NET, Left.TOGETHER):
        what = "all" if counted else "gradients"
    else:
        what = "own" if part is not None and part.part in _OF_GRADIENTS else "gradients"
    return words(f"repair.gave.{what}", definition=name, count=len(parameters), error=error)


def _error_left(repair: Repair, words: Words) -> str | None:
    error = repair.max_relative_error
    if error is None or not math.isfinite(error):
        return None
    return words("repair.error", error=figure(error, 1)) if error else words("repair.exactly")
