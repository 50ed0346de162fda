from dataclasses import dataclass, field

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in np.ndindex(*x.shape):
        saved = x[idx]
        x[idx] = saved + h
        fxh1 = f(x)
        x[idx] = saved - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = saved
    return grad


@dataclass
class Net:
    W: np.ndarray = field(default_factory=lambda: np.array([[1.0, 2.0], [3.0, 4.0]]))
    b: np.ndarray = field(default_factory=lambda: np.zeros(2))

    def loss(self, x):
        return float(np.sum((x @ self.W + self.b) ** 2))


net = Net()
x = np.array([1.0, -1.0])
dW = numerical_gradient(lambda W: net.loss(x), net.W)
db = numerical_gradient(lambda b: net.loss(x), net.b)
