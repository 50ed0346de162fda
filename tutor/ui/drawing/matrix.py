"""A small array as rows of numbers, the elements that changed marked ``>...<``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tutor.ui.drawing.ink import Line, Span

if TYPE_CHECKING:
    from tutor.trace.state import ArrayView, Index

# More rows than this are easier read as a heatmap.
MOST_ROWS = 12
# Enough for a usual h, 1e-4, to be seen in the element that it moves.
_MOST_DECIMALS = 4
_LARGE = 1e5


def element(value: object, decimals: int, scientific: bool = False) -> str:
    """Return one element with so many decimals; integers and truth values as they are."""
    if isinstance(value, float) or (hasattr(value, "dtype") and value.dtype.kind == "f"):
        number = float(value)  # type: ignore[arg-type]
        if number == 0:
            return "0"
        if not scientific or number != number or number in (float("inf"), float("-inf")):
            return f"{number:.{decimals}f}"
        mantissa, _, power = f"{number:.{min(decimals, 2)}e}".partition("e")
        return f"{mantissa}e{int(power)}"
    return str(value)


def _wide_range(values: Sequence[object]) -> bool:
    """Tell whether fixed decimals would hide some of the values or make them too long."""
    sizes = [abs(float(v)) for v in values if _number(v)]  # type: ignore[arg-type]
    sizes = [size for size in sizes if size and size not in (float("inf"),)]
    return bool(sizes) and (max(sizes) >= _LARGE or max(sizes) < 1e-2)


def _number(value: object) -> bool:
    try:
        return float(value) == float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def matrix(view: ArrayView, cells: int) -> list[Line] | None:
    """Return the rows of an array, or None if they do not fit and a heatmap must do."""
    if len(view.shape) == 0:
        return [_row([element(view[()], _MOST_DECIMALS)], [bool(view.changed)], 8)]
    rows, columns = _as_matrix(view.shape)
    if rows == 0 or columns == 0:
        return [Line((Span("  "), Span("no elements", "dim")))]
    if rows > MOST_ROWS or rows * columns > 40 * MOST_ROWS:
        return None
    window = view.window(slice(0, rows), slice(0, columns))
    marked = frozenset(_flat_index(index, view.shape) for index in view.changed)
    if window.dtype.hasobject:
        return _rows(window, marked, cells)
    found = _rows_of(window.tobytes(), window.dtype.str, columns, marked, cells)
    return None if found is None else list(found)


# Most steps of a run change no element of most arrays.
@lru_cache(maxsize=128)
def _rows_of(
    contents: bytes, dtype: str, columns: int, marked: frozenset[int], cells: int
) -> list[Line] | None:
    import numpy as np

    return _rows(np.frombuffer(contents, dtype).reshape(-1, columns), marked, cells)


def _rows(window: Any, marked: frozenset[int], cells: int) -> list[Line] | None:
    rows, columns = window.shape
    values = [[window[r, c] for c in range(columns)] for r in range(rows)]
    scientific = _wide_range([value for row in values for value in row])
    for decimals in range(_MOST_DECIMALS, 0, -1):
        texts = [[element(v, decimals, scientific) for v in row] for row in values]
        size = max(len(text) for row in texts for text in row)
        if columns * (size + 1) + 1 <= cells:
            break
    else:
        return _flowing(texts, marked, cells) if rows == 1 else None
    return [
        _row(row, [(r * columns + c) in marked for c in range(columns)], size)
        for r, row in enumerate(texts)
    ]


def _flowing(texts: list[list[str]], marked: frozenset[int], cells: int) -> list[Line] | None:
    """Return one long row as several, each with the index it starts at."""
    (row,) = texts
    size = max(len(text) for text in row)
    label = len(str(len(row)))
    across = (cells - label - 2) // (size + 1)
    if across < 1 or len(row) > across * MOST_ROWS:
        return None
    lines = []
    for start in range(0, len(row), across):
        part = row[start : start + across]
        marks = [(start + at) in marked for at in range(len(part))]
        lead = Span(f"{start:>{label}} ", "dim")
        lines.append(Line((lead, *_row(part, marks, size).spans)))
    return lines


def _row(texts: Sequence[str], marks: Sequence[bool], size: int) -> Line:
    """Return one row; each element takes one cell of gap, where a mark goes, and ``size``."""
    spans: list[Span] = []
    before = False
    for text, mark in zip(texts, marks, strict=True):
        blank = " " * (size - len(text))
        if before:
            spans.append(Span("<", "changed"))
        if mark:
            lead = "" if before and not blank else blank[1:] if before else blank
            spans += [Span(lead), Span(f">{text}" if lead or not before else text, "changed")]
        else:
            spans.append(Span(f"{'' if before else ' '}{blank}{text}"))
        before = mark
    return Line((*spans, Span("<", "changed") if before else Span(" ")))


def _as_matrix(shape: tuple[int, ...]) -> tuple[int, int]:
    rows = 1
    for length in shape[:-1]:
        rows *= length
    return rows, shape[-1]


def _flat_index(index: Index, shape: tuple[int, ...]) -> int:
    flat = 0
    for at, length in zip(index, shape, strict=False):
        flat = flat * length + at
    return flat
