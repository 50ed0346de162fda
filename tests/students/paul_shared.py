"""Generic fully connected net with N hidden layers of the same width."""
from collections import OrderedDict

import numpy as np
from dataset.mnist import load_mnist


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)


class Relu:
    def forward(self, x):
        self.mask = (x > 0).astype(x.dtype)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class Sigmoid:
    def forward(self, x):
        self.out = 1.0 / (1.0 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1.0 - self.out)


class SoftmaxWithLoss:
    def forward(self, x, t):
        x = x - x.max(axis=1, keepdims=True)
        self.y = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        self.t = t
        return -np.sum(t * np.log(self.y + 1e-7)) / x.shape[0]

    def backward(self, dout=1):
        return dout * (self.y - self.t) / self.t.shape[0]


# one of each is enough
ACTIVATIONS = {"relu": Relu(), "sigmoid": Sigmoid()}


class DeepNet:
    def __init__(self, input_size, hidden_size, n_hidden, output_size, activation="relu"):
        sizes = [input_size] + [hidden_size] * n_hidden + [output_size]
        self.params = {}
        self.layers = OrderedDict()
        for i in range(1, len(sizes)):
            scale = np.sqrt(2.0 / sizes[i - 1])
            self.params["W%d" % i] = scale * np.random.randn(sizes[i - 1], sizes[i])
            self.params["b%d" % i] = np.zeros(sizes[i])
            self.layers["Affine%d" % i] = Affine(self.params["W%d" % i], self.params["b%d" % i])
            if i < len(sizes) - 1:
                self.layers["Activation%d" % i] = ACTIVATIONS[activation]
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward()
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        grads = {}
        for name, layer in self.layers.items():
            if name.startswith("Affine"):
                i = name[len("Affine"):]
                grads["W" + i], grads["b" + i] = layer.dW, layer.db
        return grads


if __name__ == "__main__":
    (x_train, t_train), _ = load_mnist(one_hot_label=True)
    net = DeepNet(784, 50, 4, 10)
    for step in range(1000):
        pick = np.random.choice(len(x_train), 128)
        grads = net.gradient(x_train[pick], t_train[pick])
        for key in net.params:
            net.params[key] -= 0.1 * grads[key]
        if step % 100 == 0:
            print(step, net.loss(x_train[pick], t_train[pick]))
