# Two layer net, switched from sigmoid to ReLU this week. Gradient check fails now!
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(0, x)


def softmax(x):
    x = x - np.max(x, axis=1, keepdims=True)
    ex = np.exp(x)
    return ex / np.sum(ex, axis=1, keepdims=True)


def cross_entropy(y, t):
    return -np.sum(t * np.log(y + 1e-7)) / y.shape[0]


def num_grad(f, x, h=1e-4):
    grad = np.zeros_like(x)
    flat_x, flat_g = x.reshape(-1), grad.reshape(-1)
    for i in range(flat_x.size):
        keep = flat_x[i]
        flat_x[i] = keep + h
        hi = f(x)
        flat_x[i] = keep - h
        lo = f(x)
        flat_x[i] = keep
        flat_g[i] = (hi - lo) / (2 * h)
    return grad


class Net:
    def __init__(self, D, H, C, std=0.3):
        rng = np.random.RandomState(1)
        self.W1 = std * rng.randn(D, H)
        self.b1 = std * rng.randn(H)
        self.W2 = std * rng.randn(H, C)
        self.b2 = std * rng.randn(C)

    def predict(self, x):
        self.a1 = x @ self.W1 + self.b1
        self.z1 = relu(self.a1)
        return softmax(self.z1 @ self.W2 + self.b2)

    def loss(self, x, t):
        return cross_entropy(self.predict(x), t)

    def backprop(self, x, t):
        y = self.predict(x)
        d2 = (y - t) / x.shape[0]
        g = {'W2': self.z1.T @ d2, 'b2': d2.sum(axis=0)}
        d1 = (d2 @ self.W2.T) * (self.a1 > 0)
        g['W1'] = x.T @ d1
        g['b1'] = d1.sum(axis=0)
        return g

    def numerical(self, x, t):
        def f(_):
            z1 = sigmoid(x @ self.W1 + self.b1)
            y = softmax(z1 @ self.W2 + self.b2)
            return cross_entropy(y, t)
        return {k: num_grad(f, getattr(self, k)) for k in ('W1', 'b1', 'W2', 'b2')}


rng = np.random.RandomState(0)
x = rng.randn(5, 6)
t = np.eye(4)[rng.randint(0, 4, 5)]
net = Net(6, 7, 4)
bp, num = net.backprop(x, t), net.numerical(x, t)
for k in bp:
    print(k, np.max(np.abs(bp[k] - num[k])) / np.max(np.abs(num[k])))
