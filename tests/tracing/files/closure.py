import numpy as np


def make_gradient(h):
    def numerical_gradient(f, x):
        grad = np.zeros_like(x)
        for i in range(len(x)):
            keep = x[i]
            x[i] = keep + h
            fxh1 = f(x)
            x[i] = keep - h
            fxh2 = f(x)
            grad[i] = (fxh1 - fxh2) / (2 * h)
            x[i] = keep
        return grad

    return numerical_gradient


slopes = make_gradient(1e-5)
point = np.array([1.0, 2.0, 3.0])
print(slopes(lambda x: np.sum(x**2), point))
