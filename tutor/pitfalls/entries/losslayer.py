"""The last layer, softmax with loss: its factor, its sign, its operands."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.nets import numerical_gradient
from tutor.pitfalls.backward import missing_division_ratio
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.affine import DIVIDED
from tutor.pitfalls.entries.factors import EPSILON_SHOWS, network_factor
from tutor.pitfalls.entries.loss import OF_LABELS, OF_ROWS
from tutor.pitfalls.entries.targets import EPSILON
from tutor.pitfalls.measuring import common_ratio, network_ratio
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

FORWARD, BACKWARD = "SoftmaxWithLoss.forward", "SoftmaxWithLoss.backward"
DX = "dx = (self.y - self.t) / batch_size"
SIZE = "batch_size = 1 if self.t.ndim == 1 else self.t.shape[0]"
LOSS = "self.loss = cross_entropy_error(self.y, self.t)"


def layer_ratio(code: Any, setting: Setting, rows: Any = slice(None)) -> float:
    """Measure backward over the numerical slope of forward; nan if it is not one factor."""
    layer = code.SoftmaxWithLoss()
    logits, t = setting.logits[rows].copy(), setting.t[rows]
    slopes = numerical_gradient(lambda x: float(layer.forward(x, t)), logits)
    layer.forward(logits, t)
    return common_ratio(layer.backward(1), slopes)


def single_sample_ratio(code: Any, setting: Setting) -> float:
    """Measure it for one sample, of shape (K,)."""
    return layer_ratio(code, setting, 0)


def compensated_ratio(code: Any, setting: Setting) -> float:
    """Measure the layer's ratio, where that of the whole net is 1; else nan."""
    right = abs(network_ratio(code, setting) - 1) < 1e-3
    return layer_ratio(code, setting) if right else math.nan


def answer_to_dout(code: Any, setting: Setting) -> float:
    """Measure backward(2) over backward(1)."""
    layer = code.SoftmaxWithLoss()
    layer.forward(setting.logits, setting.t)
    return common_ratio(layer.backward(2), layer.backward(1))


def change_with_targets(code: Any, setting: Setting) -> float:
    """Measure how much the loss changes when every target is another class."""
    layer = code.SoftmaxWithLoss()
    losses = [layer.forward(setting.logits, t) for t in (setting.t, np.roll(setting.t, 1, axis=1))]
    return float(losses[0] - losses[1])


def loss_of_logits(code: Any, setting: Setting) -> float:
    """Measure the loss of a batch with one-hot targets."""
    return float(code.SoftmaxWithLoss().forward(setting.logits, setting.t))


def predicted_swapped(setting: Setting) -> float:
    """Predict it where y and t have changed places: -y log(t + 1e-7)."""
    return float(-np.sum(setting.y * np.log(setting.t + EPSILON)) / setting.N)


NO_DIVISION = Edit(BACKWARD, DX, "dx = self.y - self.t")

LOSS_LAYERS = (
    Pitfall(
        "missing-batch-division",
        Part.LOSS_LAYER,
        "The loss is a mean over the batch but backward does not divide by its size, "
        "so every gradient is N times too large.",
        Severity.ERROR,
        (Variant("y - t", (NO_DIVISION,)),),
        network_factor("N", lambda s: missing_division_ratio(s.N)),
        lesson="batch-division",
    ),
    Pitfall(
        "compensated-division",
        Part.LOSS_LAYER,
        "The loss layer does not divide by the batch size, and the affine layer does it "
        "for dW and db: the layers are off by N and 1/N, and the net is right.",
        Severity.ADVICE,
        (Variant("in Affine", (NO_DIVISION, *DIVIDED)),),
        Signature(
            "factor of the loss layer alone, where the net's is 1",
            "N",
            lambda s: float(s.N),
            compensated_ratio,
            rtol=1e-3,
            why=EPSILON_SHOWS,
            silent=lambda s: s.N == 1,
        ),
    ),
    Pitfall(
        "gradient-sign",
        Part.LOSS_LAYER,
        "Backprop has the wrong sign, so a step downhill goes up.",
        Severity.ERROR,
        (
            Variant("t - y", (Edit(BACKWARD, DX, "dx = (self.t - self.y) / batch_size"),)),
            Variant(
                "no minus in the loss",
                (
                    Edit("cross_entropy_error", OF_ROWS, OF_ROWS.replace("-np", "np")),
                    Edit("cross_entropy_error", OF_LABELS, OF_LABELS.replace("-np", "np")),
                ),
            ),
        ),
        network_factor("-1", lambda _: -1.0),
    ),
    Pitfall(
        "single-sample-division",
        Part.LOSS_LAYER,
        "For one sample of shape (K,) the length of t is taken for the batch size, "
        "so its gradient is 1/K of what it should be.",
        Severity.ADVICE,
        (Variant("t.shape[0]", (Edit(BACKWARD, SIZE, "batch_size = self.t.shape[0]"),)),),
        Signature(
            "backward / numerical, for one sample",
            "1 / K",
            lambda s: 1 / s.K,
            single_sample_ratio,
            rtol=1e-3,
            why=EPSILON_SHOWS,
        ),
    ),
    Pitfall(
        "dout-ignored",
        Part.LOSS_LAYER,
        "backward returns the same whatever dout it is given: "
        "right in a net, where dout is 1, and wrong for a loss with a factor.",
        Severity.ADVICE,
        (Variant("return dx", (Edit(BACKWARD, "return dx * dout", "return dx"),)),),
        Signature("backward(2) / backward(1)", "1", lambda _: 1.0, answer_to_dout),
    ),
    Pitfall(
        "wrong-operand",
        Part.LOSS_LAYER,
        "The loss is given something else than the prediction and the target.",
        Severity.ERROR,
        (
            Variant("y twice", (Edit(FORWARD, LOSS, LOSS.replace("self.t", "self.y")),)),
            Variant(
                "t = y",
                (Edit(FORWARD, LOSS, f"self.t = self.y.reshape(self.t.shape)\n{LOSS}"),),
            ),
            Variant(
                "t before y",
                (Edit(FORWARD, LOSS, LOSS.replace("self.y, self.t", "self.t, self.y")),),
                Signature(
                    "loss of a batch",
                    "sum of y times -log(t + 1e-7), over N: nearly 16 (1 - y)",
                    predicted_swapped,
                    loss_of_logits,
                    rtol=1e-9,
                    why="rounding",
                ),
            ),
        ),
        Signature(
            "change of the loss when every target changes",
            "exactly 0",
            lambda _: 0.0,
            change_with_targets,
        ),
    ),
)
