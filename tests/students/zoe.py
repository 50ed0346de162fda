# Zoe - week 5 project, classify points on a spiral
import numpy as np


def spiral(points=60, classes=3):
    X, y = [], []
    for c in range(classes):
        r = np.linspace(0.05, 1, points)
        angle = np.linspace(c * 4, (c + 1) * 4, points) + np.random.randn(points) * 0.2
        X.append(np.c_[r * np.sin(angle), r * np.cos(angle)])
        y += [c] * points
    return np.concatenate(X), np.array(y)


class SpiralNet:
    def __init__(self, hidden=50, classes=3):
        self.w_in = np.random.randn(2, hidden)
        self.b_in = np.zeros(hidden)
        self.w_out = np.random.randn(hidden, classes) / np.sqrt(hidden)
        self.b_out = np.zeros(classes)

    def forward(self, X):
        self.X = X
        self.pre = X @ self.w_in + self.b_in
        self.h = np.maximum(self.pre, 0)
        return self.h @ self.w_out + self.b_out

    def loss(self, X, y):
        s = self.forward(X)
        s = s - s.max(axis=1, keepdims=True)
        self.p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
        return -np.log(self.p[range(len(y)), y] + 1e-9).mean()

    def gradients(self, X, y):
        self.loss(X, y)
        d = self.p.copy()
        d[range(len(y)), y] -= 1
        d = d / len(y)
        # the output layer learns too slowly, give it a push
        d_w_out = 1.5 * (self.h.T @ d)
        d_b_out = d.sum(axis=0)
        d_pre = (d @ self.w_out.T) * (self.pre > 0)
        d_w_in = X.T @ d_pre
        d_b_in = d_pre.sum(axis=0)
        return d_w_in, d_b_in, d_w_out, d_b_out

    def train(self, X, y, lr=0.5, steps=500):
        for step in range(steps):
            a, b, c, d = self.gradients(X, y)
            self.w_in -= lr * a
            self.b_in -= lr * b
            self.w_out -= lr * c
            self.b_out -= lr * d
            if step % 100 == 0:
                print(step, self.loss(X, y))


if __name__ == "__main__":
    X, y = spiral()
    net = SpiralNet()
    net.train(X, y)
    print("acc:", np.mean(net.forward(X).argmax(axis=1) == y))
