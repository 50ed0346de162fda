import numpy as np
from sklearn.datasets import load_digits


def softmax(a):
    c = np.max(a, axis=1).reshape(100, 1)
    exp_a = np.exp(a - c)
    return exp_a / np.sum(exp_a, axis=1).reshape(100, 1)


def cross_entropy(y, t):
    n = y.shape[0]
    loss = -np.sum(np.log(y[np.arange(n), t] + 1e-7)) / n


class Classifier:
    def __init__(self, n_features, n_classes):
        self.W = 0.01 * np.random.randn(n_features, n_classes)
        self.b = np.zeros(n_classes)

    def scores(self, x):
        return np.dot(x, self.W) + self.b

    def loss(self, x, t):
        return cross_entropy(softmax(self.scores(x)), t)

    def gradient(self, x, t):
        delta = softmax(self.scores(x))
        delta[np.arange(len(t)), t] -= 1
        delta /= len(t)
        return x.T @ delta, delta.sum(axis=0)


digits = load_digits()
X, T = digits.data / 16.0, digits.target
model = Classifier(X.shape[1], 10)

for epoch in range(5):
    for start in range(0, len(X), 100):      # the last batch has 97 images
        xb, tb = X[start:start + 100], T[start:start + 100]
        print(model.loss(xb, tb))            # None?
        dW, db = model.gradient(xb, tb)
        model.W -= 0.5 * dW
        model.b -= 0.5 * db
