"""The shapes of what parts are asked with: drawn, so that nothing is right for one of them only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

D, H, K = 5, 4, 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many numbers go into a net, pass its hidden layer, and come out."""

    inputs: int = D
    hidden: int = H
    classes: int = K


def net_sizes(rng: np.random.Generator) -> tuple[Sizes, tuple[int, int]]:
    """Return sizes for a net and for two batches; none of them is another, so ratios tell apart."""
    inputs = int(rng.choice([5, 7, 8]))
    classes = int(rng.choice([3, 5] if inputs != 5 else [3]))
    return Sizes(inputs, H, classes), (2, int(rng.choice([6, 9])))


def two_batches(rng: np.random.Generator) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the shapes (N, K) of two batches, none of them square; four different numbers."""
    first = int(rng.choice([3, 4]))
    return (first, first + int(rng.choice([1, 2]))), (int(rng.choice([7, 8])), 9)


def layer_shape(rng: np.random.Generator) -> tuple[int, int, int]:
    """Return a batch size, and how many numbers go into a layer and come out."""
    return int(rng.choice([3, 6])), int(rng.choice([4, 7])), 5
