"""A notebook that was copied as text: ``In [3]:`` and ``Out[3]:``."""

from __future__ import annotations

import re
from typing import Final

from tutor.diagnosis.reading.chunks import Chunk, Draft
from tutor.diagnosis.reading.grammar import python_2
from tutor.diagnosis.reading.magics import MARK, clean
from tutor.diagnosis.reading.printed import is_statement, output_of, split_tail

_IN: Final = re.compile(r"^\s*(?:In\s?\[[\d\s*]*\]:[ \t]?|\[[\d\s*]+\]:\s*$)")
_OUT: Final = re.compile(r"^\s*Out\s?\[[\d\s]*\]:[ \t]?")
_MORE: Final = re.compile(r"^\s*\.{3,}:[ ]?")


def has_prompts(chunk: Chunk) -> bool:
    """Tell whether some line begins with the prompt of a notebook."""
    return any(map(_IN.match, chunk.lines))


def read_prompts(chunk: Chunk) -> Draft:
    """Part the cells from what they printed, which follows them without any mark."""
    marks = [at for at, line in enumerate(chunk.lines) if _IN.match(line) or _OUT.match(line)]
    draft = Draft()
    for start, end in zip(marks, [*marks[1:], len(chunk.lines)], strict=True):
        part = chunk[start:end]
        first = part.lines[0]
        if _IN.match(first):
            _read_cell(_without_marks(part), draft)
        else:
            text = Chunk((_OUT.sub("", first), *part.lines[1:]), part.places)
            if not text.is_blank:
                draft.outputs.append(output_of(text))
    return draft


def _without_marks(part: Chunk) -> Chunk:
    lines = [_IN.sub("", part.lines[0])]
    lines.extend(_MORE.sub("", line) for line in part.lines[1:])
    return Chunk(tuple(lines), part.places)


def _is_meant_as_code(line: str) -> bool:
    return is_statement(line) or bool(python_2(line))


def _read_cell(cell: Chunk, draft: Draft) -> None:
    if MARK.search(cell.text):
        cell = Chunk(clean(cell.lines).lines, cell.places)
    code, rest = split_tail(cell)
    # What was printed may be anything, but a line that was meant as code is the student's mistake.
    if (code.is_blank and not cell.is_blank) or any(map(_is_meant_as_code, rest.lines)):
        code, rest = cell, cell[:0]
    if not code.is_blank:
        draft.chunks.append(code)
    if not rest.is_blank:
        draft.outputs.append(output_of(rest))
