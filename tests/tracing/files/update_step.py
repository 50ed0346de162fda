import numpy as np


def update(params, grads, lr):
    for key in params:
        params[key] -= lr * grads[key]


params = {"W": np.array([1.0, 2.0]), "b": np.array([3.0])}
update(params, {"W": np.array([0.5, -0.5]), "b": np.array([1.0])}, 0.1)
