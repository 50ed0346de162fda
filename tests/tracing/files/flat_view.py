import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    xf, gf = x.reshape(-1), grad.reshape(-1)
    for i in range(x.size):
        old = xf[i]
        xf[i] = old + h
        up = f(x)
        xf[i] = old - h
        down = f(x)
        gf[i] = (up - down) / (2 * h)
        xf[i] = old
    return grad


class Model:
    def __init__(self):
        self.params = {"W1": np.arange(6.0).reshape(2, 3)}

    def loss(self):
        return np.sum(self.params["W1"] ** 3)


model = Model()
grad = numerical_gradient(lambda _: model.loss(), model.params["W1"])
