"""A gradient that looks upwards only. Make it a central difference."""

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    fx = f(x)
    for idx in np.ndindex(x.shape):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        grad[idx] = (fxh1 - fx) / h
        x[idx] = tmp_val
    return grad


# Nothing below needs repair. The check calls this with functions and points of its own.
def try_it(a, b, c, x):
    calls = []

    def f(x):
        calls.append(1)
        return np.sum(a * x**3 + b * x**2) + c * np.sum(x) ** 2

    return numerical_gradient(f, x), x, len(calls)
