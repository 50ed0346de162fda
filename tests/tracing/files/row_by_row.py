import numpy as np


def _numerical_gradient_1d(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.size):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad


def numerical_gradient(f, X):
    if X.ndim == 1:
        return _numerical_gradient_1d(f, X)
    grad = np.zeros_like(X)
    for i, x in enumerate(X):
        grad[i] = _numerical_gradient_1d(f, x)
    return grad


W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
print(numerical_gradient(lambda row: np.sum(row**2), W))
