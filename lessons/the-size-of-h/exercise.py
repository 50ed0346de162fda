"""In float64 every slope is 0, in float32 it is nan. Choose a step that serves both."""

import numpy as np


def numerical_gradient(f, x):
    h = 1e-50
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad


# Nothing below needs repair. The check calls this with points of its own: f looks at what it
# is given, or, as a net does, at an array that it knows.
def try_it(rates, point, looks_at_argument):
    def f(x):
        return np.sum(np.exp(rates * (x if looks_at_argument else point)))

    return numerical_gradient(f, point), point
