"""One layer and softmax with loss. The gradients come out too large: repair them."""

import numpy as np


def softmax(x):
    exp_x = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return exp_x / np.sum(exp_x, axis=-1, keepdims=True)


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = np.sum(dout, axis=0)
        return dout @ self.W.T


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y = softmax(x)
        self.t = t
        batch_size = len(x)
        return -np.sum(t * np.log(self.y + 1e-7)) / batch_size

    def backward(self, dout=1):
        dx = self.y - self.t
        return dx * dout


# This is what the check calls, with batches of several sizes. Leave it as it is.
def loss_and_gradients(x, t, W, b):
    affine = Affine(W, b)
    last = SoftmaxWithLoss()
    loss = last.forward(affine.forward(x), t)
    dx = last.backward()
    affine.backward(dx)
    return loss, dx, affine.dW, affine.db
