import numpy as np


def f(z):
    return np.tanh(z)


class Kette:
    """Ein Netz aus beliebig vielen Schichten, eine Probe nach der anderen."""

    def __init__(self, sizes):
        self.W = [np.random.randn(n, m) / np.sqrt(m) for m, n in zip(sizes[:-1], sizes[1:])]
        self.b = [np.zeros((n, 1)) for n in sizes[1:]]

    def feedforward(self, a):
        for W, b in zip(self.W, self.b):
            a = f(W @ a + b)
        return a

    def backprop(self, x, y):
        werte = [x]
        for W, b in zip(self.W, self.b):
            werte.append(f(W @ werte[-1] + b))
        delta = (werte[-1] - y) * (1 - werte[-1] ** 2)
        nabla_W, nabla_b = [], []
        for i in range(1, len(self.W) + 1):
            nabla_W.insert(0, delta @ werte[-i - 1].T)
            nabla_b.insert(0, delta)
            delta = (self.W[-i].T @ delta) * (1 - werte[-i - 1])
        return nabla_W, nabla_b
