"""Text that a program printed, and where code ends and such text begins."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Final

from tutor.diagnosis.place import Output
from tutor.diagnosis.reading.chunks import Chunk, mend
from tutor.diagnosis.reading.grammar import fault, is_code
from tutor.diagnosis.unreadable import Unreadable

_STATEMENT: Final = re.compile(
    r"\s*(?:(?:def|class)\s+\w|import\s+\w|from\s+[\w.]+\s+import\b|@\w|return\b|print\s*[(\"']"
    r"|(?:for|while|if|elif|with|except)\b.*:\s*(?:#.*)?$|(?:else|try|finally)\s*:)"
)
_RESULT: Final = re.compile(r"[-+.\w)\]]*\d|[\[(]|array\(|tensor\(")
_NUMBER: Final = re.compile(r"\d|\bnan\b|\binf\b|\b(?:None|True|False)\b")
_FIGURES: Final = re.compile(r"[\s\[\](){},;|:<>/%*+.eE\d-]*$")
_LABELLED: Final = re.compile(r"\s*[^\W\d][^=(\"'`]*[:|]\s*[-+\[]*\s*\.?\d[^\"'`]*$")
_PAIRS: Final = re.compile(r"\s*(?:[\w .,:]+=\s*[-+(\[]*\s*\.?\d[^=\"'`]*){2,}$")
_WARNING: Final = re.compile(r"^\S*:\d+: \w*Warning: ")
_MARKS: Final = re.compile("[=(){}\"'`@#\\\\]")
_BETWEEN: Final = ("and", "or", "in", "is", "not", "as", "None", "True", "False")  # words too
_KEYWORD: Final = re.compile(
    rf"\s*(?:{'|'.join({*keyword.kwlist, 'print', 'exec'} - {*_BETWEEN})})\b"
)
_TRACEBACK: Final = re.compile(r"^\s*Traceback \(most recent call last\)", re.M)
_LONGEST: Final = 1000
_MOST_LINES: Final = 3000
_MOST_CUTS: Final = 10


def is_statement(line: str) -> bool:
    """Tell whether a line, on its own, is code and not a figure or a sentence."""
    if not line.strip():
        return False
    if _STATEMENT.match(line):
        return True
    text = line.strip()
    return fault(text) is None and is_code(text)


def has_statements(chunk: Chunk) -> bool:
    """Tell whether some line is code."""
    return any(map(is_statement, chunk.lines[:_MOST_LINES]))


def is_printed(line: str) -> bool:
    """Tell whether a line shows figures, with labels or without, and is no broken code."""
    if not _NUMBER.search(line):
        return False
    if len(line) > _LONGEST:
        return bool(_FIGURES.match(line))
    if _FIGURES.match(line) or _LABELLED.match(line) or _PAIRS.match(line) or _WARNING.search(line):
        return True
    return not _MARKS.search(line) and not _KEYWORD.match(line)


def is_output(chunk: Chunk, least: float = 1.0) -> bool:
    """Tell whether the lines, or that part of them, show figures; blank lines do not count."""
    lines = [line for line in chunk.lines[:_MOST_LINES] if line.strip()]
    shown = sum(map(is_printed, lines))
    return shown >= least * len(lines) and (shown > 0 or not lines)


def is_traceback(chunk: Chunk) -> bool:
    """Tell whether it is an error message, which quotes lines of code."""
    return bool(_TRACEBACK.search(chunk.text))


def output_of(chunk: Chunk) -> Output:
    """Keep lines as what was printed."""
    return Output(None, chunk.text.strip("\n"), chunk.places[0].line)


def split_tail(chunk: Chunk) -> tuple[Chunk, Chunk]:
    """Cut off what follows the code and is none: figures under a listing.

    Returns
    -------
    Chunk, Chunk
        The longest beginning that compiles, which may be blank, and the rest.
    """
    end = len(chunk.lines)
    for _ in range(_MOST_CUTS):
        try:
            mend(chunk[:end])
        except Unreadable as error:
            at = chunk.places.index(error.place) if error.place in chunk.places else 0
            end = min(at, end - 1)
        else:
            return _without_figures(chunk, end)
        if end <= 0:
            break
    return chunk[:0], chunk


def _without_figures(chunk: Chunk, end: int) -> tuple[Chunk, Chunk]:
    """Leave figures that happen to compile, like ``[0.3, 0.7]``, with the rest."""
    at = end
    while at and not chunk.lines[at - 1][:1].isspace() and _is_figure(chunk.lines[at - 1]):
        at -= 1
    if at < end and fault(chunk[:at].text) is None:
        end = at
    return chunk[:end], chunk[end:]


def _is_figure(line: str) -> bool:
    return not line.strip() or (bool(_RESULT.match(line)) and not is_statement(line))


def figures_in(chunk: Chunk) -> Iterator[Output]:
    """Find the stretches of a prose text that look printed."""
    start: int | None = None
    for at, line in enumerate((*chunk.lines, "")):
        printed = is_printed(line) and _is_terse(line)
        if printed and start is None:
            start = at
        elif not printed and start is not None:
            yield output_of(chunk[start:at])
            start = None


def _is_terse(line: str) -> bool:
    """Tell figures with labels from a sentence with figures in it."""
    words = re.findall(r"[^\W\d]{2,}", line)
    return len(words) <= 3 * len(re.findall(r"\d+\.?\d*", line))
