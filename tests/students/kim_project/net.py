import numpy as np
from common.functions import *


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        self.loss = cross_entropy_error(self.y, t)
        return self.loss

    def backward(self, dout=1):
        return dout * (self.y - self.t) / self.t.shape[0]


class TwoLayerNet:
    def __init__(self, n_in, n_hidden, n_out, std=0.1):
        self.params = {
            'W1': std * np.random.randn(n_in, n_hidden), 'b1': np.zeros(n_hidden),
            'W2': std * np.random.randn(n_hidden, n_out), 'b2': np.zeros(n_out),
        }
        self.last = SoftmaxWithLoss()

    def forward(self, x):
        self.x = x
        self.z = sigmoid(x @ self.params['W1'] + self.params['b1'])
        return self.z @ self.params['W2'] + self.params['b2']

    def loss(self, x, t):
        return self.last.forward(self.forward(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        d = self.last.backward()
        grads = {'W2': self.z.T @ d, 'b2': d.sum(axis=0)}
        d = (d @ self.params['W2'].T) * self.z * (1 - self.z)
        grads['W1'] = self.x.T @ d
        grads['b1'] = d.sum(axis=0)
        return grads
