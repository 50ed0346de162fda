"""Student's code, compiled: right, or with the edits of some pitfalls made."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from tutor.pitfalls.edit import Edit
from tutor.pitfalls.listing import edited_sources, listing

RIGHT_LABEL = "right"


class Code:
    """The definitions of a student's file, as attributes: ``code.softmax``.

    Every definition sees this file's own versions of the others. Nothing in it is shared with
    another file, so that what one does to its classes stays there.

    Parameters
    ----------
    edits : tuple of Edit
        What is wrong with it; empty for the right file.
    label : str
        What tracebacks call it.

    Raises
    ------
    EditError
        If the edits do not fit.
    """

    def __init__(self, edits: tuple[Edit, ...] = (), label: str = RIGHT_LABEL) -> None:
        names: dict[str, Any] = {"np": np, "__name__": f"student_{label}"}
        for compiled in _compiled(edits, label):
            exec(compiled, names)
        self._names = names

    def __getattr__(self, name: str) -> Any:
        """Return a definition by its name."""
        try:
            return self._names[name]
        except KeyError:
            raise AttributeError(f"The file defines no {name}.") from None


@lru_cache(maxsize=512)
def _compiled(edits: tuple[Edit, ...], label: str) -> tuple[CodeType, ...]:
    changed = edited_sources(edits)
    return tuple(
        _compile(changed[name], f"<{label}: {name}>") if name in changed else right
        for name, right in _right()
    )


@lru_cache(maxsize=1)
def _right() -> tuple[tuple[str, CodeType], ...]:
    return tuple(_each_right())


def _each_right() -> Iterator[tuple[str, CodeType]]:
    for name, definition in listing().items():
        yield name, _compile(definition.source, f"<{RIGHT_LABEL}: {name}>")


def _compile(source: str, filename: str) -> CodeType:
    # So that the source can be shown, and recorded: None for the time keeps linecache from
    # looking for a file of that name.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return compile(source, filename, "exec", dont_inherit=True)
