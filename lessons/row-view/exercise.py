"""A gradient that counts along the first axis. Make it right for an x of any shape."""

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.shape[0]):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad


# Nothing below needs repair. The check calls this with points of its own. As in a net, f reads
# the array that it knows; and x may be the transpose of another array.
def try_it(a, b, point, transposed):
    x = point.T.copy().T if transposed else point

    def f(_):
        return np.sum(a * x**3 + b * x**2)

    return numerical_gradient(f, x), x
