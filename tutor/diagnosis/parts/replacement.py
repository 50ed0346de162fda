"""The right part in the student's own terms: their name, their order of arguments."""

from __future__ import annotations

from tutor.diagnosis.definitions import Definition
from tutor.diagnosis.names import Role
from tutor.diagnosis.parts.layer import methods
from tutor.diagnosis.parts.loss import targets_first

_SOFTMAX = """
import numpy as np

def {name}({x}, *_, **__):
    {x} = np.asarray({x}, float)
    e = np.exp({x} - np.max({x}, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)
"""

_LOSS = """
import numpy as np

def {name}({first}, {second}, *_, **__):
    y, t = np.atleast_2d(np.asarray({y}, float)), np.asarray({t})
    if y.shape[1] == 1:
        t = t.reshape(y.shape)
        return -np.mean(t * np.log(y + 1e-7) + (1 - t) * np.log(1 - y + 1e-7))
    if t.size == y.size and t.ndim:
        t = np.argmax(t.reshape(y.shape), axis=1)
    t = t.reshape(-1).astype(int)
    return -np.mean(np.log(y[np.arange(len(y)), t] + 1e-7))
"""

_SQUARED = """
import numpy as np

def {name}({first}, {second}, *_, **__):
    return 0.5 * np.sum((np.asarray({first}) - np.asarray({second})) ** 2)
"""

_ACTIVATIONS = {
    Role.SIGMOID: "1 / (1 + np.exp(-x))",
    Role.RELU: "np.maximum(x, 0)",
    Role.TANH: "np.tanh(x)",
    Role.SIGMOID_GRADIENT: "np.exp(-x) / (1 + np.exp(-x)) ** 2",
}

_ACTIVATION = """
import numpy as np

def {name}(x):
    x = np.asarray(x, float)
    return {formula}
"""

_DIFFERENTIATOR = """
import numpy as np

def {name}({first}, {second}, *_, **__):
    f, x, h = {f}, {x}, 1e-4
    grad = np.zeros(x.shape)
    for idx in np.ndindex(*x.shape):
        kept = x[idx]
        x[idx] = kept + h
        up = f(x)
        x[idx] = kept - h
        down = f(x)
        x[idx] = kept
        grad[idx] = (up - down) / (2 * h)
    return grad
"""

_RELU = """
import numpy as np

class {name}:
    def __init__(self, *_):
        self.mask = None

    def {forward}(self, x, *_):
        self.mask = x <= 0
        return np.where(self.mask, 0.0, x)

    def {backward}(self, dout, *_):
        return np.where(self.mask, 0.0, dout)
"""

_SIGMOID = """
import numpy as np

class {name}:
    def __init__(self, *_):
        self.out = None

    def {forward}(self, x, *_):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def {backward}(self, dout, *_):
        return dout * self.out * (1 - self.out)
"""

_LOSS_LAYER = """
import numpy as np

class {name}:
    def __init__(self, *_):
        self.loss, self.y, self.t = None, None, None

    def {forward}(self, x, t, *_):
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        self.y = e / np.sum(e, axis=-1, keepdims=True)
        self.t = np.asarray(t)
        if self.t.shape != self.y.shape:
            self.t = np.eye(self.y.shape[-1])[self.t.astype(int)]
        self.n = 1 if self.y.ndim == 1 else self.y.shape[0]
        self.loss = -np.sum(self.t * np.log(self.y + 1e-7)) / self.n
        return self.loss

    def {backward}(self, dout=1, *_):
        return dout * (self.y - self.t) / self.n
"""


def replacement(role: Role, definition: Definition) -> str:
    """Return the source of the right part under the student's name; empty if there is none."""
    given = [*definition.parameters, "x", "t"][:2]
    words = {"name": definition.name, "first": given[0], "second": given[1], "x": given[0]}
    if role is Role.SOFTMAX:
        return _SOFTMAX.format(**words)
    if role is Role.LOSS:
        y, t = given[::-1] if targets_first(definition) else given
        return _LOSS.format(**words, y=y, t=t)
    if role is Role.SQUARED_LOSS:
        return _SQUARED.format(**words)
    if role in _ACTIVATIONS:
        return _ACTIVATION.format(**words, formula=_ACTIVATIONS[role])
    if role is Role.DIFFERENTIATOR:
        return _DIFFERENTIATOR.format(**{**words, "f": given[0], "x": given[1]})
    if role is Role.LOSS_LAYER:
        forward, backward = methods(definition)
        return _LOSS_LAYER.format(name=definition.name, forward=forward, backward=backward)
    if role is Role.LAYER and definition.methods:
        forward, backward = methods(definition)
        named = {"name": definition.name, "forward": forward, "backward": backward}
        lower = definition.name.lower()
        if "relu" in lower:
            return _RELU.format(**named)
        return _SIGMOID.format(**named) if "sigm" in lower else ""
    return ""
