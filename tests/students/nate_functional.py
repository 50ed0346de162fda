# plain functions only, no classes. softmax regression with one hidden layer
import numpy as np

np.random.seed(3)

D, H, C = 20, 30, 4


def relu(z):
    return np.maximum(z, 0)


def softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    p = np.exp(z)
    return p / p.sum(axis=1, keepdims=True)


def init():
    p = {}
    p["W1"] = np.random.randn(D, H) * np.sqrt(2.0 / D)
    p["b1"] = np.zeros(H)
    p["W2"] = np.random.randn(H, C) * np.sqrt(2.0 / H)
    p["b2"] = np.zeros(C)
    return p


def forward(p, x):
    z1 = x @ p["W1"] + p["b1"]
    a1 = relu(z1)
    z2 = a1 @ p["W2"] + p["b2"]
    return z1, a1, softmax(z2)


def loss(p, x, t):
    y = forward(p, x)[-1]
    return -np.mean(np.sum(t * np.log(y + 1e-12), axis=1))


def grads(p, x, t):
    n = x.shape[0]
    z1, a1, y = forward(p, x)
    g = {}
    error = (t - y) / n          # target minus output
    g["W2"] = a1.T @ error
    g["b2"] = error.sum(axis=0)
    hidden = error @ p["W2"].T
    hidden = hidden * (z1 > 0)
    g["W1"] = x.T @ hidden
    g["b1"] = hidden.sum(axis=0)
    return g


def accuracy(p, x, t):
    y = forward(p, x)[-1]
    return np.mean(np.argmax(y, axis=1) == np.argmax(t, axis=1))


# fake data
labels = np.random.randint(0, C, 400)
means = np.random.randn(C, D)
X = means[labels] + 0.7 * np.random.randn(400, D)
T = np.eye(C)[labels]

params = init()
lr = 0.05
for i in range(100):
    idx = np.random.choice(400, 50)
    g = grads(params, X[idx], T[idx])
    for k in params:
        params[k] -= lr * g[k]
    if i % 20 == 0:
        print(i, loss(params, X, T), accuracy(params, X, T))
