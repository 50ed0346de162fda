"""A wrong line in place of a right one: the edit that turns right code into a pitfall."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class EditError(ValueError):
    """An edit does not fit the code it is meant for; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Whole lines of one definition, and what stands there instead.

    Attributes
    ----------
    definition : str
        Where: ``"softmax"``, or ``"Affine.backward"`` for a method.
    find : str
        The right lines, with the leftmost of them at the margin. They stand there once.
    replace : str
        The wrong lines, from the same margin; empty to leave the right ones out.
    """

    definition: str
    find: str
    replace: str

    @property
    def owner(self) -> str:
        """The function or class that is compiled: the part of `definition` before the dot."""
        return self.definition.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Placed:
    """An edit, found: it takes the place of `count` lines from number `start` (from 0) on."""

    edit: Edit
    start: int
    count: int
    indent: str

    @property
    def stop(self) -> int:
        """The number of the first line that stays."""
        return self.start + self.count

    @property
    def wrong(self) -> list[str]:
        """The lines that stand there instead."""
        return textwrap.indent(self.edit.replace, self.indent).splitlines()


def dedent(text: str) -> str:
    """Take off what all lines are indented by, and blank lines at both ends."""
    return textwrap.dedent(text.strip("\n")).rstrip()


def place(edit: Edit, lines: Sequence[str], first: int, stop: int) -> Placed:
    """Find the lines that an edit is about.

    Parameters
    ----------
    lines : sequence of str
        A function or a class.
    first, stop : int
        Where the definition of the edit begins and where it has ended, counted from 0.

    Raises
    ------
    EditError
        If they are not there, or more than once.
    """
    wanted = dedent(edit.find).splitlines()
    count = len(wanted)
    found = [
        at
        for at in range(first, stop - count + 1)
        if lines[at].strip() == wanted[0].strip()
        and dedent("\n".join(lines[at : at + count])).splitlines() == wanted
    ]
    if len(found) != 1:
        raise EditError(
            f"`{wanted[0]}` stands {len(found)} times in {edit.definition}, and an edit needs "
            "lines that stand there once. Give more of the lines around it."
        )
    at = found[0]
    window = "\n".join(lines[at : at + count])
    indent = len(window.splitlines()[0]) - len(dedent(window).splitlines()[0])
    return Placed(edit, at, count, " " * indent)


def applied(placed: Iterable[Placed], lines: Sequence[str]) -> list[str]:
    """Return the lines with all edits made.

    Raises
    ------
    EditError
        If two edits want the same line.
    """
    result = list(lines)
    above = len(result)
    for one in sorted(placed, key=lambda one: one.start, reverse=True):
        if one.stop > above:
            raise EditError(
                f"Two edits want line {one.stop} of {one.edit.definition}, so these pitfalls "
                "cannot stand in one file. Combine pitfalls of different lines."
            )
        result[one.start : one.stop] = one.wrong
        above = one.start
    return result
