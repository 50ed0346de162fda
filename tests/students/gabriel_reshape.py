import numpy as np


def grad_num(func, x):
    # works for any shape: make it a row first
    x = x.reshape(1, -1)
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        k = it.multi_index
        saved = x[k]
        x[k] = saved + h
        fp = func(x)
        x[k] = saved - h
        fm = func(x)
        x[k] = saved
        grad[k] = (fp - fm) / (2 * h)
        it.iternext()
    return grad


def quad(w):
    return 0.5 * np.sum(w ** 2) + np.sum(w)


weights = np.array([[1.0, -2.0], [0.5, 3.0], [4.0, 0.0]])
g = grad_num(quad, weights)
print(g.shape, weights.shape)

for epoch in range(20):
    weights -= 0.1 * grad_num(quad, weights)   # ValueError: could not be broadcast
print(weights)
