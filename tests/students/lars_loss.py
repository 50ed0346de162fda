import numpy as np


def loss_and_grad(W1, b1, W2, b2, X, y):
    """Forward and backward pass of a two-layer ReLU net. y holds class numbers."""
    n = X.shape[0]
    z1 = X @ W1 + b1
    a1 = z1 * (z1 > 0)
    z2 = a1 @ W2 + b2

    z2 = z2 - z2.max(axis=1, keepdims=True)
    logp = z2 - np.log(np.exp(z2).sum(axis=1, keepdims=True))
    loss = -np.sum(logp[np.arange(n), y])

    dz2 = np.exp(logp)
    dz2[np.arange(n), y] -= 1
    dz2 /= n
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    dz1 = dz2 @ W2.T * (z1 > 0)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, (dW1, db1, dW2, db2)


def check(params, X, y, h=1e-5):
    _, grads = loss_and_grad(*params, X, y)
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        for i in np.ndindex(p.shape):
            keep = p[i]
            p[i] = keep + h
            up, _ = loss_and_grad(*params, X, y)
            p[i] = keep - h
            down, _ = loss_and_grad(*params, X, y)
            p[i] = keep
            num[i] = (up - down) / (2 * h)
        print(np.abs(num - g).max() / np.abs(num).max())   # 0.9 ... always 0.9


rng = np.random.default_rng(11)
X, y = rng.normal(size=(10, 4)), rng.integers(0, 3, 10)
params = [rng.normal(size=(4, 6)), rng.normal(size=6), rng.normal(size=(6, 3)), np.zeros(3)]
check(params, X, y)
