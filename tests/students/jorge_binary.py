"""Logistic regression (two classes, one output) trained with numerical gradients."""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def binary_cross_entropy(y, t):
    eps = 1e-7
    return -np.mean(t * np.log(y + eps) + (1 - t) * np.log(1 - y + eps))


def cross_entropy_error(y, t):
    if y.ndim == 1:
        t = t.reshape(1, t.size)
        y = y.reshape(1, y.size)
    if t.size == y.size:
        t = t.argmax(axis=1)
    batch_size = y.shape[0]
    return -np.sum(np.log(y[np.arange(batch_size), t] + 1e-7)) / batch_size


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=['multi_index'], op_flags=['readwrite'])
    while not it.finished:
        idx = it.multi_index
        tmp = x[idx]
        x[idx] = tmp + h
        hi = f(x)
        x[idx] = tmp - h
        lo = f(x)
        x[idx] = tmp
        grad[idx] = (hi - lo) / (2 * h)
        it.iternext()
    return grad


class LogisticNet:
    def __init__(self, n):
        self.params = {'W': 0.01 * np.random.randn(n, 1), 'b': np.zeros(1)}

    def predict(self, x):
        return sigmoid(x @ self.params['W'] + self.params['b'])

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    def fit(self, x, t, lr=0.5, steps=100):
        for _ in range(steps):
            f = lambda _: self.loss(x, t)
            grads = {k: numerical_gradient(f, p) for k, p in self.params.items()}
            for k in grads:
                self.params[k] -= lr * grads[k]


np.random.seed(3)
x = np.random.randn(60, 4)
t = (x[:, :1] + x[:, 1:2] > 0).astype(int)       # shape (60, 1)
net = LogisticNet(4)
net.fit(x, t)
print("loss:", net.loss(x, t))
print("predicts 1 for:", np.mean(net.predict(x) > 0.5), "accuracy:", np.mean((net.predict(x) > 0.5) == t))
