"""Chance that is the same each time a file is run, and still no two draws alike."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

_default_rng = np.random.default_rng
_drawn = [0]


def restart() -> None:
    """Begin the random numbers of numpy and of the standard library anew.

    A Generator made without a seed gets one from a counter: the file's next one draws others,
    as it would by itself.
    """
    _drawn[0] = 0
    np.random.seed(0)
    random.seed(0)
    np.random.default_rng = default_rng


def default_rng(seed: Any = None) -> np.random.Generator:
    """Return numpy's Generator of a seed; without one, that of the next number counted."""
    if seed is not None:
        return _default_rng(seed)
    _drawn[0] += 1
    return _default_rng(_drawn[0])
