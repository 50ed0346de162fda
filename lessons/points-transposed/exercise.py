"""The gradient at every point of a grid. It takes each row for a point: repair it."""

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


def gradients_at(f, points):
    """One gradient for each row of points."""
    grads = np.zeros_like(points)
    for i, point in enumerate(points):
        grads[i] = numerical_gradient(f, point)
    return grads


def gradient_field(f, X, Y):
    """Two rows: all slopes along x0, all slopes along x1."""
    points = np.array([X.flatten(), Y.flatten()])
    return gradients_at(f, points)


# Nothing below needs repair. The check calls this with functions and grids of its own.
def try_it(a, X, Y):
    def f(x):
        return a[0] * x[0] ** 2 + a[1] * x[1] ** 2 + a[2] * x[0] * x[1]

    return gradient_field(f, X, Y)
