"""A setting in which a pitfall is predicted and measured: the sizes, the step and the data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.nets import FloatArray, one_hot, softmax

Labels = NDArray[np.intp]

_MARGIN = 2e-3  # twenty steps, for weights of 1


@dataclass(frozen=True)
class Setting:
    """Sizes, a step and a seed; all data follow from them.

    The sizes are best all different: a factor then shows where it comes from.

    Attributes
    ----------
    N, K : int
        Batch size and classes.
    D, H : int
        Inputs and hidden units.
    h : float
        The step of the numerical gradient.
    seed : int
    """

    N: int = 3
    K: int = 10
    D: int = 4
    H: int = 6
    h: float = 1e-4
    seed: int = 0

    def rng(self, stream: int = 0) -> np.random.Generator:
        """Return a fresh generator; each stream is another, the same in every call."""
        return np.random.default_rng([self.seed, stream])

    @cached_property
    def x(self) -> FloatArray:
        """Inputs, shape (N, D)."""
        return self.rng(1).standard_normal((self.N, self.D))

    @cached_property
    def labels(self) -> Labels:
        """The right classes, shape (N,), the first not class 0."""
        labels = self.rng(2).integers(self.K, size=self.N)
        labels[0] = 1 + labels[0] % (self.K - 1)
        return labels

    @cached_property
    def t(self) -> NDArray[np.float64]:
        """The same as one-hot rows, shape (N, K)."""
        return one_hot(self.labels, self.K)

    @cached_property
    def logits(self) -> FloatArray:
        """Logits, shape (N, K)."""
        return self.rng(3).standard_normal((self.N, self.K))

    @cached_property
    def y(self) -> FloatArray:
        """The probabilities of these logits, shape (N, K), by the right softmax."""
        return softmax(self.logits)

    @cached_property
    def point(self) -> FloatArray:
        """A point away from 0, shape (D, H): both signs, sizes from 0.5 to 3."""
        rng = self.rng(4)
        return rng.choice([-1.0, 1.0], (self.D, self.H)) * rng.uniform(0.5, 3, (self.D, self.H))

    def net(self, code: Any, std: float = 0.3, weight_decay: float = 0.0) -> Any:
        """Build the code's TwoLayerNet in these sizes; a net of the same seed starts alike."""
        return code.TwoLayerNet(self.D, self.H, self.K, std, self.weights_seed, weight_decay)

    @cached_property
    def weights_seed(self) -> int:
        """A seed of weights with which no ReLU is near its kink, where slopes are halved."""
        for seed in count(self.seed, 1000):
            W1 = np.random.default_rng(seed).standard_normal((self.D, self.H))
            if np.min(np.abs(self.x @ W1)) > _MARGIN * np.max(np.abs(self.x)):
                return seed
        raise AssertionError("there is always another seed")
