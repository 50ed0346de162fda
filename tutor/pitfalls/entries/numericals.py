"""A net's own numerical gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutor.nets import FloatArray
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.measuring import (
    common_ratio,
    flat,
    raised,
    true_slopes,
)
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

NUMERICAL = "TwoLayerNet.numerical_gradient"
INIT = "TwoLayerNet.__init__"
RETURNED = "return self.loss(x, t)"
CLOSURE = f"def loss_W(W):\n    {RETURNED}"
PREDICT_START = "for layer in self.layers.values():\n    x = layer.forward(x)\nreturn x"


class Counted:
    """A net's loss that counts how often it is asked."""

    def __init__(self, net: Any) -> None:
        self.calls = 0
        self.loss = net.loss

    def __call__(self, x: FloatArray, t: Any) -> Any:
        """Return the net's loss."""
        self.calls += 1
        return self.loss(x, t)


def calls_of_loss(code: Any, setting: Setting) -> tuple[float, Exception | None]:
    """Run the net's own numerical gradient; return the number of losses, and what it raised."""
    net = setting.net(code)
    net.loss = counted = Counted(net)
    error = raised(net.numerical_gradient, setting.x, setting.t)
    return float(counted.calls), error


def calls_before_type_error(code: Any, setting: Setting) -> float:
    """Measure how many losses are computed before a TypeError; nan if there is none."""
    calls, error = calls_of_loss(code, setting)
    return calls if isinstance(error, TypeError) else math.nan


def wrong_keys(code: Any, setting: Setting) -> float:
    """Measure how many parameters have no numerical gradient of their shape."""
    net = setting.net(code)
    numerical = net.numerical_gradient(setting.x, setting.t)
    shapes = {key: np.shape(value) for key, value in numerical.items()}
    return float(sum(shapes.get(key) != value.shape for key, value in net.params.items()))


def rounding_decade(code: Any, setting: Setting) -> float:
    """Measure the mean error of the numerical gradient, as a power of ten."""
    net = setting.net(code)
    x = setting.x.astype(net.params["W1"].dtype)
    backprop, numerical = net.gradient(x, setting.t), net.numerical_gradient(x, setting.t)
    return float(np.log10(np.mean(np.abs(flat(backprop) - flat(numerical)))))


def noise_over_repetition(code: Any, setting: Setting) -> float:
    """Measure mean |num| times 2h over the mean difference of two losses of one batch."""
    net = setting.net(code)
    slopes = flat(net.numerical_gradient(setting.x, setting.t))
    losses = [net.loss(setting.x, setting.t) for _ in range(len(slopes))]
    apart = np.mean(np.abs(np.diff(losses)))
    return float(np.mean(np.abs(slopes)) * 2 * 1e-4 / apart) if apart else math.nan


def share_of_open_path(code: Any, setting: Setting) -> float:
    """Measure num over the slope that a ReLU lets through when it is open, in W1."""
    net = setting.net(code)
    net.loss(setting.x, setting.t)
    dout = net.layers["Affine2"].backward(net.last_layer.backward(1))
    return common_ratio(true_slopes(net, setting.x, setting.t)["b1"], dout.sum(axis=0), 0.05, 1e-3)


def _calls(count: int, why: str) -> Signature:
    return Signature(
        "number of losses computed before a TypeError",
        f"{count}: {why}",
        lambda _: float(count),
        calls_before_type_error,
    )


NUMERICAL_OF_NETS = (
    Pitfall(
        "closure-returns-none",
        Part.NETWORK,
        "The function that is differentiated returns nothing, or is no function but a number.",
        Severity.ERROR,
        (
            Variant("no return", (Edit(NUMERICAL, RETURNED, "self.loss(x, t)"),)),
            Variant(
                "a number",
                (Edit(NUMERICAL, CLOSURE, "loss_W = self.loss(x, t)"),),
                _calls(1, "the number that is then called"),
            ),
        ),
        _calls(2, "None - None"),
        lesson="who-reads-w",
    ),
    Pitfall(
        "wrong-key",
        Part.NETWORK,
        "A gradient is stored under the key of another parameter, or taken along another one.",
        Severity.ERROR,
        (
            Variant(
                "W2 from W1",
                (
                    Edit(
                        NUMERICAL,
                        'grads["W2"] = numerical_gradient(loss_W, self.params["W2"])',
                        'grads["W2"] = numerical_gradient(loss_W, self.params["W1"])',
                    ),
                ),
            ),
            Variant(
                "b1 missing",
                (
                    Edit(
                        NUMERICAL,
                        'grads["b1"] = numerical_gradient(loss_W, self.params["b1"])',
                        "",
                    ),
                ),
            ),
        ),
        Signature(
            "number of parameters without a gradient of their shape",
            "1",
            lambda _: 1.0,
            wrong_keys,
        ),
    ),
    Pitfall(
        "float32-noise",
        Part.NETWORK,
        "The weights are float32, where a step of 1e-4 changes the loss by a few of its last "
        "digits, so the numerical gradient is noise in its third digit.",
        Severity.ERROR,
        (
            Variant(
                "float32",
                (
                    Edit(
                        INIT,
                        "self.layers = {}",
                        "for key in self.params:\n"
                        "    self.params[key] = self.params[key].astype(np.float32)\n"
                        "self.layers = {}",
                    ),
                ),
            ),
        ),
        Signature(
            "mean error of the numerical gradient, as a power of ten",
            "log10 of eps / (4h), of float32: -3.5",
            lambda s: float(np.log10(np.finfo(np.float32).eps / 4e-4)),
            rounding_decade,
            atol=1.2,
            why="rounding is known by its size alone; float64 is at -7, where the 1e-7 shows",
        ),
        lesson="the-size-of-h",
    ),
    Pitfall(
        "relu-kink",
        Part.NETWORK,
        "A value before the ReLU lies within h of its kink, so one of the two values of f is "
        "taken on the other side; at exactly 0 the numerical slope is half of the open one.",
        Severity.ERROR,
        (
            Variant(
                "W1 of zeros",
                (
                    Edit(
                        INIT,
                        'self.params["W1"] = std * rng.standard_normal((D, H))',
                        'self.params["W1"] = np.zeros((D, H))',
                    ),
                ),
            ),
        ),
        Signature(
            "num / slope of the open path, in b1",
            "1/2",
            lambda _: 0.5,
            share_of_open_path,
            rtol=2e-2,
            why="h times the curvature of the loss, of one side only",
        ),
    ),
    Pitfall(
        "random-loss",
        Part.NETWORK,
        "The loss is drawn anew at each call (dropout, noise, a random batch), "
        "so its numerical gradient is the difference of two draws over 2h: enormous.",
        Severity.ERROR,
        (
            Variant(
                "dropout",
                (
                    Edit(INIT, "self.layers = {}", "self.rng = rng\nself.layers = {}"),
                    Edit(
                        "TwoLayerNet.predict",
                        PREDICT_START,
                        "for layer in self.layers.values():\n"
                        "    x = layer.forward(x)\n"
                        "    x = x * (self.rng.random(x.shape) > 0.5)\n"
                        "return x",
                    ),
                ),
            ),
            Variant(
                "noise",
                (
                    Edit(INIT, "self.layers = {}", "self.rng = rng\nself.layers = {}"),
                    Edit(
                        "TwoLayerNet.predict",
                        PREDICT_START,
                        "x = x + self.rng.standard_normal(x.shape)\n" + PREDICT_START,
                    ),
                ),
            ),
        ),
        Signature(
            "mean |num| times 2h, over the mean difference of two losses",
            "1: num is d / (2h)",
            lambda _: 1.0,
            noise_over_repetition,
            rtol=0.8,
            why="both are means of as many draws as there are parameters",
        ),
    ),
)
