"""ReLU and sigmoid, wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tutor.nets import FloatArray, numerical_gradient, sigmoid
from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.factors import EPSILON_SHOWS
from tutor.pitfalls.measuring import (
    common_ratio,
    entries_that_differ,
    overall_ratio,
    raises,
    true_slopes,
)
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature

MASKED = "dx = dout.copy()\ndx[self.mask] = 0"
SIGMOID = "return 1 / (1 + np.exp(-x))"
OUT = "return dout * (1.0 - self.out) * self.out"


def relu_input(setting: Setting) -> tuple[FloatArray, FloatArray]:
    """Return an x of both signs, shape (N, 2H), and a dout of both signs for it."""
    rng = setting.rng(10)
    shape = setting.N, 2 * setting.H
    x = rng.standard_normal(shape)
    x[0, :2] = -1.0, 1.0
    dout = rng.standard_normal(shape)
    dout[0, 0] = 1.0
    return x, dout


def slopes_where_shut(code: Any, setting: Setting) -> float:
    """Measure how many slopes pass where ReLU lets nothing through."""
    x, dout = relu_input(setting)
    layer = code.Relu()
    layer.forward(x.copy())
    return float(np.count_nonzero(layer.backward(dout.copy())[x <= 0]))


def dout_changed(code: Any, setting: Setting) -> float:
    """Measure how many entries of the dout that it was given backward changed."""
    x, dout = relu_input(setting)
    layer = code.Relu()
    layer.forward(x)
    given = dout.copy()
    layer.backward(given)
    return entries_that_differ(given, dout)


def x_changed(code: Any, setting: Setting) -> float:
    """Measure how many entries of the x that it was given forward changed."""
    x, _ = relu_input(setting)
    given = x.copy()
    code.Relu().forward(given)
    return entries_that_differ(given, x)


def sigmoid_slopes(code: Any, setting: Setting) -> float:
    """Measure backward over the true slope of the layer's own forward, at 0."""
    x = np.zeros((setting.N, setting.H))
    layer = code.Sigmoid()
    true = numerical_gradient(lambda x: float(np.sum(layer.forward(x))), x)
    layer.forward(x)
    return common_ratio(layer.backward(np.ones_like(x)), true)


def sigmoid_type_error(code: Any, setting: Setting) -> float:
    """Tell by a 1 or a 0 whether backward finds nothing to multiply."""
    layer = code.Sigmoid()
    layer.forward(setting.x)
    return raises(TypeError, layer.backward, setting.x)


class Functional:
    """The net of plain functions, with the face of the others."""

    def __init__(self, code: Any, setting: Setting, std: float) -> None:
        self.code = code
        self.params = setting.net(code, std).params

    def loss(self, x: FloatArray, t: FloatArray) -> float:
        """Return the loss."""
        return float(self.code.loss_and_gradient(self.params, x, t)[0])

    def hidden_slopes(self, setting: Setting) -> tuple[FloatArray, FloatArray]:
        """Return what backprop and the trusted numerical gradient say of b1."""
        _, backprop = self.code.loss_and_gradient(self.params, setting.x, setting.t)
        return backprop["b1"], true_slopes(self, setting.x, setting.t)["b1"]


def hidden_factor(code: Any, setting: Setting) -> float:
    """Measure backprop / numerical in b1; nan if it is not one factor."""
    return common_ratio(*Functional(code, setting, 0.5).hidden_slopes(setting))


def hidden_ratio_at_start(code: Any, setting: Setting) -> float:
    """Measure the nearest factor in b1 with weights as small as at the start of training."""
    return overall_ratio(*Functional(code, setting, 0.01).hidden_slopes(setting))


def sigmoid_at_zero(code: Any, _: Setting) -> float:
    """Measure sigmoid(0)."""
    return float(code.sigmoid(np.zeros(1))[0])


def flattening() -> float:
    """Predict backprop / numerical where the slope is taken at sigmoid(0), not at 0: .94."""
    y = float(sigmoid(0.5))
    return y * (1 - y) / 0.25


def shut(setting: Setting) -> float:
    """Predict in how many entries ReLU lets nothing through."""
    return float(np.count_nonzero(relu_input(setting)[0] <= 0))


def shut_by_dout(setting: Setting) -> float:
    """Predict in how many of them dout is above 0."""
    x, dout = relu_input(setting)
    return float(np.count_nonzero((x <= 0) & (dout > 0)))


def _shut_but(predict: Callable[[Setting], float], formula: str) -> Signature:
    return Signature(
        "number of slopes that pass where ReLU is shut", formula, predict, slopes_where_shut
    )


ACTIVATIONS = (
    Pitfall(
        "relu-mask",
        Part.RELU,
        "backward lets slopes pass where forward let nothing through, "
        "so everything below the ReLU is wrong.",
        Severity.ERROR,
        (
            Variant("none", (Edit("Relu.backward", MASKED, "dx = dout.copy()"),)),
            Variant(
                "inverted",
                (Edit("Relu.backward", MASKED, "dx = dout.copy()\ndx[~self.mask] = 0"),),
            ),
            Variant(
                "of the gradient",
                (Edit("Relu.backward", MASKED, "dx = dout.copy()\ndx[dout <= 0] = 0"),),
                _shut_but(shut_by_dout, "the entries with x <= 0 and dout > 0"),
            ),
        ),
        _shut_but(shut, "the entries with x <= 0"),
    ),
    Pitfall(
        "relu-mutates-dout",
        Part.RELU,
        "The zeros are written into the array of the caller: harmless in a chain, "
        "wrong where somebody else reads that array.",
        Severity.ADVICE,
        (
            Variant("dout", (Edit("Relu.backward", MASKED, "dout[self.mask] = 0\ndx = dout"),)),
            Variant(
                "x",
                (Edit("Relu.forward", "out = x.copy()", "out = x"),),
                Signature(
                    "number of entries of x that forward changes",
                    "the entries with x < 0",
                    shut,
                    x_changed,
                ),
            ),
        ),
        Signature(
            "number of entries of dout that backward changes",
            "the entries with x <= 0",
            shut,
            dout_changed,
        ),
    ),
    Pitfall(
        "sigmoid-grad-of-activation",
        Part.NETWORK,
        "The slope of sigmoid is taken at its output in place of its input, "
        "so W1 and b1 are a few percent off, and W2 and b2 are right.",
        Severity.ERROR,
        (
            Variant(
                "sigmoid_grad(a1)",
                (
                    Edit(
                        "loss_and_gradient",
                        "dz1 = sigmoid_grad(z1) * da1",
                        "dz1 = sigmoid_grad(a1) * da1",
                    ),
                ),
            ),
        ),
        Signature(
            "backprop / numerical in b1, with small weights",
            "sigmoid'(1/2) / sigmoid'(0): .94",
            lambda _: flattening(),
            hidden_ratio_at_start,
            rtol=0.01,
            why="weights of 0.01 do not quite give 0 before the sigmoid",
        ),
    ),
    Pitfall(
        "sigmoid-sign",
        Part.SIGMOID,
        "The sign of the exponent or the parentheses are wrong: "
        "the curve falls where it should rise, or is no sigmoid at all.",
        Severity.ERROR,
        (
            Variant("exp(x)", (Edit("sigmoid", SIGMOID, "return 1 / (1 + np.exp(x))"),)),
            Variant(
                "1 / 1 + exp(-x)",
                (Edit("sigmoid", SIGMOID, "return 1 / 1 + np.exp(-x)"),),
                Signature("value of sigmoid at 0", "2", lambda _: 2.0, sigmoid_at_zero),
            ),
        ),
        Signature(
            "backprop / numerical in b1",
            "-1",
            lambda _: -1.0,
            hidden_factor,
            rtol=1e-3,
            why=EPSILON_SHOWS,
        ),
    ),
    Pitfall(
        "sigmoid-backward",
        Part.SIGMOID_LAYER,
        "The slope out (1 - out) lacks a factor, or forward keeps nothing to compute it from.",
        Severity.ERROR,
        (
            Variant("no out", (Edit("Sigmoid.backward", OUT, "return dout * (1.0 - self.out)"),)),
            Variant(
                "out not kept",
                (
                    Edit(
                        "Sigmoid.forward",
                        "self.out = sigmoid(x)\nreturn self.out",
                        "out = sigmoid(x)\nreturn out",
                    ),
                ),
                Signature(
                    "number of TypeErrors in one backward", "1", lambda _: 1.0, sigmoid_type_error
                ),
            ),
        ),
        Signature(
            "backward over the true slope, at 0",
            "1 / out: 2",
            lambda _: 2.0,
            sigmoid_slopes,
            rtol=1e-6,
            why="the error of central differences",
        ),
    ),
)
