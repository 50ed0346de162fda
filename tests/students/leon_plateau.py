"""Why does the gradient check fail when the net is very sure (and wrong)?"""
import numpy as np


def softmax(x):
    x = x - np.max(x, axis=1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)


def cross_entropy(y, t):
    return -np.sum(t * np.log(y + 1e-7)) / y.shape[0]


class SoftmaxLoss:
    def forward(self, x, t):
        self.y, self.t = softmax(x), t
        return cross_entropy(self.y, t)

    def backward(self, dout=1.0):
        return dout * (self.y - self.t) / self.t.shape[0]


def numerical_gradient(f, x, h=1e-4):
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        orig = x[idx]
        x[idx] = orig + h
        p = f(x)
        x[idx] = orig - h
        m = f(x)
        x[idx] = orig
        grad[idx] = (p - m) / (2 * h)
    return grad


layer = SoftmaxLoss()
logits = np.array([[30.0, 0.0, 1.0, -2.0],
                   [-3.0, 0.5, 26.0, 1.0]])
t = np.eye(4)[[1, 0]]

print("loss", layer.forward(logits, t))
print("backprop ", layer.backward())
print("numerical", numerical_gradient(lambda z: layer.forward(z, t), logits))
