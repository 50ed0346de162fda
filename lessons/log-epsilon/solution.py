"""A loss that stays finite: the logarithm is never asked for 0."""

import numpy as np


def softmax(x):
    exp_x = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return exp_x / np.sum(exp_x, axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    batch_size = len(y)
    return -np.sum(t * np.log(y + 1e-7)) / batch_size


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y = softmax(x)
        self.t = t
        return cross_entropy_error(self.y, t)

    def backward(self, dout=1):
        return (self.y - self.t) / len(self.y) * dout


# The check calls this and cross_entropy_error. Leave it as it is.
def loss_and_slope(x, t):
    layer = SoftmaxWithLoss()
    loss = layer.forward(x, t)
    return loss, layer.backward()
