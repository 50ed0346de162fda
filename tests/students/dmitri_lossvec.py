import numpy as np


def softmax(scores):
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    exps = np.exp(shifted)
    return exps / np.sum(exps, axis=1, keepdims=True)


def loss_fn(W, X, y):
    probs = softmax(X @ W)
    return -np.log(probs[np.arange(X.shape[0]), y] + 1e-12)


def grad_fn(W, X, y):
    probs = softmax(X @ W)
    probs[np.arange(X.shape[0]), y] -= 1
    return X.T @ probs / X.shape[0]


def numeric_grad(f, W, h=1e-5):
    G = np.zeros_like(W)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            w = W[i, j]
            W[i, j] = w + h
            a = f(W)
            W[i, j] = w - h
            b = f(W)
            W[i, j] = w
            G[i, j] = (a - b) / (2 * h)
    return G


np.random.seed(0)
X = np.random.randn(7, 4)
y = np.random.randint(0, 3, 7)
W = 0.1 * np.random.randn(4, 3)

print(grad_fn(W, X, y))
print(numeric_grad(lambda w: loss_fn(w, X, y), W))  # "setting an array element with a sequence" ??
