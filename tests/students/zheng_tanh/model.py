"""Regression with a tanh hidden layer."""
import numpy as np

from activations import Identity, Tanh


class Affine:
    def __init__(self, n_in, n_out, rng):
        self.W = rng.normal(size=(n_in, n_out)) / np.sqrt(n_in)
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def backward(self, dout):
        self.dW = self.x.T.dot(dout)
        self.db = dout.sum(axis=0)
        return dout.dot(self.W.T)


class MeanSquaredError:
    def forward(self, y, t):
        self.r = y - t
        return 0.5 * np.sum(self.r ** 2) / len(t)

    def backward(self, dout=1.0):
        return dout * self.r / len(self.r)


class Model:
    def __init__(self, n_in, n_hidden, n_out, seed=0):
        rng = np.random.default_rng(seed)
        self.layers = [Affine(n_in, n_hidden, rng), Tanh(),
                       Affine(n_hidden, n_out, rng), Identity()]
        self.criterion = MeanSquaredError()

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.criterion.forward(self.predict(x), t)

    def backward(self):
        d = self.criterion.backward()
        for layer in reversed(self.layers):
            d = layer.backward(d)

    def sgd(self, lr):
        for layer in self.layers:
            if isinstance(layer, Affine):
                layer.W -= lr * layer.dW
                layer.b -= lr * layer.db


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    x = rng.uniform(-2, 2, (100, 3))
    t = np.c_[x[:, 0] * x[:, 1], np.abs(x[:, 2])]
    model = Model(3, 20, 2)
    for i in range(1000):
        value = model.loss(x, t)
        model.backward()
        model.sgd(0.1)
    print("final loss", value)
