"""Samples are COLUMNS here:  X is (features, m), W is (out, in), z = W @ X + b.

That is how we write it on the blackboard, so that is how I code it.   Walter
"""
import numpy as np


def softmax_columns(Z):
    E = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return E / np.sum(E, axis=0, keepdims=True)


def init(n_x, n_h, n_y, seed=1):
    rng = np.random.RandomState(seed)
    W1 = rng.randn(n_h, n_x) * np.sqrt(1.0 / n_x)
    b1 = np.zeros((n_h, 1))
    W2 = rng.randn(n_y, n_h) * np.sqrt(1.0 / n_h)
    b2 = np.zeros((n_y, 1))
    return W1, b1, W2, b2


def forward(X, W1, b1, W2, b2):
    A1 = np.tanh(W1 @ X + b1)
    A2 = softmax_columns(W2 @ A1 + b2)
    return A1, A2


def cost(A2, Y):
    # Y is one-hot, (classes, m)
    m = Y.shape[1]
    return -np.sum(Y * np.log(A2 + 1e-12)) / m


def backward(X, Y, A1, A2, W2):
    m = X.shape[1]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (W2.T @ dZ2) * (1 - A1 ** 2)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return dW1, db1, dW2, db2


def model(X, Y, n_h=10, steps=400, alpha=0.5):
    W1, b1, W2, b2 = init(X.shape[0], n_h, Y.shape[0])
    for i in range(steps):
        A1, A2 = forward(X, W1, b1, W2, b2)
        dW1, db1, dW2, db2 = backward(X, Y, A1, A2, W2)
        W1 = W1 - alpha * dW1
        b1 = b1 - alpha * db1
        W2 = W2 - alpha * dW2
        b2 = b2 - alpha * db2
        if i % 100 == 0:
            print("cost after", i, "steps:", cost(A2, Y))
    return W1, b1, W2, b2


def predict(X, weights):
    return forward(X, *weights)[1].argmax(axis=0)


if __name__ == "__main__":
    rng = np.random.RandomState(0)
    y = rng.randint(0, 3, 200)
    X = rng.randn(4, 200)
    X[:3] += 2.5 * np.eye(3)[y].T
    weights = model(X, np.eye(3)[y].T)
    print("accuracy", np.mean(predict(X, weights) == y))
