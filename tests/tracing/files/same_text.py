import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in range(x.size):
        keep = x[i]
        x[i] = keep + h
        fxh1 = f(x)
        x[i] = keep - h
        fxh2 = f(x)
        grad[i] = (fxh1 - fxh2) / (2 * h)
        x[i] = keep
    return grad


def f(x):
    return x[0] ** 2 + x[1] ** 2


x = np.array([3.0, 4.0])
first = numerical_gradient(f, x)
x += 1
second = numerical_gradient(f, x)
