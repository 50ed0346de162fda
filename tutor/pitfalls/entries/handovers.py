"""What a net hands out as its gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.factors import EPSILON_SHOWS, event
from tutor.pitfalls.entries.networks import LOSS
from tutor.pitfalls.measuring import (
    entries_that_differ,
    flat,
    raises,
    true_slopes,
)
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

GRADIENT = "TwoLayerNet.gradient"
DECAY = "decay += 0.5 * self.weight_decay * np.sum(self.params[key] ** 2)"
DECAYED_W1 = 'grads["W1"] = affine1.dW + self.weight_decay * self.params["W1"]'
DECAYED_W2 = 'grads["W2"] = affine2.dW + self.weight_decay * self.params["W2"]'
WEIGHT_DECAY = 0.5


def wrong_shapes(code: Any, setting: Setting) -> float:
    """Measure how many gradients do not have the shape of their parameter."""
    net = setting.net(code)
    backprop = net.gradient(setting.x, setting.t)
    return float(sum(backprop[key].shape != net.params[key].shape for key in net.params))


def empty_gradients(code: Any, setting: Setting) -> float:
    """Tell by a 1 or a 0 whether gradient() returns nothing."""
    return float(setting.net(code).gradient(setting.x, setting.t) is None)


def empty_dx(code: Any, setting: Setting) -> float:
    """Tell by a 1 or a 0 whether the backward of ReLU returns nothing."""
    layer = code.Relu()
    layer.forward(setting.x)
    return float(layer.backward(setting.x) is None)


def change_with_batch(code: Any, setting: Setting) -> float:
    """Measure how many entries of the gradient change from one batch to another."""
    net = setting.net(code)
    net.loss(setting.x, setting.t)
    first = flat(net.gradient(setting.x, setting.t)).copy()
    return entries_that_differ(first, flat(net.gradient(setting.x + 1, setting.t)))


def shape_errors(code: Any, setting: Setting) -> float:
    """Tell by a 1 or a 0 whether gradient() meets shapes that do not fit."""
    return raises(ValueError, setting.net(code).gradient, setting.x, setting.t)


def decay_slope(key: str) -> Callable[[Any, Setting], float]:
    """Return what measures the slope of backprop - numerical over a parameter."""

    def measure(code: Any, setting: Setting) -> float:
        net = setting.net(code, weight_decay=WEIGHT_DECAY)
        difference = (
            net.gradient(setting.x, setting.t)[key] - true_slopes(net, setting.x, setting.t)[key]
        )
        W = net.params[key]
        return float(np.sum(difference * W) / np.sum(W**2))

    return measure


def _decay(formula: str, factor: float, key: str = "W1") -> Signature:
    return Signature(
        f"slope of backprop - numerical over {key}, for a weight decay of {WEIGHT_DECAY:g}",
        formula,
        lambda _: factor * WEIGHT_DECAY,
        decay_slope(key),
        rtol=1e-3,
        why=EPSILON_SHOWS,
    )


HANDOVERS = (
    Pitfall(
        "gradients-miswired",
        Part.NETWORK,
        "A gradient is handed out under the name of another parameter.",
        Severity.ERROR,
        (
            Variant(
                "b2 is dW",
                (Edit(GRADIENT, 'grads["b2"] = affine2.db', 'grads["b2"] = affine2.dW'),),
            ),
            Variant(
                "b1 is db2",
                (Edit(GRADIENT, 'grads["b1"] = affine1.db', 'grads["b1"] = affine2.db'),),
            ),
        ),
        Signature(
            "number of gradients of another shape than their parameter",
            "1",
            lambda _: 1.0,
            wrong_shapes,
            silent=lambda s: s.H == s.K,
        ),
    ),
    Pitfall(
        "stale-cache",
        Part.NETWORK,
        "backward reads what forward left from another batch, "
        "or walks through the layers in the order of forward.",
        Severity.ERROR,
        (
            Variant("no forward", (Edit(GRADIENT, "self.loss(x, t)", ""),)),
            Variant(
                "not reversed",
                (
                    Edit(
                        GRADIENT,
                        "for layer in reversed(self.layers.values()):\n"
                        "    dout = layer.backward(dout)",
                        "for layer in self.layers.values():\n    dout = layer.backward(dout)",
                    ),
                ),
                event("number of complaints about shapes in one backward", shape_errors),
            ),
        ),
        Signature(
            "number of entries that change when gradient is asked about another batch",
            "exactly 0",
            lambda _: 0.0,
            change_with_batch,
        ),
    ),
    Pitfall(
        "regularisation-mismatch",
        Part.NETWORK,
        "The penalty on the weights is in the loss and not in the gradient, or the other way "
        "round, or with another factor: the difference is proportional to W.",
        Severity.ERROR,
        (
            Variant(
                "only in the loss",
                (
                    Edit(GRADIENT, DECAYED_W1, 'grads["W1"] = affine1.dW'),
                    Edit(GRADIENT, DECAYED_W2, 'grads["W2"] = affine2.dW'),
                ),
            ),
            Variant(
                "only in the gradient",
                (Edit(LOSS, DECAY, "decay += 0"),),
                _decay("the weight decay", 1),
            ),
            Variant(
                "no 0.5",
                (Edit(LOSS, DECAY, DECAY.replace("0.5 * ", "")),),
            ),
            Variant(
                "W1 twice",
                (Edit(LOSS, 'for key in ("W1", "W2"):', 'for key in ("W1", "W1"):'),),
            ),
        ),
        _decay("minus the weight decay", -1),
    ),
    Pitfall(
        "backward-returns-none",
        Part.NETWORK,
        "The return is missing in gradient() or in a backward, and a TypeError comes later.",
        Severity.ERROR,
        (
            Variant("gradient", (Edit(GRADIENT, "return grads", ""),)),
            Variant(
                "Relu.backward",
                (Edit("Relu.backward", "return dx", ""),),
                event("number of backwards that return None", empty_dx),
            ),
        ),
        event("number of gradients that are None", empty_gradients),
    ),
)
