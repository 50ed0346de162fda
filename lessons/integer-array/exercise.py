"""At whole numbers the slopes come out as thousands. Make them right there as well."""

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
        x[idx] = tmp_val
    return grad


# Nothing below needs repair. The check calls this with points of its own: f looks at what it
# is given, or, as a net does, at an array that it knows.
def try_it(a, b, point, looks_at_argument):
    def f(x):
        seen = x if looks_at_argument else point
        return np.sum(a * seen**3 + b * seen**2)

    return numerical_gradient(f, point), point
