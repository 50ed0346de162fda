"""Columns of numbers as JSON: short ones as lists, long ones deflated."""

from __future__ import annotations

import base64
import math
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SHORT = 32  # numbers that are written out one by one
_NARROW = ("<i1", "<i2", "<i4", "<i8")
_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_PLAIN = "biuf"


def packed(values: NDArray[Any], exact: bool = False) -> dict[str, Any]:
    """Return a column as JSON.

    ``dtype`` is NumPy's name with the byte order. ``list`` holds the numbers, those that JSON
    has no word for as ``"NaN"``, ``"Infinity"``, ``"-Infinity"``; or else ``deflate`` holds
    their bytes, deflated (zlib) and as base64, with their ``count``. Where ``delta`` is true,
    each number but the first is the difference from the one before. A column of rows has their
    ``width``. Integers may be of a narrower type than they were, unless ``exact``.
    """
    rows = {"width": values.shape[1]} if values.ndim > 1 else {}
    flat = np.ascontiguousarray(values).reshape(-1)
    if flat.dtype.kind == "i" and flat.dtype.itemsize == 8 and not exact:
        flat, delta = _leanest(flat)
    else:
        delta = {}
    flat = flat.astype(flat.dtype.newbyteorder("<"), copy=False)
    if len(flat) <= _SHORT and flat.dtype.kind in _PLAIN and flat.dtype.itemsize <= 8:
        if delta:
            flat, delta = np.cumsum(flat, dtype=np.int64), {}
        return {"dtype": flat.dtype.str, "list": [_word(value) for value in flat.tolist()], **rows}
    deflated = base64.b64encode(zlib.compress(flat.tobytes(), 6)).decode("ascii")
    return {"dtype": flat.dtype.str, "count": len(flat), "deflate": deflated, **delta, **rows}


def _leanest(values: NDArray[np.int64]) -> tuple[NDArray[Any], dict[str, bool]]:
    """Return integers in the narrowest type, as differences where they never fall."""
    steps = np.diff(values, prepend=0)
    is_sorted = len(values) > _SHORT and bool((steps[1:] >= 0).all())
    kept = steps if is_sorted else values
    low, high = (int(kept.min()), int(kept.max())) if len(kept) else (0, 0)
    for kind in _NARROW:
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return kept.astype(kind), {"delta": True} if is_sorted else {}
    raise AssertionError("an int64 holds every int64")


def _word(value: float) -> float | str:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def from_list(items: list[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the numbers of a list.

    Raises
    ------
    ValueError
        If an item is no number of that dtype, or it is none of plain numbers: a list of texts or
        bytes could be made to take much more room than it has.
    """
    if dtype.kind not in _PLAIN:
        raise ValueError(f"a list does not hold {dtype}")
    found = []
    for item in items:
        value = _WORDS.get(item, item) if isinstance(item, str) else item
        is_flag = isinstance(value, bool)
        if not isinstance(value, int | float) or is_flag != (dtype.kind == "b"):
            raise ValueError(f"{item!r} is no number")
        if dtype.kind in "iu" and not isinstance(value, int):
            raise ValueError(f"{item!r} is no integer")
        found.append(value)
    try:
        return np.array(found, dtype)
    except OverflowError:
        raise ValueError(f"a number is too large for {dtype}") from None


def inflated(text: str, size: int) -> bytes:
    """Return so many bytes out of deflated ones.

    Raises
    ------
    ValueError
        If the text is no base64, or holds more or fewer bytes.
    """
    machine = zlib.decompressobj()
    try:
        found = machine.decompress(base64.b64decode(text, validate=True), size + 1)
    except zlib.error as error:
        raise ValueError(f"it cannot be inflated ({error})") from None
    if len(found) != size or machine.unconsumed_tail:
        raise ValueError(f"it does not hold {size} bytes")
    return found
