"""Pieces of code, one after the other, put together to one module; one bad piece is left out."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Final

from tutor.diagnosis.place import Module, Output, Place
from tutor.diagnosis.reading.characters import with_plain_characters, without_tabs
from tutor.diagnosis.reading.grammar import Fault, fault, is_code, refusal
from tutor.diagnosis.reading.magics import MARK, Written, calls_of_ipython, without_magics
from tutor.diagnosis.unreadable import Kind, Unreadable

_FUTURE: Final = re.compile(r"^\s*from\s+__future__\s+import\b(?!.*\($)")
_MOST_ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines of code that stand together: a cell, an entry at a prompt, a whole file."""

    lines: tuple[str, ...]
    places: tuple[Place, ...]

    @classmethod
    def of(cls, text: str, file: str, cell: int | None = None) -> Chunk:
        """Cut a text into lines."""
        lines = tuple(text.removesuffix("\n").split("\n"))
        return cls(lines, tuple(Place(file, at, cell) for at in range(1, len(lines) + 1)))

    def __getitem__(self, part: slice) -> Chunk:
        return Chunk(self.lines[part], self.places[part])

    @property
    def text(self) -> str:
        """The lines as one string."""
        return "\n".join(self.lines) + "\n"

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it."""
        return not any(line and not line.isspace() for line in self.lines)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found in a notebook or a pasted text, before the code is looked at.

    Attributes
    ----------
    chunks : list of Chunk
        Code, in its order.
    written : list of Written and Chunk
        Modules that cells write.
    python_2 : bool
        Whether it says of itself that it is for Python 2.
    """

    chunks: list[Chunk] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: list[tuple[Written, Chunk]] = field(default_factory=list)
    python_2: bool = False

    def extend(self, other: Draft) -> None:
        """Append what another draft holds."""
        self.chunks.extend(other.chunks)
        self.outputs.extend(other.outputs)
        self.notes.extend(other.notes)
        self.written.extend(other.written)


@dataclass(frozen=True, slots=True)
class Mended:
    """A chunk that compiles, and what had to be done for that."""

    chunk: Chunk
    notes: tuple[str, ...] = ()


def mend(chunk: Chunk) -> Mended:
    """Make a chunk into Python 3, if look-alike characters, magics or tabs are all that is wrong.

    Raises
    ------
    Unreadable
        SYNTAX_ERROR, PYTHON_2, MERGE_MARKERS, TOO_DEEP or NULL_BYTES, with the place.
    """
    found = fault(chunk.text)
    if found is None:
        return Mended(chunk)
    lines, done = with_plain_characters(chunk.lines)
    if MARK.search(chunk.text):
        lines = without_magics(lines)
    notes = tuple(f"{chunk.places[0].file}: {what} ({_lines(n)})." for what, n in done.items())
    plain = replace(chunk, lines=tuple(lines))
    if plain.lines != chunk.lines:
        found = fault(plain.text)
    if found is None:
        return Mended(plain, notes)
    if found.tabs:
        untabbed, found = _untabbed(plain, found)
        if untabbed:
            note = f"{chunk.places[0].file}: tabs and spaces are mixed in the margin."
            return Mended(untabbed, (*notes, note))
    raise refusal(found, plain.lines, plain.places)


def _untabbed(chunk: Chunk, found: Fault) -> tuple[Chunk | None, Fault]:
    """Read mixed tabs as 4 or 8 wide, if only one of the two is Python or both say the same."""
    read = [replace(chunk, lines=tuple(without_tabs(chunk.lines, width))) for width in (4, 8)]
    faults = [fault(one.text) for one in read]
    good = [one for one, wrong in zip(read, faults, strict=True) if wrong is None]
    if good and len({ast.dump(ast.parse(one.text)) for one in good}) == 1:
        return good[0], found
    wrong = faults[1]
    return None, wrong if wrong and not good else found


def _lines(count: int) -> str:
    return "in 1 line" if count == 1 else f"in {count} lines"


def whole_module(text: str, name: str, file: str) -> tuple[Module, tuple[str, ...]]:
    """Read a text that is Python as it stands, or nearly; as `assemble` does for one chunk."""
    text = text if text.endswith("\n") else f"{text}\n"
    if "get_ipython" not in text and fault(text) is None:
        return Module(name, file, text), ()
    return assemble([Chunk.of(text, file)], name, file)


def assemble(
    chunks: Sequence[Chunk], name: str, file: str, python_2: bool = False
) -> tuple[Module, tuple[str, ...]]:
    """Put chunks together, and leave out those that are not Python.

    Parameters
    ----------
    python_2 : bool
        Refuse the whole if a chunk is Python 2.

    Returns
    -------
    Module
        Its source is empty if there is no chunk.
    tuple of str
        A sentence for each chunk that was left out or mended.

    Raises
    ------
    Unreadable
        As `mend` does, if what is left is no code.
    """
    whole = _joined(chunks)
    if fault(whole.text) is None and _stand_apart(whole, chunks):
        return _module(whole, name, file), ()
    notes: list[str] = []
    good: list[Chunk] = []
    first: Unreadable | None = None
    for chunk in chunks:
        try:
            mended = mend(chunk)
        except Unreadable as error:
            first = first or error
            if python_2 and error.kind is Kind.PYTHON_2:
                raise
            notes.append(_left_out(error))
        else:
            good.append(mended.chunk)
            notes.extend(note for note in mended.notes if note not in notes)
    if first and not is_code(_joined(good).text):
        raise first
    return _module(_without_faults(good, notes), name, file), tuple(notes)


def _left_out(error: Unreadable) -> str:
    sentence = error.sentence.rpartition(". ")[0] or error.sentence
    where = "That cell" if error.place and error.place.cell else "That part"
    return f"{sentence}. {where} is left out."


def _without_faults(chunks: list[Chunk], notes: list[str]) -> Chunk:
    """Join chunks each of which compiles alone; drop what does not go with the others."""
    for _ in range(_MOST_ATTEMPTS):
        whole = _joined(chunks)
        found = fault(whole.text)
        if found is None:
            return whole
        if "__future__" in found.message:
            chunks = [_without_future(chunk) for chunk in chunks]
            continue
        error = refusal(found, whole.lines, whole.places)
        at = bisect_right(_starts(chunks), found.line - 1) - 1
        notes.append(_left_out(error))
        chunks = chunks[:at] + chunks[at + 1 :]
    raise error


def _without_future(chunk: Chunk) -> Chunk:
    return replace(chunk, lines=tuple("" if _FUTURE.match(x) else x for x in chunk.lines))


def _joined(chunks: Iterable[Chunk]) -> Chunk:
    lines: list[str] = []
    places: list[Place] = []
    for chunk in chunks:
        lines.extend(chunk.lines)
        places.extend(chunk.places)
    return Chunk(tuple(lines), tuple(places))


def _starts(chunks: Sequence[Chunk]) -> list[int]:
    """Return the line, counted from 0, in which each chunk begins in the whole."""
    return [0, *accumulate(len(chunk.lines) for chunk in chunks)][:-1]


def _stand_apart(whole: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Tell whether no statement runs from one chunk into the next."""
    if len(chunks) < 2:
        return True
    starts = _starts(chunks)
    try:
        tree = ast.parse(whole.text)
    except (RecursionError, MemoryError):
        return False
    return all(
        bisect_right(starts, s.lineno - 1) == bisect_right(starts, (s.end_lineno or 0) - 1)
        for s in tree.body
    )


def _module(whole: Chunk, name: str, file: str) -> Module:
    if whole.is_blank:
        return Module(name, file, "")
    if "get_ipython" in whole.text:
        whole = _without_ipython(whole)
    # A file as it stands needs no map: line 5 is line 5.
    straight = all(
        place.line == at and place.cell is None for at, place in enumerate(whole.places, 1)
    )
    return Module(name, file, whole.text, () if straight else whole.places)


def _without_ipython(whole: Chunk) -> Chunk:
    lines, places = list(whole.lines), list(whole.places)
    for first, last, instead in reversed(calls_of_ipython(ast.parse(whole.text))):
        # Fewer lines than before are filled up, so that only an unwrapped cell moves what follows.
        new = instead + [""] * (last - first + 1 - len(instead))
        lines[first - 1 : last] = new
        places[first - 1 : last] = [places[first - 1]] * len(new)
    changed = Chunk(tuple(lines), tuple(places))
    return whole if fault(changed.text) else changed


def empty_or_refused(file: str) -> Unreadable:
    """Return the refusal of what holds no code and no figures."""
    return Unreadable(
        Kind.NO_CODE,
        f"{file} holds no Python code and no printed figures. Hand in the file with the functions.",
    )
