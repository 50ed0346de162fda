"""A larger array as a map of two-cell fields, a window of it at a time, with its scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tutor.ui.drawing.ink import Line, Span
from tutor.ui.drawing.wrap import wrap

if TYPE_CHECKING:
    from tutor.trace.state import ArrayView, Index

LEVELS = 9
_NOT_A_NUMBER = 99
_MOST_SCALE = 7


@dataclass(frozen=True, slots=True)
class Look:
    """How a heatmap is drawn.

    Attributes
    ----------
    rows, columns : int
        The largest window, in elements.
    cells : int
        The width that the lines below the map may take.
    scale : float
        The value of the strongest field; 0 takes the largest of the window.
    glyphs : bool
        Write sign and level into the fields, for a terminal without colours.
    """

    rows: int
    columns: int
    cells: int = 78
    scale: float = 0.0
    glyphs: bool = False


def heatmap(view: ArrayView, look: Look, near: Index | None = None) -> list[Line]:
    """Return the window around the element that changed, else around ``near``, and its scale."""
    shape = view.shape
    rows, columns = _as_matrix(shape)
    marked = sorted({_place(index, shape) for index in view.changed})
    middle = near if near and len(near) == len(shape) else (0,) * len(shape)
    row, column = marked[0] if marked else _place(middle, shape)
    top, height = _window(row, rows, look.rows)
    left, width = _window(column, columns, look.columns)
    window: Any = view.window(slice(top, top + height), slice(left, left + width))
    here = tuple((r - top, c - left) for r, c in marked)
    across = _place_text("columns", left, width, columns)
    place = f"{_place_text('rows', top, height, rows)}, {across}"
    return list(_drawn(window.tobytes(), window.dtype.str, width, here, place, look))


# Kept while a window's contents are: most steps of a run change no element of most windows.
@lru_cache(maxsize=128)
def _drawn(
    contents: bytes,
    dtype: str,
    width: int,
    here: tuple[tuple[int, int], ...],
    place: str,
    look: Look,
) -> tuple[Line, ...]:
    import numpy as np

    window = np.frombuffer(contents, dtype).reshape(-1, width)
    scale = look.scale or _largest(window)
    return (
        *(
            _field_row(row, tuple(c for at, c in here if at == r), look.glyphs)
            for r, row in enumerate(_levels(window.astype(float), scale))
        ),
        *_place_lines(place, look.cells),
        _scale_line(scale, look),
    )


def largest(view: ArrayView) -> float:
    """Return the largest absolute finite value of the whole array, for a scale that stays."""
    return _largest(view.to_numpy())


def _as_matrix(shape: tuple[int, ...]) -> tuple[int, int]:
    rows = 1
    for length in shape[:-1]:
        rows *= length
    return rows, (shape[-1] if shape else 1)


def _place(index: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, int]:
    flat = 0
    for at, length in zip(index, shape, strict=False):
        flat = flat * length + at
    return divmod(flat, shape[-1] if shape else 1)


def _window(at: int, length: int, most: int) -> tuple[int, int]:
    """Return start and length of the page of an axis that holds ``at``: it moves page by page."""
    size = max(1, min(length, most))
    return min(at // size * size, length - size), size


def _largest(values: Any) -> float:
    import numpy as np

    sizes = np.abs(np.asarray(values, dtype=float))
    sizes = sizes[np.isfinite(sizes)]
    return float(sizes.max()) if sizes.size else 0.0


def _levels(numbers: Any, scale: float) -> tuple[tuple[int, ...], ...]:
    import numpy as np

    bad = np.isnan(numbers)
    levels = np.zeros(numbers.shape) if not scale else np.where(bad, 0.0, numbers) / scale * LEVELS
    # A value that is not zero is never drawn as zero.
    levels = np.sign(levels) * np.ceil(np.abs(np.clip(levels, -LEVELS, LEVELS)))
    levels[bad] = _NOT_A_NUMBER
    return tuple(tuple(row) for row in levels.astype(int).tolist())


@lru_cache(maxsize=256)
def _field_row(levels: tuple[int, ...], marked: tuple[int, ...], glyphs: bool) -> Line:
    fields = (_field(level, c in marked, glyphs) for c, level in enumerate(levels))
    return Line((Span(" "), *fields))


@lru_cache(maxsize=32)
def _place_lines(place: str, cells: int) -> tuple[Line, ...]:
    rows = wrap((Span(place, "dim"),), cells - 1)
    return tuple(Line((Span(" "), *row)) for row in rows)


def _field(level: int, marked: bool, glyphs: bool) -> Span:
    if marked:
        return Span("><", "changed")
    if level == _NOT_A_NUMBER:
        return Span("??", "bad")
    return Span(f"{level:+d}" if glyphs and level else " 0" if glyphs else "  ", f"heat{level:+d}")


def _place_text(what: str, start: int, size: int, length: int) -> str:
    if size == length:
        return f"all {length} {what}"
    return f"{what} {start} to {start + size - 1} of {length}"


@lru_cache(maxsize=32)
def _scale_line(scale: float, look: Look) -> Line:
    if not scale:
        return Line((Span(" every element is 0", "dim"),))
    low, high = f" {-scale:.3g} ", f" {scale:.3g}"
    room = (look.cells - len(low + high)) // 2
    levels = (-9, -6, -3, 0, 3, 6, 9) if room >= _MOST_SCALE else (-9, 0, 9) if room >= 3 else ()
    fields = [_field(level, False, look.glyphs) for level in levels]
    return Line((Span(low, "dim"), *fields, Span(high, "dim")))
