"""How a report is to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """What the reader of a report asked for.

    Attributes
    ----------
    width : int
        Columns of the terminal; below 60 the text is written for 60.
    colour : bool
        Mark with ANSI colours as well; nothing is told by colour alone.
    for_student : bool
        Say where and why, and keep the repaired line back.
    language : str
        Of the fixed sentences, ``en``; an unknown one falls back to English.
    isolation : tuple of str
        What all of many submissions were run under: it is said once, and not in each report.
    """

    width: int = 80
    colour: bool = False
    for_student: bool = False
    language: str = "en"
    isolation: tuple[str, ...] = ()
