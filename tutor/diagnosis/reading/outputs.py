"""What a notebook has kept of what its code printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_COLOUR: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LONGEST: Final = 200_000


def texts_of(saved: object) -> Iterator[str]:
    """Read the outputs of one code cell, of nbformat 3 or 4: printed, returned, raised.

    Pictures and HTML are passed over, and what is no output at all.
    """
    for output in saved if isinstance(saved, list) else ():
        if isinstance(output, dict):
            text = _text_of(output)
            if text.strip():
                yield _plain(text)


def joined(source: object) -> str:
    """Return a text that is saved as one string or as a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _text_of(output: dict[str, object]) -> str:
    if output.get("output_type") in ("error", "pyerr"):
        frames = output.get("traceback")
        lines = (
            [line for line in frames if isinstance(line, str)] if isinstance(frames, list) else []
        )
        return "\n".join(lines) or f"{output.get('ename')}: {output.get('evalue')}"
    data = output.get("data")
    plain = data.get("text/plain") if isinstance(data, dict) else None
    return joined(plain or output.get("text"))


def _plain(text: str) -> str:
    text = _COLOUR.sub("", text)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}\n… ({len(text) - _LONGEST} more characters)"
    # A progress bar goes back to the start of its line and writes over it.
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rpartition("\r")[2] for line in lines)
