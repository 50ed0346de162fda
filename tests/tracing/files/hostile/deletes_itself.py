import os

import numpy as np

def numerical_gradient(f, x):
    grad = np.zeros_like(x)
    for i in range(x.size):
        saved = x[i]
        x[i] = saved + 0.5
        fxh1 = f(x)
        x[i] = saved - 0.5
        fxh2 = f(x)
        grad[i] = fxh1 - fxh2
        x[i] = saved
    return grad

os.remove(__file__)
numerical_gradient(lambda x: np.sum(x**2), np.array([1.0, 2.0]))
