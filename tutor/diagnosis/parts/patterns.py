"""A fault without a name, said by the way in which its figures differ from the right ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tutor.diagnosis.proof import Proof, proof

Floats = NDArray[np.float64]


def unnamed(
    name: str,
    found: Floats,
    right: Floats,
    param: Floats | None = None,
    others: Mapping[str, Floats] | None = None,
    beside: str = "the slope",
) -> Proof:
    """Return a fault without a name at the entry that is furthest off, with its pattern in words.

    Parameters
    ----------
    name : str
        What is wrong: ``dx``, ``the gradient of W1``.
    found, right : arrays of one shape
    param : array of that shape, optional
        The parameter that it is the gradient of.
    others : mapping of str to array, optional
        Other gradients, which it may turn out to be; those of another shape are left out.
    beside : str
        What ``right`` is.
    """
    same = {n: other for n, other in (others or {}).items() if other.shape == found.shape}
    at = np.unravel_index(int(np.argmax(np.abs(found - right))), right.shape)
    where = ", ".join(str(int(i)) for i in at)
    told = proof("", f"{name}[{where}]", float(right[at]), float(found[at]))
    return replace(told, sentence=sentence(name, found, right, param, same, beside))


def sentence(
    name: str,
    found: Floats,
    right: Floats,
    param: Floats | None = None,
    others: Mapping[str, Floats] | None = None,
    beside: str = "the slope",
) -> str:
    """Return in words how something differs from what it should be."""
    if not (np.isfinite(found).all() and np.isfinite(right).all()):
        return f"Of {name}, {np.mean(~np.isfinite(found)):.0%} of the entries are no numbers."
    from tutor.checks.pattern import pattern  # long to import, and seldom needed

    words = str(pattern(found, right, param, others))
    for ours, theirs in (("backprop", name), ("the slope", beside)):
        words = re.sub(rf"\b{ours}\b", theirs, words, flags=re.IGNORECASE)
    is_code = words.startswith(name) and not name.startswith(("the ", "what "))
    return words if is_code else words[:1].upper() + words[1:]
