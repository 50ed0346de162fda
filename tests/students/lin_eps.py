import numpy as np
import matplotlib.pyplot as plt

DELTA = 1e-4


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    x = x - np.max(x, axis=1, keepdims=True)
    e = np.exp(x)
    return e / np.sum(e, axis=1, keepdims=True)


def cross_entropy(y, t):
    return -np.mean(np.sum(t * np.log(y - DELTA), axis=1))


def forward(p, x):
    z1 = sigmoid(x @ p['W1'] + p['b1'])
    return z1, softmax(z1 @ p['W2'] + p['b2'])


def backprop(p, x, t):
    z1, y = forward(p, x)
    d2 = (y - t) / len(x)
    d1 = d2 @ p['W2'].T * z1 * (1 - z1)
    return {'W1': x.T @ d1, 'b1': d1.sum(0), 'W2': z1.T @ d2, 'b2': d2.sum(0)}


def numgrad(f, w, h=1e-4):
    g = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        c = w[i]
        w[i] = c + h; a = f()
        w[i] = c - h; b = f()
        w[i] = c
        g[i] = (a - b) / (2 * h)
    return g


r = np.random.RandomState(9)
p = {'W1': .01 * r.randn(7, 5), 'b1': np.zeros(5), 'W2': .01 * r.randn(5, 10), 'b2': np.zeros(10)}
x = r.rand(3, 7)
t = np.eye(10)[[7, 2, 1]]
bp = backprop(p, x, t)
for k in p:
    num = numgrad(lambda: cross_entropy(forward(p, x)[1], t), p[k])
    print(k, np.average(np.abs(num - bp[k])))

# a confident prediction: nan
print(cross_entropy(np.array([[0.99999, 0.00001]]), np.array([[0, 1]])))
