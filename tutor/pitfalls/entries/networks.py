"""How a net is put together: its weights, its layers, its loss."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.factors import event
from tutor.pitfalls.entries.numericals import INIT, PREDICT_START
from tutor.pitfalls.measuring import (
    relative_error,
    true_slopes,
)
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

LOSS = "TwoLayerNet.loss"


def perfect_loss(code: Any, setting: Setting) -> float:
    """Measure the loss of a net whose logits could not be better: 1000 for the right class."""
    net = setting.net(code)
    net.params["W2"][:] = 0
    net.params["b2"][:] = np.where(setting.t[0] > 0, 1000.0, -1000.0)
    return float(net.loss(setting.x, np.tile(setting.t[0], (setting.N, 1))))


def loss_of_negative_logits(code: Any, setting: Setting) -> float:
    """Measure the loss of logits below 0."""
    return float(code.SoftmaxWithLoss().forward(-1 - np.abs(setting.logits), setting.t))


def parameters_that_disagree(code: Any, setting: Setting) -> float:
    """Measure in how many arrays of a net of three layers backprop and numbers disagree."""
    H = 2 * setting.H + 8  # so that each ReLU has open and shut units
    net = code.MultiLayerNet((setting.D, H, H, setting.K), 0.3, setting.seed)
    backprop = net.gradient(setting.x, setting.t)
    numerical = true_slopes(net, setting.x, setting.t)
    return float(sum(relative_error(backprop[key], numerical[key]) > 0.2 for key in numerical))


def forgotten_predictions(code: Any, setting: Setting) -> float:
    """Tell by a 1 or a 0 whether the last layer has no y after the loss was computed."""
    net = setting.net(code)
    net.loss(setting.x, setting.t)
    return float(net.last_layer.y is None)


def arrays_without_slope(code: Any, setting: Setting) -> float:
    """Measure how many of the four parameters have a gradient of exactly 0."""
    backprop = setting.net(code).gradient(setting.x, setting.t)
    return float(sum(not slopes.any() for slopes in backprop.values()))


def number_of_layers(code: Any, setting: Setting) -> float:
    """Measure how many layers the net has, but for the last."""
    return float(len(setting.net(code).layers))


def floor(setting: Setting) -> float:
    """Predict the loss of logits from 0 to 1 at best: ln(1 + (K - 1) / e)."""
    return math.log(1 + (setting.K - 1) / math.e)


def _zeros(name: str, shape: str) -> Edit:
    return Edit(
        INIT,
        f'self.params["{name}"] = std * rng.standard_normal({shape})',
        f'self.params["{name}"] = np.zeros({shape})',
    )


ASSEMBLIES = (
    Pitfall(
        "squashed-twice",
        Part.NETWORK,
        "The net squashes its logits before the last layer does, so they lie between 0 and 1 "
        "and the loss has a floor; or the loss is taken of raw logits, and is nan.",
        Severity.ERROR,
        (
            Variant(
                "softmax twice",
                (
                    Edit(
                        "TwoLayerNet.predict",
                        PREDICT_START,
                        PREDICT_START.replace("return x", "return softmax(x)"),
                    ),
                ),
            ),
            Variant(
                "sigmoid before softmax",
                (
                    Edit(
                        "TwoLayerNet.predict",
                        PREDICT_START,
                        PREDICT_START.replace("return x", "return sigmoid(x)"),
                    ),
                ),
            ),
            Variant(
                "loss of raw logits",
                (Edit("SoftmaxWithLoss.forward", "self.y = softmax(x)", "self.y = x"),),
                Signature(
                    "loss of logits below 0",
                    "nan: the log of a number below 0",
                    lambda _: math.nan,
                    loss_of_negative_logits,
                ),
            ),
        ),
        Signature(
            "loss of a net that is surely right",
            "ln(1 + (K - 1) / e): 1.4612 for 10 classes",
            floor,
            perfect_loss,
            rtol=1e-5,
            why="the 1e-7 in the log",
        ),
    ),
    Pitfall(
        "shared-layer",
        Part.NETWORK,
        "One ReLU object serves several layers and remembers only the last mask, "
        "so everything below the first place where it is used is wrong.",
        Severity.ERROR,
        (
            Variant(
                "one Relu()",
                (
                    Edit(
                        "MultiLayerNet.__init__",
                        "self.layers = {}",
                        "self.layers = {}\nrelu_layer = Relu()",
                    ),
                    Edit(
                        "MultiLayerNet.__init__",
                        'self.layers[f"Relu{i}"] = Relu()',
                        'self.layers[f"Relu{i}"] = relu_layer',
                    ),
                ),
            ),
        ),
        Signature(
            "number of parameters, of W1 to b3, that disagree",
            "2: W1 and b1",
            lambda _: 2.0,
            parameters_that_disagree,
        ),
    ),
    Pitfall(
        "loss-bypasses-last-layer",
        Part.NETWORK,
        "loss() computes the cross-entropy itself and leaves the last layer out, "
        "which then goes backward with nothing, or with what it had before.",
        Severity.ERROR,
        (
            Variant(
                "cross_entropy_error",
                (
                    Edit(
                        LOSS,
                        "return self.last_layer.forward(y, t) + decay",
                        "return cross_entropy_error(softmax(y), t) + decay",
                    ),
                ),
            ),
        ),
        event("number of last layers with no y after loss()", forgotten_predictions),
    ),
    Pitfall(
        "zero-init",
        Part.NETWORK,
        "All weights start at 0: nothing passes, neither forward nor backward, "
        "and only the last bias ever moves.",
        Severity.ERROR,
        (Variant("np.zeros", (_zeros("W1", "(D, H)"), _zeros("W2", "(H, K)"))),),
        Signature(
            "number of parameters with a gradient of exactly 0",
            "3: W1, b1 and W2",
            lambda _: 3.0,
            arrays_without_slope,
        ),
    ),
    Pitfall(
        "duplicate-layer-key",
        Part.NETWORK,
        "Two layers are stored under one key, so the second replaces the first.",
        Severity.ERROR,
        (
            Variant(
                "Affine1 twice",
                (
                    Edit(
                        INIT,
                        'self.layers["Affine2"] = Affine(self.params["W2"], self.params["b2"])',
                        'self.layers["Affine1"] = Affine(self.params["W2"], self.params["b2"])',
                    ),
                ),
            ),
        ),
        Signature(
            "number of layers below the last",
            "2, where 3 were made",
            lambda _: 2.0,
            number_of_layers,
        ),
    ),
)
