import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        dx = dout @ self.W.T
        return dx


layer = Affine(np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros(2))
out = layer.forward(np.array([[1.0, 1.0]]))
dx = layer.backward(np.ones_like(out))
