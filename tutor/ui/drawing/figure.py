"""One value as text: numbers in full where they fit, everything else named."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, TypeGuard

from tutor.ui.digits import shown
from tutor.ui.drawing.ink import fit

if TYPE_CHECKING:
    from tutor.trace.state import ArrayView


def is_array(value: object) -> TypeGuard[ArrayView]:
    """Tell whether a value of a state is an array, without importing NumPy."""
    return hasattr(value, "window") and hasattr(value, "shape")


def is_figure(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number that has digits to compare: no truth value."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_opaque(value: object) -> bool:
    """Tell whether a value was seen but not kept: a function, an iterator, a net."""
    return type(value).__name__ == "Opaque"


def kind(view: ArrayView) -> str:
    """Return the size and type of an array, such as ``2x3 float64``."""
    shape = "x".join(map(str, view.shape)) if view.shape else "scalar"
    return f"{shape} {view.dtype}"


def value_text(value: object, cells: int) -> str:
    """Return a value in so many cells; what does not fit ends in an ellipsis."""
    if is_figure(value):
        return shown(value, cells)[0]
    if is_array(value):
        return fit(f"[{kind(value)}]", cells)
    if is_opaque(value):
        return fit(str(value), cells)
    return fit(_plain(value), cells)


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        inner = ", ".join(map(_plain, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return str(value) if is_figure(value) else repr(value)


def index_text(index: tuple[int, ...]) -> str:
    """Return an index as it is written between brackets: ``0, 2``."""
    return ", ".join(str(int(at)) for at in index)


def idx_text(index: tuple[int, ...]) -> str:
    """Return an index as Python prints it: ``(0, 2)``, ``(3,)``."""
    return _plain(tuple(int(at) for at in index))
