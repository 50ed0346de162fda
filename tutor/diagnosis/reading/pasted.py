"""Text that somebody pasted: a forum post, a README, a session, a listing with its figures."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Final, NamedTuple

from tutor.diagnosis.reading.chunks import Chunk, Draft
from tutor.diagnosis.reading.printed import (
    figures_in,
    has_statements,
    is_output,
    is_traceback,
    output_of,
    split_tail,
)
from tutor.diagnosis.reading.prompts import has_prompts, read_prompts
from tutor.diagnosis.reading.session import is_session, read_session

LARGEST_PASTE: Final = 150_000

_FENCE: Final = re.compile(r"^(?:\s{0,3}|\s*> )(`{3,}|~{3,})\s*\{?\.?([\w+#-]*)")
_PYTHON: Final = frozenset(("py", "python", "python3", "python2", "ipython", "pycon", "ipython3"))
_DEFINES: Final = re.compile(
    r"(?:async )?def \w+\s*\(|class \w+\s*[(:]|import \w+$|from \w+ import "
)
_OUTPUT: Final = frozenset(("", "text", "txt", "output", "plain", "plaintext", "console", "out"))


class _Part(NamedTuple):
    """A stretch of a Markdown text; the language of the fence it stands in, None for prose."""

    chunk: Chunk
    language: str | None


def read_pasted(chunk: Chunk) -> Draft | None:
    """Find code and output in a text that is not Python as it stands.

    Returns
    -------
    Draft or None
        None if it is neither a paste of a known form nor figures: broken Python, prose, or more
        than anybody pastes.
    """
    if sum(map(len, chunk.lines)) > LARGEST_PASTE:
        return None
    if any(map(_FENCE.match, chunk.lines)):
        draft = _read_fences(chunk)
        if draft.chunks or draft.outputs:
            return draft
    if is_session(chunk) or has_prompts(chunk):
        return _read_block(chunk)
    return _read_listing(chunk)


def _read_fences(chunk: Chunk) -> Draft:
    draft = Draft()
    for part in _parts(chunk):
        if part.language is None:
            draft.outputs.extend(figures_in(part.chunk))
        elif part.chunk.is_blank:
            continue
        elif part.language in _PYTHON:
            draft.extend(_read_block(part.chunk))
        elif part.language in _OUTPUT:
            draft.extend(_read_unnamed(part.chunk))
    return draft


def _parts(chunk: Chunk) -> Iterator[_Part]:
    """Cut a text at its fences. One that is never closed ends with the text."""
    start, fence, language = 0, "", ""
    for at, line in enumerate(chunk.lines):
        match = _FENCE.match(line)
        if not match or (fence and not (match[1].startswith(fence) and not match[2])):
            continue
        yield _Part(_dedented(chunk[start:at]), language if fence else None)
        start, fence = at + 1, "" if fence else match[1]
        language = match[2].lower()
    yield _Part(_dedented(chunk[start:]), language if fence else None)


def _dedented(chunk: Chunk) -> Chunk:
    lines = chunk.lines
    # A quotation, unless it is a session, whose prompt begins in the same way.
    if all(re.match(">(?!>>)", line) for line in lines if line.strip()):
        lines = tuple(re.sub("^> ?", "", line) for line in lines)
    plain = textwrap.dedent("\n".join(lines)).split("\n") if lines else ()
    return Chunk(tuple(plain), chunk.places)


def _read_block(chunk: Chunk) -> Draft:
    if is_session(chunk):
        return read_session(chunk)
    if has_prompts(chunk):
        return read_prompts(chunk)
    return _read_listing(chunk) or Draft([chunk])


def _read_unnamed(chunk: Chunk) -> Draft:
    """Read a fenced block of which nobody says whether it is code or output."""
    if is_session(chunk) or has_prompts(chunk):
        return _read_block(chunk)
    if is_traceback(chunk) or not has_statements(chunk):
        return Draft(outputs=[output_of(chunk)])
    return _read_listing(chunk) or Draft([chunk])


def _read_listing(chunk: Chunk) -> Draft | None:
    """Read code with figures under it, figures alone, or code indented among prose."""
    if is_traceback(chunk) and not any(line.startswith("def ") for line in chunk.lines):
        return Draft(outputs=[output_of(chunk)])
    code, rest = split_tail(chunk)
    if has_statements(code) and is_output(rest):
        return Draft([code], [] if rest.is_blank else [output_of(rest)])
    if not has_statements(chunk):
        return Draft(outputs=[output_of(chunk)]) if is_output(chunk, least=0.5) else None
    return _read_indented(chunk)


def _read_indented(chunk: Chunk) -> Draft | None:
    """Take the blocks that Markdown shows as code: four spaces, a blank line before.

    None where the text around them is no prose: then it is broken Python.
    """
    if any(map(_DEFINES.match, chunk.lines)):
        return None
    draft = Draft()
    for block in _indented_blocks(chunk):
        code, rest = split_tail(block)
        if not has_statements(code) or not is_output(rest):
            return None
        draft.chunks.append(code)
        if not rest.is_blank:
            draft.outputs.append(output_of(rest))
    return draft if draft.chunks else None


def _indented_blocks(chunk: Chunk) -> Iterator[Chunk]:
    start: int | None = None
    blank = True
    for at, line in enumerate((*chunk.lines, "end")):
        indented = line.startswith(("    ", "\t"))
        if start is None and indented and blank:
            start = at
        elif start is not None and line.strip() and not indented:
            yield _dedented(chunk[start:at])
            start = None
        blank = not line.strip()
