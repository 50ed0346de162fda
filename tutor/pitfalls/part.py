"""The parts of a student's file, and which definitions of the listing play them."""

from __future__ import annotations

from enum import Enum


class Part(Enum):
    """The part that a pitfall is a wrong variant of."""

    DIFFERENTIATOR = "differentiator"
    """The loop of central differences."""

    USE_OF_DIFFERENTIATOR = "use of the differentiator"
    """What it is called with: a point, a grid of points, a descent."""

    SOFTMAX = "softmax"
    LOSS = "loss"
    SIGMOID = "sigmoid"
    AFFINE = "affine layer"
    RELU = "relu layer"
    SIGMOID_LAYER = "sigmoid layer"
    LOSS_LAYER = "loss layer"

    NETWORK = "network"
    """How the layers are put together: its weights, its loss, its two gradients."""

    CHECK = "gradient check"
    TRAINING = "training"

    @property
    def definitions(self) -> tuple[str, ...]:
        """The functions and classes of the listing that play this part."""
        return _DEFINITIONS[self]


_DEFINITIONS = {
    Part.DIFFERENTIATOR: ("numerical_gradient", "numerical_diff"),
    Part.USE_OF_DIFFERENTIATOR: (
        "gradient_at",
        "gradients_at",
        "gradient_field",
        "gradient_descent",
    ),
    Part.SOFTMAX: ("softmax",),
    Part.LOSS: ("cross_entropy_error", "loss_of_logits"),
    Part.SIGMOID: ("sigmoid", "sigmoid_grad"),
    Part.AFFINE: ("Affine",),
    Part.RELU: ("Relu",),
    Part.SIGMOID_LAYER: ("Sigmoid",),
    Part.LOSS_LAYER: ("SoftmaxWithLoss",),
    Part.NETWORK: ("TwoLayerNet", "MultiLayerNet", "loss_and_gradient"),
    Part.CHECK: ("gradient_check", "check_new_net"),
    Part.TRAINING: ("train", "train_on_pixels", "normalize"),
}
