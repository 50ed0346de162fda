"""The names by which people call the parts of a net, in all their spellings."""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from typing import Final


class Role(Enum):
    """Which part of a net a definition plays."""

    SOFTMAX = "softmax"
    LOSS = "loss"
    SQUARED_LOSS = "squared loss"
    SIGMOID = "sigmoid"
    RELU = "relu"
    TANH = "tanh"
    SIGMOID_GRADIENT = "sigmoid gradient"
    DIFFERENTIATOR = "differentiator"
    LAYER = "layer"
    LOSS_LAYER = "loss layer"
    NETWORK = "network"
    FUNCTIONAL_NETWORK = "network without a class"
    OPTIMISER = "optimiser"
    DESCENT = "descent"


_FUNCTIONS: Final = (
    (Role.DIFFERENTIATOR, r"num\w*(grad|diff|deriv|jac)|(grad|diff|deriv)\w*(num|finite|central)"),
    (Role.DIFFERENTIATOR, r"^(deriv(ative)?|derivee|ableitung|slope)s?$|complex_step|微分"),
    (Role.DIFFERENTIATOR, r"finite_?diff|central_?diff|数値微分|数値勾配|수치미분|수치기울기"),
    (Role.SIGMOID_GRADIENT, r"(sigm\w*)_?(grad|prime|deriv|backward|diff)|d_?sigm"),
    (Role.SOFTMAX, r"soft_?max|ソフトマックス|소프트맥스|softmaximum"),
    (
        Role.LOSS,
        r"cross_?entr|crossentr|entropie|\bcee?\b|交差エントロピー|교차엔트로피|log_?loss|nll",
    ),
    (Role.SQUARED_LOSS, r"squared?_?(err|loss|cost)|(^|_)(r?mse|sse)(_|$)|二乗|erreur_quad|平方"),
    (Role.SQUARED_LOSS, r"sum_?of_?square|quadratic_(cost|loss)|least_square|제곱"),
    (Role.SIGMOID, r"sigm|logistic|シグモイド|시그모이드"),
    (Role.RELU, r"relu|rectif"),
    (Role.TANH, r"tanh"),
)
_NOT_SOFTMAX: Final = re.compile(
    r"loss|grad|deriv|back|prime|cross|entropy|regress|classif|test|jac"
)
_NOT_A_LOSS: Final = re.compile(r"grad|deriv|back|prime|delta|test|forward")

FORWARD: Final = (
    "forward",
    "forward_pass",
    "forward_propagation",
    "propagate",
    "__call__",
    "fwd",
    "forwards",
    "feedforward",
    "feed_forward",
    "foward",
)
BACKWARD: Final = (
    "backward",
    "backward_pass",
    "backward_propagation",
    "backpropagate",
    "bwd",
    "backprop",
    "back",
    "backwards",
    "backword",
    "bacward",
)
PREDICT: Final = ("predict", "forward", "inference", "feedforward", "feed_forward", "predict_proba")
LOSS: Final = (
    "loss", "cost", "compute_loss", "calc_loss", "cross_entropy", "get_loss", "perte",
    "loss_and_gradient", "loss_and_grad", "loss_and_gradients", "loss_grad", "compute_cost",
    "calculate_loss", "loss_function", "cost_function",
)  # fmt: skip
GRADIENT: Final = (
    "gradient", "backprop", "backward", "gradients", "grad", "back_propagation",
    "backpropagation", "compute_gradients", "compute_gradient",
    "calc_gradients", "gradient_backprop", "calc_gradient", "gradient_descent",
)  # fmt: skip
NUMERICAL: Final = ("numerical_gradient", "numeric_gradient", "num_grad", "numgrad")


_F: Final = {"f", "func", "fn", "function", "fct", "fonction", "f_x", "loss_func", "loss_f"}
_NOT_SLOPES: Final = re.compile(
    r"descen|train|minimi|plot|draw|solve|optimi|integr|newton|update|iterat|apply|map|call|test"
)


def takes_slopes(name: str, parameters: tuple[str, ...]) -> bool:
    """Tell whether a function looks like a differentiator by what it takes: f, and a place."""
    first = [plain(p) for p in parameters[:1]]
    enough = 2 <= len(parameters) <= 4
    return enough and bool(_F & set(first)) and not _NOT_SLOPES.search(plain(name))


def gives_slopes(name: str, parameters: tuple[str, ...]) -> bool:
    """Tell whether a function of f that returns a function looks like one that differentiates f."""
    first = plain(parameters[0]) if parameters else ""
    slopes = re.search(r"grad|deriv|slope|diff", plain(name))
    return first in _F and bool(slopes) and not _NOT_SLOPES.search(plain(name))


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a name in lower case with underscores between its words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"_+", "_", spaced).strip("_").lower()


@lru_cache(maxsize=4096)
def role_of_function(name: str) -> Role | None:
    """Return the part that a function's name says it plays."""
    words = plain(name)
    for role, pattern in _FUNCTIONS:
        if re.search(pattern, words):
            if role is Role.SOFTMAX and _NOT_SOFTMAX.search(words):
                continue
            if role in (Role.LOSS, Role.SQUARED_LOSS) and _NOT_A_LOSS.search(words):
                continue
            if role in (Role.RELU, Role.TANH, Role.SIGMOID) and _NOT_A_LOSS.search(words):
                continue
            return role
    return None


def method(names: object, wanted: tuple[str, ...], near: bool = False) -> str:
    """Return the method that is called as wanted, or the one whose name comes nearest, or ""."""
    have = list(names)  # type: ignore[call-overload]
    by_plain = {plain(name): name for name in have}
    for name in wanted:
        if name in have:
            return name
        if plain(name) in by_plain:
            return str(by_plain[plain(name)])
    if near:
        for name in wanted[:1]:
            close = get_close_matches(name, by_plain, n=1, cutoff=0.8)
            if close:
                return str(by_plain[close[0]])
    return ""
