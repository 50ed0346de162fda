"""A notebook, read tolerantly: nbformat 3 and 4, with or without metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from tutor.diagnosis.place import Output, Place
from tutor.diagnosis.reading.chunks import Chunk, Draft
from tutor.diagnosis.reading.decode import with_plain_line_ends, without_surrogates
from tutor.diagnosis.reading.grammar import LARGEST_CODE, merge_refusal, too_much
from tutor.diagnosis.reading.magics import MARK, clean
from tutor.diagnosis.reading.outputs import joined, texts_of
from tutor.diagnosis.unreadable import Kind, Unreadable

LARGEST: Final = 64_000_000
_LARGEST_TEXT: Final = 8_000_000
_LOOKS_LIKE_ONE: Final = re.compile(r'\s*\{[^{]*"(?:cells|worksheets|metadata|nbformat)"\s*:')
# A picture: hundreds of kilobytes of base64 that nobody reads here.
_PICTURE: Final = re.compile(r'"(?:[A-Za-z0-9+/=]|\\n){1000,}+"')
_AGAIN: Final = "Save the notebook again and hand that in."


def is_notebook(text: str) -> bool:
    """Tell whether a text is the JSON of a notebook, whatever its file is called."""
    return bool(_LOOKS_LIKE_ONE.match(text[:20_000]))


def read_notebook(text: str, file: str) -> Draft:
    """Find the code and the outputs of a notebook.

    Raises
    ------
    Unreadable
        DAMAGED_NOTEBOOK, TOO_LARGE, TOO_DEEP, MERGE_MARKERS, or NOT_PYTHON for another language.
    """
    notebook = _parsed(text, file)
    _refuse_other_languages(notebook, file)
    draft = Draft(python_2=_is_python_2(notebook))
    number = size = 0
    for cell in _cells(notebook, file):
        if cell.get("cell_type", "code") == "code":
            number += 1
            size += len(joined(cell.get("source") or cell.get("input")))
            if size > LARGEST_CODE:
                raise too_much(file)
            _read_cell(cell, number, file, draft)
    return draft


def _read_cell(cell: dict[str, object], number: int, file: str, draft: Draft) -> None:
    draft.outputs.extend(Output(number, text) for text in texts_of(cell.get("outputs")))
    source = joined(cell.get("source") or cell.get("input"))
    source = with_plain_line_ends(without_surrogates(source))
    if not source.strip():
        return
    chunk = _dedented(Chunk.of(source, file, number))
    if MARK.search(source):
        cleaned = clean(chunk.lines)
        chunk = Chunk(cleaned.lines, chunk.places)
        if cleaned.dropped:
            draft.notes.append(f"{file}, cell {number} ({cleaned.dropped}) is left out.")
        if cleaned.written:
            draft.written.append((cleaned.written, chunk))
            return
    draft.chunks.append(chunk)


def _dedented(chunk: Chunk) -> Chunk:
    """Take out the margin that the first line has, as IPython does."""
    first = next(line for line in chunk.lines if line.strip())
    margin = first[: len(first) - len(first.lstrip(" \t"))]
    if not margin:
        return chunk
    return Chunk(tuple(line.removeprefix(margin) for line in chunk.lines), chunk.places)


def _parsed(text: str, file: str) -> dict[str, object]:
    if len(text) > _LARGEST_TEXT // 4:
        text = _PICTURE.sub('""', text)
    if len(text) > _LARGEST_TEXT:
        raise Unreadable(
            Kind.TOO_LARGE,
            f"{file} holds {len(text) / 1e6:.0f} million characters besides its pictures. "
            "Clear the outputs, save it, and hand that in.",
        )
    try:
        notebook = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise _damaged(error, text, file) from None
    except (RecursionError, MemoryError):
        raise Unreadable(
            Kind.TOO_DEEP, f"{file} is nested too deeply to be a notebook. {_AGAIN}"
        ) from None
    except ValueError:  # a number of thousands of digits
        raise Unreadable(Kind.DAMAGED_NOTEBOOK, f"{file} is damaged. {_AGAIN}") from None
    if not isinstance(notebook, dict):
        raise Unreadable(Kind.DAMAGED_NOTEBOOK, f"{file} is JSON, but no notebook. {_AGAIN}")
    return notebook


def _damaged(error: json.JSONDecodeError, text: str, file: str) -> Unreadable:
    merge = merge_refusal(text.split("\n"), file)
    if merge:
        return merge
    place = Place(file, error.lineno)
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return Unreadable(
            Kind.DAMAGED_NOTEBOOK, f"{file} is cut off at line {error.lineno}. {_AGAIN}", place
        )
    return Unreadable(
        Kind.DAMAGED_NOTEBOOK,
        f"{place}, is damaged ({error.msg[:1].lower()}{error.msg[1:]}). {_AGAIN}",
        place,
    )


def _cells(notebook: dict[str, object], file: str) -> Iterator[dict[str, object]]:
    """Go through the cells; nbformat 3 has them in worksheets."""
    sheets = notebook.get("worksheets")
    holders = [notebook, *(sheets if isinstance(sheets, list) else ())]
    found = [holder.get("cells") for holder in holders if isinstance(holder, dict)]
    lists = [cells for cells in found if isinstance(cells, list)]
    if not lists:
        raise Unreadable(Kind.DAMAGED_NOTEBOOK, f"{file} has no cells: it is no notebook. {_AGAIN}")
    for cells in lists:
        yield from (cell for cell in cells if isinstance(cell, dict))


def _refuse_other_languages(notebook: dict[str, object], file: str) -> None:
    language = _metadata(notebook, "kernelspec", "language") or _metadata(
        notebook, "language_info", "name"
    )
    if language and not re.match(r"i?python|sage|xpython", language.lower()):
        raise Unreadable(
            Kind.NOT_PYTHON, f"{file} is a notebook in {language[:30]}, not in Python."
        )


def _is_python_2(notebook: dict[str, object]) -> bool:
    version = _metadata(notebook, "language_info", "version")
    return version.startswith("2.") or _metadata(notebook, "kernelspec", "name") == "python2"


def _metadata(notebook: dict[str, object], part: str, name: str) -> str:
    metadata = notebook.get("metadata")
    entry = metadata.get(part) if isinstance(metadata, dict) else None
    found = entry.get(name) if isinstance(entry, dict) else None
    return found if isinstance(found, str) else ""
