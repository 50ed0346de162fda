"""Just the layers for now, the network comes next week.

forward and backward of a fully connected layer and two activations
"""
import numpy as np


class Linear(object):
    """y = xW + b

    x: (batch, in)   W: (in, out)   b: (out,)
    """

    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) * 0.1
        self.b = np.zeros(out_features)
        self.x = None
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        # the bias is added everywhere so its gradient is the sum
        self.db = np.sum(dout)
        return dx


class ReLU(object):
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        return dout


class Sigmoid(object):
    def __init__(self):
        self.out = None

    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


if __name__ == "__main__":
    np.random.seed(0)
    lin = Linear(4, 3)
    act = Sigmoid()
    x = np.random.randn(5, 4)
    out = act.forward(lin.forward(x))
    print(out.shape)
    dx = lin.backward(act.backward(np.ones_like(out)))
    print(dx.shape, lin.dW.shape, lin.db)
