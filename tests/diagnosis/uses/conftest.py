"""A file of a student's, searched for pitfalls in its use, in a process of its own."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tutor.diagnosis import inside, roles
from tutor.diagnosis.asked import Student
from tutor.diagnosis.definitions import definitions
from tutor.diagnosis.place import Module
from tutor.diagnosis.uses import Use, find_uses, unnamed
from tutor.diagnosis.uses.run import all_updates, sites_of
from tutor.diagnosis.uses.text import Text

NET = """\
import numpy as np
from collections import OrderedDict
np.random.seed(0)
def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)
def cross_entropy_error(y, t):
    return -np.sum(t * np.log(y + 1e-7)) / y.shape[0]
def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        tmp = x[idx]
        x[idx] = tmp + h
        f1 = f(x)
        x[idx] = tmp - h
        f2 = f(x)
        grad[idx] = (f1 - f2) / (2 * h)
        x[idx] = tmp
    return grad
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        return cross_entropy_error(self.y, t)
    def backward(self, dout=1):
        return dout * (self.y - self.t) / self.t.shape[0]
class Net:
    def __init__(self, n, h, k):
        self.params = {'W1': 0.3 * np.random.randn(n, h), 'b1': np.zeros(h),
                       'W2': 0.3 * np.random.randn(h, k), 'b2': np.zeros(k)}
        p = self.params
        self.layers = OrderedDict()
        self.layers['a1'] = Affine(p['W1'], p['b1'])
        self.layers['a2'] = Affine(p['W2'], p['b2'])
        self.last = SoftmaxWithLoss()
    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x
    def loss(self, x, t):
        return self.last.forward(self.predict(x), t)
    def accuracy(self, x, t):
        return np.mean(np.argmax(self.predict(x), axis=1) == np.argmax(t, axis=1))
    def numerical_gradient(self, x, t):
        f = lambda W: self.loss(x, t)
        return {k: numerical_gradient(f, v) for k, v in self.params.items()}
    def gradient(self, x, t):
        self.loss(x, t)
        d = self.last.backward()
        for layer in reversed(list(self.layers.values())):
            d = layer.backward(d)
        a, b = self.layers['a1'], self.layers['a2']
        return {'W1': a.dW, 'b1': a.db, 'W2': b.dW, 'b2': b.db}
x_train = np.random.randn(60, 5)
t_train = np.eye(3)[np.random.randint(0, 3, 60)]
net = Net(5, 4, 3)
"""
"""A right net with layers, without a use: what a test adds is what is judged."""


class _Here:
    """Answers in this very process: a test's own files need no jail."""

    def ask(self, name: str, *values: object) -> Any:
        return getattr(inside, name)(*values)


def _search(source: str, into: Any) -> None:
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    module = Module("hand_in", "hand_in.py", source)
    found = definitions("__main__", module.tree)
    parts = roles.taken(iter(found.values()))
    student = Student(_Here())
    texts = {"__main__": Text("__main__", "hand_in.py", source)}
    sites = sites_of(all_updates(texts), "__main__")
    sent = [{"name": "__main__", "filename": "hand_in.py", "source": source, "sites": sites}]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            student.load(sent, {**unnamed(found.values()), **roles.watched(parts)})
            uses = find_uses(student, texts, parts, student.loaded, student.events())
            into.put(list(uses))
    except Exception as error:
        into.put(error)
        raise


@pytest.fixture
def uses() -> Callable[[str], list[Use]]:
    """Return the pitfalls in the use of a source; each search has a process of its own."""

    def search(source: str) -> list[Use]:
        # Not forked: a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        queue = context.Queue()
        child = context.Process(target=_search, args=(source, queue))
        child.start()
        try:
            found: list[Use] | Exception = queue.get(timeout=60)
        finally:
            child.terminate()
            child.join()
        if isinstance(found, Exception):
            raise found
        return found

    return search
