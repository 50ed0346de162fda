"""What is said about a printed figure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.diagnosis.findings import Evidence


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that printed figures show.

    Attributes
    ----------
    sentence : str
        For the learner: what the figure is, how that is known, what to run next.
    cell : int or None
        The code cell that the figures were saved under.
    text : str
        The printed text it is about.
    pitfall : str
        The slug of the pitfall it points to; empty where it points to none, or to several.
    evidence : tuple of Evidence
        What is predicted, and what was printed.
    certain : bool
        Whether the figures, to the digits printed, leave no other explanation.
    """

    sentence: str
    cell: int | None
    text: str
    pitfall: str = ""
    evidence: tuple[Evidence, ...] = ()
    certain: bool = False

    def at(self, cell: int | None, text: str) -> Remark:
        """Return the same remark about another place."""
        return replace(self, cell=cell, text=text)


def said(
    sentence: str, pitfall: str = "", *evidence: Evidence, certain: bool = False, text: str = ""
) -> Remark:
    """Return a remark whose place is not known yet."""
    return Remark(sentence, None, text, pitfall, evidence, certain)
