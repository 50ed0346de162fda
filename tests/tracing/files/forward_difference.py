import numpy as np


def num_grad(f, x, h=1e-6):
    g = np.empty_like(x)
    f0 = f(x)
    for idx in np.ndindex(x.shape):
        x[idx] += h
        g[idx] = (f(x) - f0) / h
        x[idx] -= h
    return g


w = np.array([1.0, 2.0, 4.0])
print(num_grad(lambda w: np.sum(w**2), w))
