import os
import sys

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        saved = x[idx]
        x[idx] = saved + h
        fxh1 = f(x)
        x[idx] = saved - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = saved
    return grad


count = 0


def f(x):
    global count
    count += 1
    if count == 4:
        while True:
            print("x" * 1000, file=sys.stderr)
    return np.sum(x**2)


numerical_gradient(f, np.array([[1.0, 2.0, 3.0]]))
