"""A net of a student's with sizes of its own, 784-50-10, made small enough to be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from tutor.diagnosis.inside.asking import _DEPTH, _arrays, _assign
from tutor.diagnosis.inside.space import evaluate

_MOST = 4000  # weights, of which each is moved up and down


def shrink(target: str, sizes: Sequence[int]) -> int:
    """Cut the arrays that an object holds, if they are too many to be asked one by one.

    Equal lengths stay equal, and a whole number that the object holds goes with them.

    Parameters
    ----------
    target : str
        The object.
    sizes : (inputs, hidden, outputs)
        What the first, the last and the other lengths become.

    Returns
    -------
    int
        How many weights it holds now.
    """
    held = evaluate(target)
    found = [(p, v) for p, v in _arrays(target, held, _DEPTH, set()) if v.dtype.kind == "f"]
    if _count(found) <= _MOST or any(v.ndim > 2 for _, v in found):
        return _count(found)
    lengths = _lengths([v for _, v in found], sizes)
    small: dict[int, NDArray[Any]] = {}
    for path, values in found:
        cut = values[tuple(slice(lengths.get(n, n)) for n in values.shape)]
        _assign(path, small.setdefault(id(values), cut.copy()))
    for name, value in list(vars(held).items()) if hasattr(held, "__dict__") else ():
        if type(value) is int and value in lengths:
            setattr(held, name, lengths[value])
    return sum(v.size for v in small.values())


def _count(found: Sequence[tuple[str, NDArray[Any]]]) -> int:
    return sum({id(v): v.size for _, v in found}.values())


def _lengths(arrays: Sequence[NDArray[Any]], sizes: Sequence[int]) -> dict[int, int]:
    """Return what each length becomes, in the order in which they come: no two become one."""
    inputs, hidden, outputs = sizes
    order = list(dict.fromkeys(n for v in arrays if v.ndim == 2 for n in v.shape if n > 1))
    others = [n for n in (hidden, *range(hidden + 2, 99)) if n not in (inputs, outputs)]
    out = dict(zip(order[1:-1], others, strict=False))
    if order:
        out[order[-1]] = outputs
        out[order[0]] = inputs
    return {old: min(old, new) for old, new in out.items()}
