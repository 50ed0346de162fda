"""A list to choose from, as lines: what each choice is, and more about it below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tutor.ui.drawing.ink import BLANK, Line, Span
from tutor.ui.drawing.wrap import wrap

_LEAD = 3


class Choice(NamedTuple):
    """One choice: its title, and what is said about it on the lines below."""

    title: str
    details: tuple[str, ...] = ()


def choice_lines(choices: Sequence[Choice], picked: int, cells: int) -> list[Line]:
    """Return the lines of the list; the picked choice has a pointer and a ground."""
    lines: list[Line] = []
    for number, choice in enumerate(choices):
        lines += [BLANK] if lines and any(one.details for one in choices) else []
        lines += _lines(number, choice, number == picked, cells)
    return lines


def rows_of(choices: Sequence[Choice], picked: int, cells: int) -> range:
    """Return the rows of the picked choice."""
    end = len(choice_lines(choices[: picked + 1], -1, cells))
    return range(end - len(_lines(picked, choices[picked], False, cells)), end)


def _lines(number: int, choice: Choice, picked: bool, cells: int) -> list[Line]:
    click, ground = f"choice:{number}", "current" if picked else ""
    room = max(12, cells - _LEAD - 1)
    texts = [(choice.title, "strong" if picked else "text"), *((d, "dim") for d in choice.details)]
    rows = [row for text, ink in texts for row in wrap((Span(text, ink, click),), room, "  ")]
    leads = (" > " if picked else "   ", *["   "] * (len(rows) - 1))
    return [
        Line((Span(lead, "pointer", click), *row), ground)
        for lead, row in zip(leads, rows, strict=True)
    ]
