"""Code that stops: a misspelt name, a missing return."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from tutor.pitfalls.edit import Edit
from tutor.pitfalls.entries.loss import OF_LABELS, OF_ROWS
from tutor.pitfalls.entries.softmax import RESULT
from tutor.pitfalls.listing import listing
from tutor.pitfalls.measuring import raised
from tutor.pitfalls.part import Part
from tutor.pitfalls.pitfall import Pitfall, Severity, Variant
from tutor.pitfalls.setting import Setting
from tutor.pitfalls.signature import Signature


def letters_apart(a: str, b: str) -> int:
    """Return the Levenshtein distance of two words: letters to insert, drop or change."""
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row, above = [i], row
        for j, other in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other)))
    return row[-1]


def names_around(error: AttributeError | NameError) -> set[str]:
    """Return the names that there are where one was looked for in vain."""
    if isinstance(error, AttributeError):
        return {name for name in dir(error.obj) if not name.startswith("_")}
    words = (re.findall(r"\w+", definition.source) for definition in listing().values())
    return {word for line in words for word in line}


def letters_off(run: Callable[[Any, Setting], Any]) -> Callable[[Any, Setting], float]:
    """Return what measures how near a name that is not there comes to one that is."""

    def measure(code: Any, setting: Setting) -> float:
        error = raised(run, code, setting)
        if not isinstance(error, AttributeError | NameError) or not error.name:
            return math.nan
        return float(min(letters_apart(error.name, name) for name in names_around(error)))

    return measure


def one_gradient(code: Any, setting: Setting) -> Any:
    """Run a whole net once, forwards and backwards."""
    return setting.net(code).gradient(setting.x, setting.t)


def one_activation(code: Any, setting: Setting) -> Any:
    """Run one sigmoid layer, forwards and backwards."""
    layer = code.Sigmoid()
    return layer.backward(layer.forward(setting.x))


def _nothing(called: Callable[[Any, Setting], Any]) -> Signature:
    return Signature(
        "number of results that are None",
        "1",
        lambda _: 1.0,
        lambda code, setting: float(called(code, setting) is None),
    )


def _letters(count: int, run: Callable[[Any, Setting], Any] = one_gradient) -> Signature:
    return Signature(
        "number of letters that the unknown name is off",
        str(count),
        lambda _: float(count),
        letters_off(run),
    )


def _misspelt(method: str, wrong: str) -> Variant:
    right = "def backward(self, dout):" if method == "backward" else "def forward(self, x):"
    return Variant(wrong, (Edit(f"Relu.{method}", right, right.replace(method, wrong)),))


CRASHES = (
    Pitfall(
        "returns-none",
        Part.LOSS,
        "The return is missing: the function gives None, and a TypeError comes later.",
        Severity.ERROR,
        (
            Variant(
                "loss",
                (
                    Edit(
                        "cross_entropy_error", OF_ROWS, f"loss = {OF_ROWS.removeprefix('return ')}"
                    ),
                    Edit(
                        "cross_entropy_error",
                        f"picked = y[np.arange(batch_size), t]\n{OF_LABELS}",
                        "",
                    ),
                ),
            ),
            Variant(
                "softmax",
                (Edit("softmax", RESULT, f"y = {RESULT.removeprefix('return ')}"),),
                _nothing(lambda code, s: code.softmax(s.logits)),
            ),
            Variant(
                "forward",
                (Edit("SoftmaxWithLoss.forward", "return self.loss", ""),),
                _nothing(lambda code, s: code.SoftmaxWithLoss().forward(s.logits, s.t)),
            ),
        ),
        _nothing(lambda code, s: code.cross_entropy_error(s.y, s.t)),
    ),
    Pitfall(
        "misspelt-method",
        Part.RELU,
        "A method is misspelt, so the net that calls it finds none.",
        Severity.ERROR,
        (
            _misspelt("backward", "backword"),
            _misspelt("forward", "foward"),
            _misspelt("backward", "bacward"),
        ),
        _letters(1),
    ),
    Pitfall(
        "crash",
        Part.LOSS,
        "A name is misspelt, and the code stops there.",
        Severity.ERROR,
        (
            Variant(
                "bath_size",
                (Edit("cross_entropy_error", OF_ROWS, OF_ROWS.replace("batch", "bath")),),
            ),
            Variant(
                "np.arrange",
                (
                    Edit(
                        "cross_entropy_error",
                        "picked = y[np.arange(batch_size), t]",
                        "picked = y[np.arrange(batch_size), t]",
                    ),
                ),
                _letters(1, lambda code, s: code.cross_entropy_error(s.y, s.labels)),
            ),
            Variant(
                "y.dim",
                (Edit("cross_entropy_error", "if y.ndim == 1:", "if y.dim == 1:"),),
            ),
            Variant(
                "self.X",
                (
                    Edit(
                        "Affine.backward",
                        "self.dW = np.dot(self.x.T, dout)",
                        "self.dW = np.dot(self.X.T, dout)",
                    ),
                ),
            ),
            Variant(
                "reshpae",
                (
                    Edit(
                        "cross_entropy_error",
                        "y = y.reshape(1, *y.shape)",
                        "y = y.reshpae(1, *y.shape)",
                    ),
                ),
                _letters(2, lambda code, s: code.cross_entropy_error(s.y[0], s.t[0])),
            ),
        ),
        _letters(1),
    ),
)
