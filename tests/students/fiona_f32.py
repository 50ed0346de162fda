"""Gradient check in float32. The step has to be large there: h = 1e-2."""
import numpy as np

F = np.float32


def softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def loss(W, b, X, t):
    p = softmax(X @ W + b)
    return -np.log(p[np.arange(len(t)), t] + F(1e-7)).mean()


def analytic(W, b, X, t):
    d = softmax(X @ W + b)
    d[np.arange(len(t)), t] -= 1
    d /= len(t)
    return X.T @ d, d.sum(axis=0)


def numeric(f, w, h=F(1e-2)):
    g = np.zeros_like(w)
    flat_w, flat_g = w.ravel(), g.ravel()          # views: w and g are contiguous
    for i in range(flat_w.size):
        old = flat_w[i]
        flat_w[i] = old + h
        plus = f()
        flat_w[i] = old - h
        minus = f()
        flat_w[i] = old
        flat_g[i] = (plus - minus) / (2 * h)
    return g


rng = np.random.default_rng(8)
X = rng.normal(size=(20, 5)).astype(F)
t = rng.integers(0, 4, 20)
W = (0.5 * rng.normal(size=(5, 4))).astype(F)
b = np.zeros(4, dtype=F)

dW, db = analytic(W, b, X, t)
for name, w, g in (("W", W, dW), ("b", b, db)):
    n = numeric(lambda: loss(W, b, X, t), w)
    error = np.abs(n - g).max() / np.abs(g).max()
    print(name, error, "ok" if error < 1e-2 else "check me")
