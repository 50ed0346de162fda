"""The names that type hints in this package use for arrays and for functions of an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]
"""An array of floats: float64 unless somebody chose otherwise."""

Function: TypeAlias = Callable[[FloatArray], float]
"""A function of an array that gives one number, such as a loss."""

Seed: TypeAlias = np.random.Generator | int | None
"""What `numpy.random.default_rng` takes: a generator, a seed, or None for a fresh one."""
