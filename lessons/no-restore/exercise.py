"""A numerical gradient that leaves x moved. Put it back, whatever happens."""

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
    return grad


# Nothing below needs repair. The check calls these two, with arrays of its own.
def try_it(a, x):
    def f(_):
        return np.sum(a * x**2) + np.sum(x) ** 2

    return numerical_gradient(f, x), x


def try_stopped(x, number):
    calls = []

    def f(_):
        calls.append(1)
        if len(calls) == number:
            raise RuntimeError("stopped")
        return np.sum(x**2)

    try:
        numerical_gradient(f, x)
    except Exception as error:
        return str(error) == "stopped", x
    return False, x
