"""A student's two-layer net, put together from parts that are right or wrong.

Built with `REPORTED`, it is the net of a report on a question site: "the gradient check does
not agree, and the accuracy is very low".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from numpy.typing import ArrayLike

from tutor.nets.arrays import FloatArray, Seed
from tutor.nets.functions import cross_entropy_error, softmax
from tutor.nets.layers import SoftmaxWithLoss
from tutor.nets.networks import TwoLayerNet
from tutor.pitfalls.loss import log_of_zero
from tutor.pitfalls.softmax import softmax_whole_batch

Softmax: TypeAlias = Callable[[FloatArray], FloatArray]
Error: TypeAlias = Callable[[FloatArray, ArrayLike], float]
LossLayerClass: TypeAlias = Callable[[Softmax, Error], SoftmaxWithLoss]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a net's last layer; each is the right one unless it is named.

    Attributes
    ----------
    softmax : function of logits
    error : function of (y, t), gives one number
    loss_layer : SoftmaxWithLoss or a variant of it
        The class that is given the two functions.
    """

    softmax: Softmax = softmax
    error: Error = cross_entropy_error
    loss_layer: LossLayerClass = SoftmaxWithLoss


RIGHT = Parts()
"""No part is wrong."""

REPORTED = Parts(softmax=softmax_whole_batch, error=log_of_zero)
"""The student's: softmax over the whole batch, log(y) with no epsilon, a right backward."""


def build_net(
    parts: Parts = RIGHT,
    input_size: int = 784,
    hidden_size: int = 50,
    output_size: int = 10,
    rng: Seed = None,
    std: float = 0.01,
) -> TwoLayerNet:
    """Build Affine, ReLU, Affine and a last layer of these parts.

    Parameters
    ----------
    parts : Parts
    input_size, hidden_size, output_size : int
        784-50-10 for MNIST, 64-50-10 for the bundled digits.
    rng : numpy Generator, seed, or None
        Nets of one seed and one shape start from the same weights, whatever their parts.
    std : float
        Standard deviation of the random weights; the biases start at 0.
    """
    last_layer = parts.loss_layer(parts.softmax, parts.error)
    return TwoLayerNet(input_size, hidden_size, output_size, rng, std, last_layer)
