"""The cross-entropy: its logarithm, its mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.nets import FloatArray, numerical_gradient
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.factors import network_factor
from tutor.pitfalls.loss import loss_without_epsilon, plateau_ratio
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

WHERE = "cross_entropy_error"
DELTA = "delta = 1e-7"
BATCH_SIZE = "batch_size = y.shape[0]"
OF_ROWS = "return -np.sum(t * np.log(y + delta)) / batch_size"
OF_LABELS = "return -np.sum(np.log(picked + delta)) / batch_size"

PLATEAU_GAP = 16.0


def loss_variant(name: str, *lines: tuple[str, str], **own: Any) -> Variant:
    """Return a spelling with other lines, given as (right, wrong)."""
    return Variant(name, tuple(Edit(WHERE, find, wrong) for find, wrong in lines), **own)


def loss_of_zero(code: Any, setting: Setting) -> float:
    """Measure the loss of a sample whose right class has the probability 0."""
    y = np.zeros((1, setting.K))
    y[0, 1] = 1
    return float(code.cross_entropy_error(y, np.array([0])))


def size_of_loss(code: Any, setting: Setting) -> float:
    """Measure how many numbers the loss of a batch is."""
    return float(np.size(code.cross_entropy_error(setting.y.copy(), setting.labels)))


def moved_prediction(code: Any, setting: Setting) -> float:
    """Measure how far the loss moved the probabilities that it was given."""
    y = setting.y.copy()
    code.cross_entropy_error(y, setting.t)
    return float(np.mean(y - setting.y))


def plateau_logits(setting: Setting) -> FloatArray:
    """Return logits of one sample, whose class 0 lies far below class 1."""
    logits = np.zeros((1, setting.K))
    logits[0, 1] = PLATEAU_GAP
    return logits


def slope_on_plateau(code: Any, setting: Setting) -> float:
    """Measure the numerical slope of the loss over what backprop says, y - t, in class 0."""
    t = np.eye(setting.K)[[0]]
    logits = plateau_logits(setting)
    slope = numerical_gradient(lambda x: float(code.loss_of_logits(x, t)), logits)
    return float(slope[0, 0] / (code.softmax(logits) - t)[0, 0])


def predicted_on_plateau(setting: Setting) -> float:
    """Predict it from the probability p of class 0: p / (p + 1e-7)."""
    exp_x = np.exp(plateau_logits(setting)[0])
    return plateau_ratio(float(exp_x[0] / exp_x.sum()))


def bias_difference_at_logits(code: Any, setting: Setting) -> float:
    """Measure mean |backprop - numerical| of a bias that is added to the logits."""
    layer = code.SoftmaxWithLoss()
    bias = np.zeros(setting.K)
    slopes = numerical_gradient(lambda b: float(layer.forward(setting.logits + b, setting.t)), bias)
    layer.forward(setting.logits, setting.t)
    return float(np.mean(np.abs(layer.backward(1).sum(axis=0) - slopes)))


def epsilon_left(delta: float) -> Signature:
    """Return what an epsilon leaves in the last bias: a share delta / (p + delta) a sample."""

    def predict(setting: Setting) -> float:
        y, t = setting.y, setting.t
        p = np.sum(y * t, axis=1, keepdims=True)
        return float(np.mean(np.abs(np.sum((y - t) / len(y) * delta / (p + delta), axis=0))))

    return Signature(
        "mean |backprop - numerical| of the last bias",
        "mean |db2| times delta / y: 1.4e-4 for 1e-4",
        predict,
        bias_difference_at_logits,
        rtol=1e-3,
        why="the error of central differences, about 1e-9",
    )


PREDICTED_NAN = Signature(
    "loss of a sample whose right class has y = 0",
    "nan: the log of -1e-7",
    lambda _: math.nan,
    loss_of_zero,
)

LOSSES = (
    Pitfall(
        "loss-not-averaged",
        Part.LOSS,
        "The loss is a sum over the batch while backward divides by its size, "
        "so backprop is 1/N of the numerical gradient, in every entry.",
        Severity.ERROR,
        (
            loss_variant(
                "no / batch_size",
                (OF_ROWS, "return -np.sum(t * np.log(y + delta))"),
                (OF_LABELS, "return -np.sum(np.log(picked + delta))"),
            ),
        ),
        network_factor("1 / N", lambda s: 1 / s.N),
    ),
    Pitfall(
        "loss-not-scalar",
        Part.LOSS,
        "The loss is an array, one number a sample, where a differentiator needs a single one.",
        Severity.ERROR,
        (
            loss_variant(
                "no sum",
                (OF_ROWS, "return -np.sum(t * np.log(y + delta), axis=1)"),
                (OF_LABELS, "return -np.log(picked + delta)"),
            ),
        ),
        Signature(
            "number of numbers that the loss is",
            "N",
            lambda s: float(s.N),
            size_of_loss,
            silent=lambda s: s.N == 1,
        ),
    ),
    Pitfall(
        "log-of-zero",
        Part.LOSS,
        "The loss takes log(y) with nothing added, "
        "so a probability of exactly 0 makes it inf or nan.",
        Severity.ADVICE,
        (
            loss_variant(
                "log(y)",
                (OF_ROWS, "return -np.sum(t * np.log(y)) / batch_size"),
                (OF_LABELS, "return -np.sum(np.log(picked)) / batch_size"),
            ),
        ),
        Signature(
            "loss of a sample whose right class has y = 0",
            "inf; with the 1e-7 it is 16.118",
            lambda _: loss_without_epsilon(0.0),
            loss_of_zero,
        ),
        lesson="log-epsilon",
    ),
    Pitfall(
        "epsilon-plateau",
        Part.LOSS,
        "With log(y + 1e-7) the loss stands still at 16.118 once y is far below 1e-7, "
        "and the numerical gradient is 0 there while backprop says -1.",
        Severity.ADVICE,
        (
            Variant(
                "log(softmax(x) + 1e-7)",
                (
                    Edit(
                        "loss_of_logits",
                        "shifted = x - np.max(x, axis=-1, keepdims=True)\n"
                        "log_y = shifted - np.log(np.sum(np.exp(shifted), axis=-1, "
                        "keepdims=True))",
                        "log_y = np.log(softmax(x) + 1e-7)",
                    ),
                ),
            ),
        ),
        Signature(
            f"numerical / backprop, where the right logit lies {PLATEAU_GAP:g} below",
            "p / (p + 1e-7): .53",
            predicted_on_plateau,
            slope_on_plateau,
            rtol=1e-3,
            why="rounding: the loss is 16 and changes by 1e-4",
        ),
        lesson="log-epsilon",
    ),
    Pitfall(
        "epsilon-wrong",
        Part.LOSS,
        "The epsilon in the log is too large, and shows in the gradient check; "
        "or it is subtracted, and the log of a small y is nan.",
        Severity.ERROR,
        (
            loss_variant("1e-4", (DELTA, "delta = 1e-4")),
            loss_variant(
                "log(y - 1e-7)",
                (OF_ROWS, "return -np.sum(t * np.log(y - delta)) / batch_size"),
                (OF_LABELS, "return -np.sum(np.log(picked - delta)) / batch_size"),
                signature=PREDICTED_NAN,
            ),
        ),
        epsilon_left(1e-4),
        lesson="gradient-check",
    ),
    Pitfall(
        "loss-mutates-prediction",
        Part.LOSS,
        "`y += delta` writes into the probabilities of the caller, and backward reads them.",
        Severity.ERROR,
        (
            loss_variant(
                "y += delta",
                (BATCH_SIZE, f"{BATCH_SIZE}\ny += delta"),
                (OF_ROWS, "return -np.sum(t * np.log(y)) / batch_size"),
                (OF_LABELS, "return -np.sum(np.log(picked)) / batch_size"),
            ),
        ),
        Signature(
            "way that y moved",
            "1e-7, the epsilon",
            lambda _: 1e-7,
            moved_prediction,
            rtol=1e-6,
            why="y + 1e-7 is rounded",
        ),
    ),
    Pitfall(
        "wrong-batch-size",
        Part.LOSS,
        "The batch size is read off the wrong place, so the loss is off by a constant factor.",
        Severity.ERROR,
        (
            loss_variant("y.shape[1]", (BATCH_SIZE, "batch_size = y.shape[1]")),
            loss_variant(
                "y.ndim",
                (BATCH_SIZE, "batch_size = y.ndim"),
                signature=network_factor("2 / N", lambda s: 2 / s.N),
            ),
        ),
        network_factor("K / N", lambda s: s.K / s.N),
    ),
)
